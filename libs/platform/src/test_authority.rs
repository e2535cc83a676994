//! A city's certificate authority for this crate's tests, made afresh for each.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};

use crate::client::SERVER_NAME;
use crate::identity::Credentials;

pub(crate) const TRUST_DOMAIN: &str = "binzhou.hutong";

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate with these URIs and DNS names.
    pub(crate) fn issue(&self, uris: &[&str], names: &[&str]) -> Credentials {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        for uri in uris {
            params.subject_alt_names.push(SanType::URI((*uri).try_into().unwrap()));
        }
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Credentials::new(
            certificate.pem().into_bytes(),
            key.serialize_pem().into_bytes(),
            self.pem.clone().into_bytes(),
        )
    }

    /// A department's certificate.
    pub(crate) fn department(&self, code: &str) -> Credentials {
        self.issue(&[&format!("spiffe://{TRUST_DOMAIN}/department/{code}")], &[])
    }

    /// The certificate of a door of ours.
    pub(crate) fn server(&self) -> Credentials {
        let uri = format!("spiffe://{TRUST_DOMAIN}/service/hutong");
        self.issue(&[&uri], &[SERVER_NAME, "localhost"])
    }
}
