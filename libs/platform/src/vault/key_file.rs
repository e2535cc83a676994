use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};

/// Length of every secret, bytes.
pub(super) const KEY_LENGTH: usize = 32;

const HEADING: &str = "\
# The keys of this city's sealed fields. Whoever has them and the database reads everything; without them nobody does.
# Keep a copy apart from the data's. The first `key` seals, all of them open: to change keys, put a new line with a new
# number before the others. `search` finds sealed fields by their value and must stay.
";

/// Why the key file was refused. Never says anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or made.
    #[error("the key file {} cannot be {doing}: {reason}", file.display(), reason = source.kind())]
    Io {
        /// The file.
        file: PathBuf,
        /// `read` or `made`.
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
    /// The system gave no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// The file's content: at least one key.
pub(super) struct Stored {
    search: [u8; KEY_LENGTH],
    pub(super) keys: Vec<StoredKey>,
}

pub(super) struct StoredKey {
    pub(super) id: u32,
    pub(super) secret: [u8; KEY_LENGTH],
}

impl Stored {
    pub(super) fn search_key(&self) -> [u8; KEY_LENGTH] {
        super::derived(&self.search, "hutong vault search v1")
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

fn read(file: &Path) -> Result<Stored, KeyFileError> {
    let failed = |source| KeyFileError::Io { file: file.to_owned(), doing: "read", source };
    let text = std::fs::read_to_string(file).map_err(failed)?;
    if std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers { file: file.to_owned() });
    }
    parse(file, &text)
}

fn parse(file: &Path, text: &str) -> Result<Stored, KeyFileError> {
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
    Ok(Stored { search: search.ok_or_else(|| incomplete("search"))?, keys })
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
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(failed)?;
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let written = write(&draft, &text).and_then(|()| match std::fs::hard_link(&draft, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = std::fs::remove_file(&draft);
    written.and(removed).and_then(|()| File::open(directory)?.sync_all()).map_err(failed)
}

fn write(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn fresh() -> Result<String, KeyFileError> {
    let mut secret = [0; KEY_LENGTH];
    SystemRandom::new().fill(&mut secret).map_err(|_| KeyFileError::NoRandomness)?;
    Ok(hex::encode(secret))
}
