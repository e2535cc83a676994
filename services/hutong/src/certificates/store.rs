use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Instant};
use platform::identity::{Credentials, CredentialsError, RevocationList};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::Authority;
use super::subject::Subject;
use super::{CertificateError, RegisteredCertificate, files, register};

const DAY: Duration = Duration::from_hours(24);

/// The city's certificates, in one directory.
pub struct Certificates {
    pub(super) directory: PathBuf,
    pub(super) trust_domain: String,
    pub(super) authority: Authority,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) lives: Lives,
}

/// How long certificates are good. The last third is for renewing them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    /// Those of services and doors, which renew themselves.
    pub service: Duration,
    /// Those of departments, which people carry.
    pub department: Duration,
}

impl Default for Lives {
    fn default() -> Self {
        Self { service: DAY * 30, department: DAY * 90 }
    }
}

/// What an authority's certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityInfo {
    /// Its name.
    pub name: String,
    /// Until when it is good.
    pub not_after: Instant,
    /// Where it lies.
    pub file: PathBuf,
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
    /// [`CertificateError`]: the directory cannot be used, its authority is damaged, or its list of revoked certificates.
    pub fn open_or_create(
        directory: &Path,
        trust_domain: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CertificateError> {
        for below in ["", "service", "department", "issued"] {
            files::make_directory(&directory.join(below))?;
        }
        // A city that is new, or of a version that kept no register, has revoked nobody yet.
        let is_new = !directory.join("authority.pem").exists() || register::is_empty(directory)?;
        let certificates = Self {
            directory: directory.to_owned(),
            trust_domain: trust_domain.to_owned(),
            authority: Authority::open_or_create(directory, trust_domain, &*clock)?,
            clock,
            lives: Lives::default(),
        };
        certificates.keep_list(is_new)?;
        certificates.revoked()?;
        Ok(certificates)
    }

    /// With other lives for certificates to come.
    #[must_use]
    pub fn with_lives(mut self, lives: Lives) -> Self {
        self.lives = lives;
        self
    }

    /// Whether the authority's key is at hand, so that certificates can be issued and revoked here.
    #[must_use]
    pub fn has_authoritys_key(&self) -> bool {
        self.authority.has_key()
    }

    /// Where the list of revoked certificates lies.
    #[must_use]
    pub fn revocations_file(&self) -> PathBuf {
        revocations_file(&self.directory)
    }

    /// The authority's own certificate.
    ///
    /// # Errors
    /// [`CertificateError::NotACertificate`] if it cannot be read.
    pub fn authority_info(&self) -> Result<AuthorityInfo, CertificateError> {
        let file = self.directory.join("authority.pem");
        let der = files::der(&self.authority.certificate_pem);
        let read = der.as_ref().and_then(|der| X509Certificate::from_der(der).ok());
        let (_, certificate) = read.ok_or_else(|| CertificateError::NotACertificate(file.clone()))?;
        let not_after = certificate.validity().not_after.timestamp();
        Ok(AuthorityInfo {
            name: certificate.subject().to_string(),
            not_after: Instant::from_micros(not_after.saturating_mul(1_000_000)),
            file,
        })
    }

    /// The list of revoked certificates as it is.
    ///
    /// # Errors
    /// [`CertificateError::Revoked`] if it is no list of the authority's.
    pub fn revoked(&self) -> Result<RevocationList, CertificateError> {
        Ok(RevocationList::read(&self.revocations_file(), self.authority.certificate_pem.as_bytes())?)
    }

    /// All certificates that were issued or admitted here, by holder and then by their end.
    ///
    /// # Errors
    /// [`CertificateError`]: one of their files is damaged, or the list of revoked ones.
    pub fn registered(&self) -> Result<Vec<RegisteredCertificate>, CertificateError> {
        register::all(&self.directory, &self.trust_domain, &self.revoked()?, self.clock.now())
    }
}

/// The keys whose certificates nats-server lets in, by a certificates' directory.
///
/// # Errors
/// [`CertificateError`]: a file is damaged.
pub fn admitted_keys(
    directory: &Path,
    trust_domain: &str,
    revoked: &RevocationList,
    now: Instant,
) -> Result<BTreeSet<String>, CertificateError> {
    Ok(register::admitted_keys(&register::all(directory, trust_domain, revoked, now)?))
}

/// Where the list of revoked certificates lies in a certificates' directory.
#[must_use]
pub fn revocations_file(directory: &Path) -> PathBuf {
    directory.join("revoked.crl")
}
