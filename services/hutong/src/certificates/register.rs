use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kernel::Instant;
use platform::identity::RevocationList;
use ring::digest::{SHA256, digest};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{CertificateError, files};

/// A certificate that was issued or admitted here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredCertificate {
    /// Its number, in hex.
    pub serial: String,
    /// Its holder: `department/EDU`, `service/registry`, `server`.
    pub holder: String,
    /// From when it is good.
    pub not_before: Instant,
    /// Until when.
    pub not_after: Instant,
    /// SHA-256 of its public key (DER), in hex.
    pub key: String,
    /// Whether it is good now.
    pub state: CertificateState,
    pub(super) der: Vec<u8>,
}

/// Whether a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateState {
    /// It is.
    Good,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// Keeps a certificate: one file each, named by its number, so that nobody waits for anybody. Doing so again changes nothing.
pub(super) fn record(directory: &Path, certificate_pem: &str) -> Result<(), CertificateError> {
    let folder = folder(directory);
    let not_a_certificate = || CertificateError::NotACertificate(folder.clone());
    let der = files::der(certificate_pem).ok_or_else(not_a_certificate)?;
    let (_, certificate) = X509Certificate::from_der(&der).map_err(|_| not_a_certificate())?;
    let file = folder.join(format!("{}.pem", serial_of(&certificate)));
    if files::read_if_present(&file)?.is_some() {
        return Ok(());
    }
    files::make_directory(&folder)?;
    files::write(&file, certificate_pem)
}

/// Whether none is kept.
pub(super) fn is_empty(directory: &Path) -> Result<bool, CertificateError> {
    let folder = folder(directory);
    match std::fs::read_dir(&folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(source) => Err(CertificateError::Read { path: folder, source }),
    }
}

/// All certificates that are kept, by holder and then by their end.
pub(super) fn all(
    directory: &Path,
    trust_domain: &str,
    revoked: &RevocationList,
    now: Instant,
) -> Result<Vec<RegisteredCertificate>, CertificateError> {
    let folder = folder(directory);
    let unreadable = |source| CertificateError::Read { path: folder.clone(), source };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(unreadable(source)),
    };
    let mut all = Vec::new();
    for entry in entries {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|ending| ending == "pem") {
            let text = files::read_if_present(&file)?.unwrap_or_default();
            let read = files::der(&text).and_then(|der| read(der, trust_domain, revoked, now));
            all.push(read.ok_or(CertificateError::NotACertificate(file))?);
        }
    }
    all.sort_by(|one, other| {
        (&one.holder, one.not_after, &one.serial).cmp(&(&other.holder, other.not_after, &other.serial))
    });
    Ok(all)
}

/// The keys of clients that may come: of a certificate that is good, and of none that was revoked. Whoever has a key has
/// all certificates over it.
pub(super) fn admitted_keys(all: &[RegisteredCertificate]) -> BTreeSet<String> {
    let of = |state| all.iter().filter(move |one| one.state == state).map(|one| &one.key);
    let revoked: BTreeSet<_> = of(CertificateState::Revoked).collect();
    of(CertificateState::Good).filter(|key| !revoked.contains(key)).cloned().collect()
}

/// Where the certificates lie.
pub(super) fn folder(directory: &Path) -> PathBuf {
    directory.join("issued")
}

pub(super) fn read(
    der: Vec<u8>,
    trust_domain: &str,
    revoked: &RevocationList,
    now: Instant,
) -> Option<RegisteredCertificate> {
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    let instant = |seconds: i64| Instant::from_micros(seconds.saturating_mul(1_000_000));
    let not_after = instant(certificate.validity().not_after.timestamp());
    let state = if revoked.revokes(&der) {
        CertificateState::Revoked
    } else if not_after <= now {
        CertificateState::Expired
    } else {
        CertificateState::Good
    };
    let (serial, holder) = (serial_of(&certificate), holder_of(&certificate, trust_domain));
    let key = hex::encode(digest(&SHA256, certificate.public_key().raw));
    let not_before = instant(certificate.validity().not_before.timestamp());
    Some(RegisteredCertificate { serial, holder, not_before, not_after, key, state, der })
}

fn serial_of(certificate: &X509Certificate<'_>) -> String {
    let bytes = certificate.raw_serial();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    hex::encode(&bytes[zeros..])
}

/// Whom it names; a certificate without a URI is a server's.
fn holder_of(certificate: &X509Certificate<'_>, trust_domain: &str) -> String {
    let names = certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectAlternativeName(names) => Some(names),
        _ => None,
    });
    let uri = names.into_iter().flat_map(|names| &names.general_names).find_map(|name| match name {
        GeneralName::URI(uri) => Some(*uri),
        _ => None,
    });
    match uri {
        Some(uri) => uri.strip_prefix(&format!("spiffe://{trust_domain}/")).unwrap_or(uri).to_owned(),
        None => "server".to_owned(),
    }
}
