use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Instant};
use platform::identity::{Credentials, CredentialsError};
use rcgen::{KeyPair, PublicKeyData, SanType};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::{Authority, Pair};
use super::subject::Subject;
use super::{CertificateError, files};

/// A certificate with less than this left is issued anew.
const RENEW_BEFORE: Duration = Duration::from_hours(30 * 24);

/// The city's certificates, in one directory.
pub struct Certificates {
    directory: PathBuf,
    trust_domain: String,
    authority: Authority,
    clock: Arc<dyn Clock>,
}

/// Where a certificate and what belongs to it lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The certificate, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM, for its owner only.
    pub key: PathBuf,
    /// The authority's certificate, PEM.
    pub authority: PathBuf,
}

impl Issued {
    /// Reads the three.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Credentials::load(&self.certificate, &self.key, &self.authority)
    }

    /// The three of a subject below a certificates' directory, whether they exist or not.
    #[must_use]
    pub fn at(directory: &Path, subject: &Subject) -> Self {
        let path = subject.path();
        Self {
            certificate: directory.join(format!("{path}.pem")),
            key: directory.join(format!("{path}.key")),
            authority: directory.join("authority.pem"),
        }
    }
}

impl Certificates {
    /// Opens the authority of a directory; makes one for this trust domain if there is none.
    ///
    /// # Errors
    /// [`CertificateError`]: the directory cannot be used, or its authority is damaged.
    pub fn open_or_create(
        directory: &Path,
        trust_domain: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CertificateError> {
        for below in ["", "service", "department"] {
            files::make_directory(&directory.join(below))?;
        }
        Ok(Self {
            directory: directory.to_owned(),
            trust_domain: trust_domain.to_owned(),
            authority: Authority::open_or_create(directory, trust_domain, &*clock)?,
            clock,
        })
    }

    /// The subject's certificate; issued if there is none that is this authority's, for these names, and good for 30
    /// more days.
    ///
    /// # Errors
    /// [`CertificateError`]: a file cannot be written, or the authority's key is away.
    pub fn ensure(&self, subject: &Subject) -> Result<Issued, CertificateError> {
        let issued = Issued::at(&self.directory, subject);
        let certificate = files::read_if_present(&issued.certificate)?;
        let key = files::read_if_present(&issued.key)?;
        if let (Some(certificate), Some(key)) = (certificate, key)
            && self.is_current(subject, &certificate, &key)?
        {
            return Ok(issued);
        }
        self.issue_into(subject, issued)
    }

    /// A new certificate, whatever stands there.
    ///
    /// # Errors
    /// As [`Certificates::ensure`].
    pub fn renew(&self, subject: &Subject) -> Result<Issued, CertificateError> {
        self.issue_into(subject, Issued::at(&self.directory, subject))
    }

    /// A new certificate into a directory of its own, with the authority's beside it: what a department is given.
    ///
    /// # Errors
    /// As [`Certificates::ensure`].
    pub fn issue_apart(&self, subject: &Subject, directory: &Path) -> Result<Issued, CertificateError> {
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
        self.issue_into(subject, issued)
    }

    fn issue_into(&self, subject: &Subject, to: Issued) -> Result<Issued, CertificateError> {
        let Pair { certificate_pem, key_pem } =
            self.authority.issue(&self.directory, subject, &self.trust_domain, &*self.clock)?;
        files::write_secret(&to.key, &key_pem)?;
        files::write(&to.certificate, &certificate_pem)?;
        Ok(to)
    }

    fn is_current(&self, subject: &Subject, certificate_pem: &str, key_pem: &str) -> Result<bool, CertificateError> {
        let (Some(leaf), Some(root)) = (files::der(certificate_pem), files::der(&self.authority.certificate_pem))
        else {
            return Ok(false);
        };
        let (Ok((_, leaf)), Ok((_, root)), Ok(key)) =
            (X509Certificate::from_der(&leaf), X509Certificate::from_der(&root), KeyPair::from_pem(key_pem))
        else {
            return Ok(false);
        };
        let ends = Instant::from_micros(leaf.validity().not_after.timestamp() * 1_000_000);
        let names = subject.names(&self.trust_domain)?;
        Ok(ends > self.clock.now().saturating_add(RENEW_BEFORE)
            && leaf.public_key().raw == key.subject_public_key_info().as_slice()
            && leaf.verify_signature(Some(root.public_key())).is_ok()
            && has(&leaf, &names, subject))
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
