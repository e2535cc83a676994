//! A city's certificate authority for this crate's tests, made afresh for each.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer, KeyIdMethod, KeyPair,
    RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::prelude::{FromDer, X509Certificate};

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
        // Every authority has the same name, so that only its key tells it from another.
        params.distinguished_name.push(DnType::CommonName, "the authority");
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

    /// The list of this number that revokes these, PEM.
    pub(crate) fn revoke(&self, number: u64, revoked: &[&Credentials]) -> String {
        let revoked_certs = revoked.iter().map(|one| {
            let der = CertificateDer::from_pem_slice(&one.certificate_pem).unwrap();
            let (_, certificate) = X509Certificate::from_der(&der).unwrap();
            RevokedCertParams {
                serial_number: SerialNumber::from_slice(certificate.raw_serial()),
                revocation_time: date_time_ymd(2025, 1, 1),
                reason_code: None,
                invalidity_date: None,
            }
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 1, 1),
            next_update: date_time_ymd(2025, 1, 2),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}
