use std::fs::File;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use kernel::Instant;
use platform::identity::Identity;
use rcgen::{KeyPair, PublicKeyData, SanType};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::{BACKDATED, Pair};
use super::subject::Subject;
use super::{CertificateError, Certificates, Issued, files, register};

/// How a certificate in the directory stands, once it was seen to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where it lies.
    pub issued: Issued,
    /// Whether it was issued just now.
    pub renewed: bool,
    /// Until when it is good.
    pub not_after: Instant,
    /// It should be renewed, but the authority's key is away.
    pub due: bool,
}

impl Certificates {
    /// The subject's certificate; issued if there is none that is this authority's, for these names and not revoked, and
    /// has a third of its life before it. A new one is over the same key, unless that was revoked.
    ///
    /// # Errors
    /// [`CertificateError`]: a file cannot be written, or the authority's key is away and there is none that is good.
    pub fn ensure(&self, subject: &Subject) -> Result<Issued, CertificateError> {
        Ok(self.keep(subject, None)?.issued)
    }

    /// As [`Certificates::ensure`], and tells how it stands. A new one is good for `life`, where that is given.
    ///
    /// # Errors
    /// As [`Certificates::ensure`].
    pub fn keep(&self, subject: &Subject, life: Option<Duration>) -> Result<Kept, CertificateError> {
        self.keep_at(subject, Issued::at(&self.directory, subject), life)
    }

    /// As [`Certificates::keep`], in a directory of its own with the authority's certificate beside it: what a department
    /// is given.
    ///
    /// # Errors
    /// As [`Certificates::ensure`].
    pub fn keep_apart(
        &self,
        subject: &Subject,
        directory: &Path,
        life: Option<Duration>,
    ) -> Result<Kept, CertificateError> {
        self.keep_at(subject, self.apart(subject, directory)?, life)
    }

    /// A new certificate over a new key, whatever stands there; apart from the others if a directory is named.
    ///
    /// # Errors
    /// As [`Certificates::ensure`].
    pub fn replace(
        &self,
        subject: &Subject,
        directory: Option<&Path>,
        life: Option<Duration>,
    ) -> Result<Kept, CertificateError> {
        let _alone = self.issuing()?;
        let to = match directory {
            Some(directory) => self.apart(subject, directory)?,
            None => Issued::at(&self.directory, subject),
        };
        self.issue_into(subject, to, None, life)
    }

    /// A command and a running city that issue at once would mix certificate and key. Who cannot issue waits for nobody.
    fn issuing(&self) -> Result<Option<File>, CertificateError> {
        self.authority.has_key().then(|| files::lock(&self.directory.join("issued.lock"))).transpose()
    }

    fn apart(&self, subject: &Subject, directory: &Path) -> Result<Issued, CertificateError> {
        files::make_directory(directory)?;
        let name = match subject {
            Subject::Server { .. } => "server",
            Subject::Client(identity) => identity.code(),
        };
        let issued = Issued {
            certificate: directory.join(format!("{name}.pem")),
            key: directory.join(format!("{name}.key")),
            authority: directory.join("authority.pem"),
        };
        files::write(&issued.authority, &self.authority.certificate_pem)?;
        Ok(issued)
    }

    fn keep_at(&self, subject: &Subject, issued: Issued, wanted: Option<Duration>) -> Result<Kept, CertificateError> {
        let _alone = self.issuing()?;
        let certificate = files::read_if_present(&issued.certificate)?;
        let key = files::read_if_present(&issued.key)?.and_then(|key| KeyPair::from_pem(&key).ok());
        let Some((certificate, key)) = certificate.zip(key) else {
            return self.issue_into(subject, issued, None, wanted);
        };
        let key_is_revoked = match files::der(&certificate) {
            // Revoking one certificate revokes all over its key.
            Some(leaf) => self.revoked()?.revokes(&leaf),
            None => true,
        };
        match self.good_for(subject, &certificate, &key)?.filter(|_| !key_is_revoked) {
            Some((not_before, not_after)) => {
                register::record(&self.directory, &certificate)?;
                let own = not_after.saturating_duration_since(not_before).saturating_sub(BACKDATED);
                let life = match subject {
                    Subject::Client(Identity::Department { .. }) => own,
                    // What renews itself need not wait for the end of a short one.
                    Subject::Client(Identity::Service(_)) | Subject::Server { .. } => own.max(self.life(subject)),
                };
                let due = not_after < self.clock.now().saturating_add(life / 3);
                if due && self.authority.has_key() {
                    return self.issue_into(subject, issued, Some(key), wanted);
                }
                Ok(Kept { issued, renewed: false, not_after, due })
            }
            None if key_is_revoked => self.issue_into(subject, issued, None, wanted),
            None => self.issue_into(subject, issued, Some(key), wanted),
        }
    }

