use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};

/// Issues what a test needs into a folder.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
}

/// Certificate, key and authority.
pub(super) type Files = [PathBuf; 3];

impl Authority {
    pub(super) fn new(folder: &Path) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        std::fs::write(folder.join("authority.pem"), pem).unwrap();
        Self { issuer: Issuer::new(params, key), folder: folder.to_owned() }
    }

    pub(super) fn server(&self) -> Files {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        self.issue("server", &CertificateParams::new(names).unwrap())
    }

    pub(super) fn client(&self, uri: &str) -> Files {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::URI(uri.try_into().unwrap())];
        self.issue(&uri.replace([':', '/'], "_"), &params)
    }

    fn issue(&self, name: &str, params: &CertificateParams) -> Files {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let path = |end: &str| self.folder.join(format!("{name}{end}"));
        std::fs::write(path(".pem"), certificate.pem()).unwrap();
        std::fs::write(path(".key"), key.serialize_pem()).unwrap();
        [path(".pem"), path(".key"), self.folder.join("authority.pem")]
    }
}
