use std::path::Path;

use platform::identity::Identity;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{CertificateError, CertificateState, Certificates, RegisteredCertificate, files, register};

impl Certificates {
    /// Lets a certificate of the authority's in that was issued elsewhere.
    ///
    /// # Errors
    /// [`CertificateError::NotAdmitted`] says what is wrong with it.
    pub fn admit(&self, file: &Path) -> Result<RegisteredCertificate, CertificateError> {
        let not_a_certificate = || CertificateError::NotACertificate(file.to_owned());
        let text = files::read_if_present(file)?.ok_or_else(|| CertificateError::Read {
            path: file.to_owned(),
            source: std::io::ErrorKind::NotFound.into(),
        })?;
        let der = files::der(&text).ok_or_else(not_a_certificate)?;
        let refused = |fault: &str| CertificateError::NotAdmitted { file: file.to_owned(), fault: fault.to_owned() };
        Identity::from_certificate(&der, &self.trust_domain).map_err(|error| refused(&error.to_string()))?;
        if !self.signed_by_authority(&der) {
            return Err(refused("none of the certificates in authority.pem has signed it"));
        }
        let read = register::read(der, &self.trust_domain, &self.revoked()?, self.clock.now());
        let read = read.ok_or_else(not_a_certificate)?;
        match read.state {
            CertificateState::Revoked => Err(refused("it is revoked")),
            CertificateState::Expired => Err(refused("its time is over")),
            CertificateState::Good => {
                register::record(&self.directory, &text)?;
                Ok(read)
            }
        }
    }

    pub(super) fn signed_by_authority(&self, leaf: &[u8]) -> bool {
        X509Certificate::from_der(leaf).is_ok_and(|(_, leaf)| {
            files::ders(&self.authority.certificate_pem).iter().any(|root| {
                X509Certificate::from_der(root).is_ok_and(|(_, root)| {
                    root.subject().as_raw() == leaf.issuer().as_raw()
                        && leaf.verify_signature(Some(root.public_key())).is_ok()
                })
            })
        })
    }
}