    fn life(&self, subject: &Subject) -> Duration {
        match subject {
            Subject::Client(Identity::Department { .. }) => self.lives.department,
            Subject::Client(Identity::Service(_)) | Subject::Server { .. } => self.lives.service,
        }
    }

    /// The register first, then the files: whoever finds the certificate is let in with it. A kept key's file stays as it
    /// is, so that the pair is never torn.
    fn issue_into(
        &self,
        subject: &Subject,
        to: Issued,
        key: Option<KeyPair>,
        life: Option<Duration>,
    ) -> Result<Kept, CertificateError> {
        let life = life.unwrap_or_else(|| self.life(subject));
        let keeps_key = key.is_some();
        let now = self.clock.now();
        let Pair { certificate_pem, key_pem } =
            self.authority.issue(&self.directory, subject, &self.trust_domain, key, now, life)?;
        register::record(&self.directory, &certificate_pem)?;
        if !keeps_key {
            files::write_secret(&to.key, &key_pem)?;
        }
        files::write(&to.certificate, &certificate_pem)?;
        Ok(Kept { issued: to, renewed: true, not_after: now.saturating_add(life), due: false })
    }

    /// From when until when a certificate is good; nothing if it is not the subject's, the authority's or the key's, or is
    /// over.
    fn good_for(
        &self,
        subject: &Subject,
        certificate_pem: &str,
        key: &KeyPair,
    ) -> Result<Option<(Instant, Instant)>, CertificateError> {
        let Some(leaf) = files::der(certificate_pem) else { return Ok(None) };
        let Ok((_, certificate)) = X509Certificate::from_der(&leaf) else { return Ok(None) };
        let instant = |seconds: i64| Instant::from_micros(seconds.saturating_mul(1_000_000));
        let begins = instant(certificate.validity().not_before.timestamp());
        let ends = instant(certificate.validity().not_after.timestamp());
        let names = subject.names(&self.trust_domain)?;
        let good = ends > self.clock.now()
            && certificate.public_key().raw == key.subject_public_key_info().as_slice()
            && self.signed_by_authority(&leaf)
            && has(&certificate, &names, subject);
        Ok(good.then_some((begins, ends)))
    }
}

/// Whether the certificate carries these names; a client's carries no others, a server's may have been given more.
fn has(certificate: &X509Certificate<'_>, names: &[SanType], subject: &Subject) -> bool {
    let carried = certificate
        .extensions()
        .iter()
        .find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => Some(names.general_names.as_slice()),
            _ => None,
        })
        .unwrap_or_default();
    let as_many = match subject {
        Subject::Server { .. } => carried.len() >= names.len(),
        Subject::Client(_) => carried.len() == names.len(),
    };
    as_many && names.iter().all(|name| carried.iter().any(|carried| same(carried, name)))
}

fn same(carried: &GeneralName<'_>, name: &SanType) -> bool {
    match (carried, name) {
        (GeneralName::URI(carried), SanType::URI(name)) | (GeneralName::DNSName(carried), SanType::DnsName(name)) => {
            *carried == name.as_str()
        }
        (GeneralName::IPAddress(carried), SanType::IpAddress(IpAddr::V4(name))) => *carried == name.octets(),
        (GeneralName::IPAddress(carried), SanType::IpAddress(IpAddr::V6(name))) => *carried == name.octets(),
        _ => false,
    }
}
