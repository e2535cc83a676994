use std::io;
use std::path::{Path, PathBuf};

use crate::secret_file::{self, KEY_LENGTH, SecretFileError, create, secret};
use crate::watched::Stamp;

const HEADING: &str = "\
# The keys of this city's sealed fields. Whoever has them and the database reads everything; without them nobody does.
# Keep a copy apart from the data's, a new one after each change. The first `key` seals, all of them open. `search` finds
# sealed fields by their value and must stay. `hutong vault rotate` adds a key, `hutong vault retire` removes one.
";

/// Why the key file was refused. Never says anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read, made or changed, or is open to others.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// A line is neither a comment nor a key.
    #[error("the key file {}, line {line}: expected {expected}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is expected there.
        expected: &'static str,
    },
    /// It lacks a key.
    #[error("the key file {} holds no `{what}` line", file.display())]
    Incomplete {
        /// The file.
        file: PathBuf,
        /// `key` or `search`.
        what: &'static str,
    },
    /// It holds no key of this number.
    #[error("the key file {} holds no key {id}", file.display())]
    NoSuchKey {
        /// The file.
        file: PathBuf,
        /// The number.
        id: u32,
    },
    /// The key seals: it cannot go.
    #[error("key {id} of {} is the active one: rotate first", file.display())]
    Active {
        /// The file.
        file: PathBuf,
        /// The number.
        id: u32,
    },
    /// Every number is taken.
    #[error("the key file {} has no number left for a new key", file.display())]
    NoNumber {
        /// The file.
        file: PathBuf,
    },
}

/// The file's content: at least one key.
pub(super) struct Stored {
    search: [u8; KEY_LENGTH],
    /// The file as it was before it was read.
    pub(super) stamp: Stamp,
    pub(super) keys: Vec<StoredKey>,
}

pub(super) struct StoredKey {
    pub(super) id: u32,
    pub(super) secret: [u8; KEY_LENGTH],
}

impl Stored {
    pub(super) fn search_key(&self) -> [u8; KEY_LENGTH] {
        secret_file::derived(&self.search, "hutong vault search v1")
    }
}

pub(super) fn read_or_create(file: &Path) -> Result<Stored, KeyFileError> {
    match read(file) {
        Err(KeyFileError::File(SecretFileError::Io { source, .. })) if source.kind() == io::ErrorKind::NotFound => {
            create(file, &format!("{HEADING}search {}\nkey 1 {}\n", fresh()?, fresh()?))?;
            read(file)
        }
        result => result,
    }
}

pub(super) fn read(file: &Path) -> Result<Stored, KeyFileError> {
    let failed = |source| SecretFileError::Io { file: file.to_owned(), doing: "read", source };
    let stamp = Stamp::of(file).map_err(failed)?;
    parse(file, stamp, &secret_file::read(file)?)
}

fn parse(file: &Path, stamp: Stamp, text: &str) -> Result<Stored, KeyFileError> {
    let mut search = None;
    let mut keys: Vec<StoredKey> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let wrong = |expected| KeyFileError::Line { file: file.to_owned(), line: index + 1, expected };
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [comment, ..] if comment.starts_with('#') => {}
            ["search", value] if search.is_none() => {
                search = Some(secret(value).ok_or_else(|| wrong("`search` and 64 hexadecimal digits"))?);
            }
            ["key", id, value] => {
                let expected = "`key`, a number of its own and 64 hexadecimal digits";
                let id = id.parse().map_err(|_| wrong(expected))?;
                let secret = secret(value).ok_or_else(|| wrong(expected))?;
                if keys.iter().any(|key| key.id == id) {
                    return Err(wrong(expected));
                }
                keys.push(StoredKey { id, secret });
            }
            _ => return Err(wrong("a comment, one `search` line or `key` lines")),
        }
    }
    let incomplete = |what| KeyFileError::Incomplete { file: file.to_owned(), what };
    if keys.is_empty() {
        return Err(incomplete("key"));
    }
    Ok(Stored { search: search.ok_or_else(|| incomplete("search"))?, stamp, keys })
}

pub(super) fn fresh() -> Result<String, SecretFileError> {
    Ok(hex::encode(secret_file::fresh()?))
}
