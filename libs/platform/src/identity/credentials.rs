use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use super::{Identity, IdentityError, RevocationError, RevocationList};

/// A certificate with its private key, and the authority whose certificates it trusts. All as PEM.
#[derive(Clone)]
pub struct Credentials {
    /// The certificate, then intermediate ones.
    pub certificate_pem: Vec<u8>,
    /// The private key (PKCS#8, SEC1 or PKCS#1).
    pub private_key_pem: Vec<u8>,
    /// The city's authority: the only root trusted, in both directions.
    pub authority_pem: Vec<u8>,
    /// Where the three were read from, in this order; the NATS client reads them anew when it reconnects.
    pub(crate) files: Option<[PathBuf; 3]>,
}

/// Why credentials cannot be used. Never says anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", file.display(), reason = source.kind())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not the PEM that was expected.
    #[error("the {0} is no valid PEM")]
    Pem(&'static str),
    /// Certificate, key and authority do not make a working TLS end.
    #[error("certificate and private key cannot be used")]
    Unusable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The certificate names nobody.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Whom to refuse is not known.
    #[error(transparent)]
    Revoked(#[from] RevocationError),
}

impl Credentials {
    /// From PEM texts in memory.
    #[must_use]
    pub fn new(certificate_pem: Vec<u8>, private_key_pem: Vec<u8>, authority_pem: Vec<u8>) -> Self {
        Self { certificate_pem, private_key_pem, authority_pem, files: None }
    }

    /// From PEM files.
    ///
    /// # Errors
    /// [`CredentialsError::Unreadable`] names the file.
    pub fn load(certificate: &Path, private_key: &Path, authority: &Path) -> Result<Self, CredentialsError> {
        let read = |file: &Path| {
            std::fs::read(file).map_err(|source| CredentialsError::Unreadable { file: file.to_owned(), source })
        };
        Ok(Self {
            certificate_pem: read(certificate)?,
            private_key_pem: read(private_key)?,
            authority_pem: read(authority)?,
            files: Some([certificate, private_key, authority].map(Path::to_owned)),
        })
    }

    /// Whom the certificate names.
    ///
    /// # Errors
    /// If the certificate is unreadable or names nobody of this trust domain.
    pub fn identity(&self, trust_domain: &str) -> Result<Identity, CredentialsError> {
        let chain = self.chain()?;
        let leaf = chain.first().ok_or(CredentialsError::Pem("certificate"))?;
        Ok(Identity::from_certificate(leaf, trust_domain)?)
    }

    /// The same, read from their files once more; from memory, as they are.
    ///
    /// # Errors
    /// [`CredentialsError::Unreadable`] names the file.
    pub fn reloaded(&self) -> Result<Self, CredentialsError> {
        match &self.files {
            Some([certificate, private_key, authority]) => Self::load(certificate, private_key, authority),
            None => Ok(self.clone()),
        }
    }

    /// Where they were read from.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().flatten()
    }

    /// TLS 1.3 for our gRPC door: a client must show a certificate of the authority that is not revoked; HTTP/2 only.
    ///
    /// # Errors
    /// If the PEM texts do not fit.
    pub fn server_config(&self, revoked: &RevocationList) -> Result<ServerConfig, CredentialsError> {
        let provider = provider();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()?), Arc::clone(&provider))
            .with_crls(revoked.der())
            // An authority may have given no list; how old a list may be is for people to watch, not to be locked out by.
            .allow_unknown_revocation_status()
            .build()
            .map_err(unusable)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .map_err(unusable)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.chain()?, self.key()?)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }

    /// TLS 1.3 for a client that shows this certificate and trusts the authority alone.
    ///
    /// # Errors
    /// If the PEM texts do not fit.
    pub fn client_config(&self) -> Result<ClientConfig, CredentialsError> {
        ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])
            .map_err(unusable)?
            .with_root_certificates(self.roots()?)
            .with_client_auth_cert(self.chain()?, self.key()?)
            .map_err(unusable)
    }

    fn roots(&self) -> Result<RootCertStore, CredentialsError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.authority_pem) {
            roots.add(certificate.map_err(|_| CredentialsError::Pem("authority"))?).map_err(unusable)?;
        }
        if roots.is_empty() { Err(CredentialsError::Pem("authority")) } else { Ok(roots) }
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
        CertificateDer::pem_slice_iter(&self.certificate_pem)
            .collect::<Result<_, _>>()
            .map_err(|_| CredentialsError::Pem("certificate"))
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, CredentialsError> {
        PrivateKeyDer::from_pem_slice(&self.private_key_pem).map_err(|_| CredentialsError::Pem("private key"))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("files", &self.files).finish_non_exhaustive()
    }
}

/// Makes `ring` the process's TLS provider for libraries that take the default one (the NATS client). May be called again.
pub fn install_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // Losing the race to another thread is fine: it installed the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn unusable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CredentialsError {
    CredentialsError::Unusable(error.into())
}
