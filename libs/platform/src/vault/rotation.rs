//! New keys into the file, and old ones out of it. The file is replaced as a whole: after a power failure it is the old one
//! or the new one.

use std::fs::File;
use std::path::Path;

use super::key_file::{self, KeyFileError};
use crate::secret_file::{SecretFileError, directory, replace};

/// A key of the file, without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLine {
    /// Its number.
    pub id: u32,
    /// Whether it seals; the others only open.
    pub active: bool,
}

/// The keys of a file, the active one first.
///
/// # Errors
/// If it cannot be read.
pub fn key_lines(file: &Path) -> Result<Vec<KeyLine>, KeyFileError> {
    let keys = key_file::read(file)?.keys;
    Ok(keys.iter().enumerate().map(|(index, key)| KeyLine { id: key.id, active: index == 0 }).collect())
}

/// Puts a new key before the others and gives its number: `first`, or the next one that is free. Old keys stay.
///
/// # Errors
/// If the file cannot be read or replaced.
pub fn rotate(file: &Path, first: u32) -> Result<u32, KeyFileError> {
    change(file, |text, keys| {
        let free = |id: &u32| *id != 0 && !keys.contains(id);
        let id = (first..=u32::MAX).find(free).ok_or_else(|| KeyFileError::NoNumber { file: file.to_owned() })?;
        let line = format!("key {id} {}", key_file::fresh()?);
        let mut lines: Vec<&str> = text.lines().collect();
        let place = lines.iter().position(|line| is_key(line)).unwrap_or(lines.len());
        lines.insert(place, &line);
        Ok((id, lines.join("\n") + "\n"))
    })
}

/// Takes a key out of the file. That nothing is sealed with it any more is the caller's to know.
///
/// # Errors
/// If it is the active one, or none of the file's; if the file cannot be replaced.
pub fn retire(file: &Path, id: u32) -> Result<(), KeyFileError> {
    change(file, |text, keys| {
        match keys.iter().position(|key| *key == id) {
            None => return Err(KeyFileError::NoSuchKey { file: file.to_owned(), id }),
            Some(0) => return Err(KeyFileError::Active { file: file.to_owned(), id }),
            Some(_) => {}
        }
        let is_its = |line: &&str| is_key(line) && line.split_whitespace().nth(1) == Some(id.to_string().as_str());
        let lines: Vec<&str> = text.lines().filter(|line| !is_its(line)).collect();
        Ok(((), lines.join("\n") + "\n"))
    })
}

fn is_key(line: &str) -> bool {
    line.split_whitespace().next() == Some("key")
}

/// One change at a time, whoever makes it.
fn change<T>(
    file: &Path,
    change: impl FnOnce(&str, &[u32]) -> Result<(T, String), KeyFileError>,
) -> Result<T, KeyFileError> {
    let failed = |source| SecretFileError::Io { file: file.to_owned(), doing: "changed", source };
    let lock = File::open(directory(file)).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let text = std::fs::read_to_string(file).map_err(failed)?;
    let keys: Vec<u32> = key_file::read(file)?.keys.iter().map(|key| key.id).collect();
    let (answer, text) = change(&text, &keys)?;
    replace(file, &text)?;
    Ok(answer)
}
