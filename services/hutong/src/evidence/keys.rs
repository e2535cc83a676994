use std::fs;
use std::path::Path;

use evidence::key::{Algorithm, KeyError, PublicKey};
use evidence::time_stamp::Authority;

use super::EvidenceError;
use crate::city::{DataDirectory, Part};

/// The public keys of a file: one a line, as `hutong evidence keys` prints them; lines that begin with `#` are remarks.
///
/// # Errors
/// [`EvidenceError`] names the line.
pub fn read_keys(path: &Path) -> Result<Vec<PublicKey>, EvidenceError> {
    let text = fs::read_to_string(path).map_err(EvidenceError::file(path))?;
    let lines = (1..).zip(text.lines().map(str::trim));
    let keys = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| text.parse().map_err(|source| EvidenceError::Key { path: path.to_owned(), line, source }));
    let keys: Vec<PublicKey> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(EvidenceError::NoKey(path.to_owned())) } else { Ok(keys) }
}

/// A time-stamp authority's certificates, from a file of PEM.
///
/// # Errors
/// [`EvidenceError`] names the file.
pub fn read_authority(path: &Path) -> Result<Authority, EvidenceError> {
    let text = fs::read(path).map_err(EvidenceError::file(path))?;
    Authority::from_pem(&text).map_err(|source| EvidenceError::Authority { path: path.to_owned(), source })
}

/// The public keys in a city's data directory.
///
/// # Errors
/// If there are none yet.
pub fn city_keys(city: &str, directory: &DataDirectory) -> Result<Vec<PublicKey>, EvidenceError> {
    let key = |part: Part| {
        let path = directory.public_key(part.name());
        let hex = fs::read_to_string(&path).map_err(EvidenceError::file(&path))?;
        Ok(public_key(city, part.name(), hex.trim())?)
    };
    Part::ALL.into_iter().map(key).collect()
}

/// A service's key from 32 bytes in hex.
pub(crate) fn public_key(city: &str, service: &str, text: &str) -> Result<PublicKey, KeyError> {
    let bytes: Option<Vec<u8>> =
        text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    PublicKey::new(city, service, Algorithm::Ed25519, &bytes.unwrap_or_default())
}
