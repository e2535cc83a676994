use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::prelude::X509Certificate;

use super::CertificateError;

const SECRET: u32 = 0o600;
const PUBLIC: u32 = 0o644;

pub(super) fn read_if_present(path: &Path) -> Result<Option<String>, CertificateError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CertificateError::Read { path: path.to_owned(), source }),
    }
}

/// Makes a directory for its owner only.
pub(super) fn make_directory(path: &Path) -> Result<(), CertificateError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| CertificateError::Write { path: path.to_owned(), source })
}

/// Writes a certificate, whole or not at all.
pub(super) fn write(path: &Path, text: &str) -> Result<(), CertificateError> {
    replace(path, text, PUBLIC)
}

/// Writes a key, whole or not at all, for its owner only.
pub(super) fn write_secret(path: &Path, text: &str) -> Result<(), CertificateError> {
    replace(path, text, SECRET)
}

/// What holds alone while it lives, for processes that change the same file.
pub(super) fn lock(path: &Path) -> Result<File, CertificateError> {
    let lock = || -> io::Result<File> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(SECRET).open(path)?;
        file.lock()?;
        Ok(file)
    };
    lock().map_err(|source| CertificateError::Write { path: path.to_owned(), source })
}

fn replace(path: &Path, text: &str, mode: u32) -> Result<(), CertificateError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Of our own: another process may be writing the same file.
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(mode).open(&beside)?;
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|source| CertificateError::Write { path: path.to_owned(), source })
}

/// The DER of a PEM text's first certificate.
pub(super) fn der(pem: &str) -> Option<Vec<u8>> {
    let first = Pem::iter_from_buffer(pem.as_bytes()).next()?.ok()?;
    Some(first.contents)
}

/// The DER of all certificates of a PEM text.
pub(super) fn ders(pem: &str) -> Vec<Vec<u8>> {
    Pem::iter_from_buffer(pem.as_bytes()).filter_map(Result::ok).map(|pem| pem.contents).collect()
}

/// The public key of a PEM text's first certificate, as DER.
pub(super) fn public_key(pem: &str) -> Option<Vec<u8>> {
    let der = der(pem)?;
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    Some(certificate.public_key().raw.to_vec())
}
