use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};

use crate::watched::Stamp;

/// Length of every secret, bytes.
pub(super) const KEY_LENGTH: usize = 32;

const HEADING: &str = "\
# The keys of this city's sealed fields. Whoever has them and the database reads everything; without them nobody does.
# Keep a copy apart from the data's, a new one after each change. The first `key` seals, all of them open. `search` finds
# sealed fields by their value and must stay. `hutong vault rotate` adds a key, `hutong vault retire` removes one.
";

/// Why the key file was refused. Never says anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or made.
    #[error("the key file {} cannot be {doing}: {reason}", file.display(), reason = source.kind())]
    Io {
        /// The file.
        file: PathBuf,
        /// `read`, `made` or `changed`.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Others than its owner may read it.
    #[error("the key file {} is open to others: chmod 600 it", file.display())]
    OpenToOthers {
        /// The file.
        file: PathBuf,
    },
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
    /// The system gave no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
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
        super::key::derived(&self.search, "hutong vault search v1")
    }
}

pub(super) fn read_or_create(file: &Path) -> Result<Stored, KeyFileError> {
    match read(file) {
        Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            create(file)?;
            read(file)
        }
        result => result,
    }
}

pub(super) fn read(file: &Path) -> Result<Stored, KeyFileError> {
    let failed = |source| KeyFileError::Io { file: file.to_owned(), doing: "read", source };
    let stamp = Stamp::of(file).map_err(failed)?;
    let text = std::fs::read_to_string(file).map_err(failed)?;
    if std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers { file: file.to_owned() });
    }
    parse(file, stamp, &text)
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

fn secret(text: &str) -> Option<[u8; KEY_LENGTH]> {
    let mut secret = [0; KEY_LENGTH];
    hex::decode_to_slice(text, &mut secret).ok()?;
    Some(secret)
}

/// Writes a fresh file beside its place, brings it to the disk, then links it there: whole or not at all, and never over
/// another process's.
fn create(file: &Path) -> Result<(), KeyFileError> {
    let text = format!("{HEADING}search {}\nkey 1 {}\n", fresh()?, fresh()?);
    let failed = |source| KeyFileError::Io { file: file.to_owned(), doing: "made", source };
    let directory = directory(file);
    std::fs::create_dir_all(directory).map_err(failed)?;
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let written = write(&draft, &text).and_then(|()| match std::fs::hard_link(&draft, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = std::fs::remove_file(&draft);
    written.and(removed).and_then(|()| File::open(directory)?.sync_all()).map_err(failed)
}

/// Writes a file beside its place, brings it to the disk, then moves it there.
pub(super) fn replace(file: &Path, text: &str) -> Result<(), KeyFileError> {
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    write(&draft, text)
        .and_then(|()| std::fs::rename(&draft, file))
        .and_then(|()| File::open(directory(file))?.sync_all())
        .map_err(|source| KeyFileError::Io { file: file.to_owned(), doing: "changed", source })
}

/// The directory of a file.
pub(super) fn directory(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

pub(super) fn fresh() -> Result<String, KeyFileError> {
    let mut secret = [0; KEY_LENGTH];
    SystemRandom::new().fill(&mut secret).map_err(|_| KeyFileError::NoRandomness)?;
    Ok(hex::encode(secret))
}
