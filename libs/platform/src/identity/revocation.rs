use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use rustls::server::WebPkiClientVerifier;
use x509_parser::prelude::{CertificateRevocationList as Parsed, FromDer, X509Certificate};

use super::credentials::provider;

/// The certificates that an authority has revoked, as its certificate revocation lists (CRL) say. Several authorities'
/// lists may stand in one file.
#[derive(Debug, Clone, Default)]
pub struct RevocationList {
    revoked: HashSet<CertificateName>,
    lists: Vec<List>,
}

#[derive(Debug, Clone)]
struct List {
    issuer: Vec<u8>,
    /// Without leading zeros; empty if the list has none.
    number: Vec<u8>,
    /// When it was signed, seconds since 1970.
    signed: i64,
    next: Option<i64>,
    der: CertificateRevocationListDer<'static>,
}

/// What names a certificate among all others: its issuer and the serial number that it got there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CertificateName {
    issuer: Vec<u8>,
    serial: Vec<u8>,
}

/// Why a file of revoked certificates is refused.
#[derive(Debug, thiserror::Error)]
pub enum RevocationError {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", file.display(), reason = source.kind())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It was there and is gone.
    #[error("{} is gone: bring it back, an empty list is one that its authority has signed", .0.display())]
    Gone(PathBuf),
    /// Not the PEM that was expected.
    #[error("{} holds no certificate revocation list as PEM (BEGIN X509 CRL)", .0.display())]
    NotAList(PathBuf),
    /// Damaged, partial, or of a kind that is not understood whole.
    #[error("{} is damaged, or no complete list of its authority's own certificates", .0.display())]
    Damaged(PathBuf),
    /// Nobody whom we trust has signed it.
    #[error("{} is signed by none of the certificates in authority.pem", .0.display())]
    Foreign(PathBuf),
    /// Somebody brought an old copy.
    #[error("{} is older than the list in force, and would make revoked certificates good again", .0.display())]
    Older(PathBuf),
    /// The authority's own file is unreadable.
    #[error("the authority's certificate cannot be read")]
    Authority,
}

impl RevocationList {
    /// Reads the lists of a file, each signed by one of the authority's certificates. Nothing is revoked if there is no
    /// such file.
    ///
    /// # Errors
    /// [`RevocationError`] names the file. A part of it is never taken.
    pub fn read(file: &Path, authority_pem: &[u8]) -> Result<Self, RevocationError> {
        match std::fs::read(file) {
            Ok(text) => Self::parse(file, &text, authority_pem),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(RevocationError::Unreadable { file: file.to_owned(), source }),
        }
    }

    /// The lists in a text, each signed by one of the authority's certificates; errors name the file that it came from.
    ///
    /// # Errors
    /// [`RevocationError`].
    pub fn parse(file: &Path, text: &[u8], authority_pem: &[u8]) -> Result<Self, RevocationError> {
        let not_a_list = || RevocationError::NotAList(file.to_owned());
        let damaged = || RevocationError::Damaged(file.to_owned());
        let authority: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(authority_pem)
            .collect::<Result<_, _>>()
            .map_err(|_| RevocationError::Authority)?;
        let lists: Vec<CertificateRevocationListDer<'static>> =
            CertificateRevocationListDer::pem_slice_iter(text).collect::<Result<_, _>>().map_err(|_| not_a_list())?;
        if lists.is_empty() {
            return Err(not_a_list());
        }
        let mut all = Self::default();
        for der in lists {
            let (_, list) = Parsed::from_der(&der).map_err(|_| damaged())?;
            if !authority.iter().any(|certificate| signed(&list, certificate)) {
                return Err(RevocationError::Foreign(file.to_owned()));
            }
            let issuer = list.issuer().as_raw().to_vec();
            all.revoked.extend(list.iter_revoked_certificates().map(|revoked| CertificateName {
                issuer: issuer.clone(),
                serial: without_zeros(revoked.raw_serial()),
            }));
            all.lists.push(List {
                issuer,
                number: list.crl_number().map(|number| without_zeros(&number.to_bytes_be())).unwrap_or_default(),
                signed: list.last_update().timestamp(),
                next: list.next_update().map(|next| next.timestamp()),
                der: der.clone(),
            });
        }
        // TLS is stricter: it refuses lists of changes, of other issuers' certificates, and what it does not know.
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authority);
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
            .with_crls(all.der())
            .build()
            .map_err(|_| damaged())?;
        Ok(all)
    }

    /// Whether a DER certificate is revoked. One that cannot be read is.
    #[must_use]
    pub fn revokes(&self, certificate: &[u8]) -> bool {
        X509Certificate::from_der(certificate).map_or(true, |(_, certificate)| {
            self.revoked.contains(&CertificateName {
                issuer: certificate.issuer().as_raw().to_vec(),
                serial: without_zeros(certificate.raw_serial()),
            })
        })
    }

    /// The lists, DER.
    pub fn der(&self) -> impl Iterator<Item = CertificateRevocationListDer<'static>> + '_ {
        self.lists.iter().map(|list| list.der.clone())
    }

    /// When the first of them should have been replaced by a newer one, seconds since 1970.
    #[must_use]
    pub fn next_update(&self) -> Option<i64> {
        self.lists.iter().filter_map(|list| list.next).min()
    }

    /// How many certificates are revoked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.revoked.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.revoked.is_empty()
    }

    /// Whether it may take the place of `before`: no issuer's list is missing or older.
    fn follows(&self, before: &Self) -> bool {
        before.lists.iter().all(|old| {
            self.lists.iter().any(|new| {
                let rank = |list: &List| (list.number.len(), list.number.clone(), list.signed);
                new.issuer == old.issuer && rank(new) >= rank(old)
            })
        })
    }
}

/// A file of revoked certificates, read again whenever it changes. What was read last and was good stays in force.
#[derive(Debug)]
pub struct Revocations {
    file: PathBuf,
    in_force: Arc<RevocationList>,
}

impl Revocations {
    /// Reads it.
    ///
    /// # Errors
    /// [`RevocationError`]: nobody begins to serve without knowing whom to refuse.
    pub fn open(file: &Path, authority_pem: &[u8]) -> Result<Self, RevocationError> {
        let in_force = Arc::new(RevocationList::read(file, authority_pem)?);
        Ok(Self { file: file.to_owned(), in_force })
    }

    /// Where it lies.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What is in force.
    #[must_use]
    pub fn in_force(&self) -> &Arc<RevocationList> {
        &self.in_force
    }

    /// Reads it anew, for the authority as it is now.
    ///
    /// # Errors
    /// [`RevocationError`]: then the last good one stays in force.
    pub fn refresh(&mut self, authority_pem: &[u8]) -> Result<(), RevocationError> {
        let read = RevocationList::read(&self.file, authority_pem)?;
        if read.lists.is_empty() && !self.in_force.lists.is_empty() {
            return Err(RevocationError::Gone(self.file.clone()));
        }
        if !read.follows(&self.in_force) {
            return Err(RevocationError::Older(self.file.clone()));
        }
        self.in_force = Arc::new(read);
        Ok(())
    }
}

fn signed(list: &Parsed<'_>, certificate: &[u8]) -> bool {
    X509Certificate::from_der(certificate).is_ok_and(|(_, certificate)| {
        certificate.subject().as_raw() == list.issuer().as_raw()
            && list.verify_signature(certificate.public_key()).is_ok()
    })
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number[zeros..].to_vec()
}
