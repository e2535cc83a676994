//! Files of keys: for their owner only, on the disk before they count, whole or not there at all.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};

/// Length of every secret, bytes.
pub const KEY_LENGTH: usize = 32;

/// Why a file of keys cannot be used. Never says anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// It cannot be read, made or changed.
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
    /// It is not a heading and one key.
    #[error("the key file {}: expected comments and one line of `key` and 64 hexadecimal digits", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// The system gave no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// The one key of a file, which is made under this heading if it is absent.
pub(crate) fn read_or_create(file: &Path, heading: &str) -> Result<[u8; KEY_LENGTH], SecretFileError> {
    let text = match read(file) {
        Err(SecretFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            create(file, &format!("{heading}key {}\n", hex::encode(fresh()?)))?;
            read(file)?
        }
        text => text?,
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).collect();
    let key = match lines.as_slice() {
        [line] => line.strip_prefix("key ").and_then(|text| secret(text.trim())),
        _ => None,
    };
    key.ok_or_else(|| SecretFileError::NoKey { file: file.to_owned() })
}

/// The text of a file that is its owner's alone.
pub(crate) fn read(file: &Path) -> Result<String, SecretFileError> {
    let failed = |source| SecretFileError::Io { file: file.to_owned(), doing: "read", source };
    let text = std::fs::read_to_string(file).map_err(failed)?;
    if std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o077 != 0 {
        return Err(SecretFileError::OpenToOthers { file: file.to_owned() });
    }
    Ok(text)
}

/// Writes a fresh file beside its place, brings it to the disk, then links it there: whole or not at all, and never over
/// another process's.
pub(crate) fn create(file: &Path, text: &str) -> Result<(), SecretFileError> {
    let failed = |source| SecretFileError::Io { file: file.to_owned(), doing: "made", source };
    let directory = directory(file);
    std::fs::create_dir_all(directory).map_err(failed)?;
    let draft = draft(file);
    let written = write(&draft, text).and_then(|()| match std::fs::hard_link(&draft, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = std::fs::remove_file(&draft);
    written.and(removed).and_then(|()| File::open(directory)?.sync_all()).map_err(failed)
}

/// Writes a file beside its place, brings it to the disk, then moves it there.
pub(crate) fn replace(file: &Path, text: &str) -> Result<(), SecretFileError> {
    let draft = draft(file);
    write(&draft, text)
        .and_then(|()| std::fs::rename(&draft, file))
        .and_then(|()| File::open(directory(file))?.sync_all())
        .map_err(|source| SecretFileError::Io { file: file.to_owned(), doing: "changed", source })
}

/// The directory of a file.
pub(crate) fn directory(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn draft(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    name.into()
}

fn write(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A new secret.
pub(crate) fn fresh() -> Result<[u8; KEY_LENGTH], SecretFileError> {
    let mut secret = [0; KEY_LENGTH];
    SystemRandom::new().fill(&mut secret).map_err(|_| SecretFileError::NoRandomness)?;
    Ok(secret)
}

/// A secret as the files write it, in hexadecimal digits.
pub(crate) fn secret(text: &str) -> Option<[u8; KEY_LENGTH]> {
    let mut secret = [0; KEY_LENGTH];
    hex::decode_to_slice(text, &mut secret).ok()?;
    Some(secret)
}

/// One purpose's key from a stored secret, by HKDF-SHA-256.
pub(crate) fn derived(secret: &[u8; KEY_LENGTH], purpose: &str) -> [u8; KEY_LENGTH] {
    expand(&root(secret), &[purpose.as_bytes()])
}

/// From which the keys of a secret follow.
pub(crate) fn root(secret: &[u8; KEY_LENGTH]) -> Prk {
    Salt::new(HKDF_SHA256, b"hutong").extract(secret)
}

/// The key of a purpose, given in parts.
pub(crate) fn expand(root: &Prk, purpose: &[&[u8]]) -> [u8; KEY_LENGTH] {
    let mut key = [0; KEY_LENGTH];
    root.expand(purpose, Length).and_then(|material| material.fill(&mut key)).expect("32 bytes are below HKDF's limit");
    key
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY_LENGTH
    }
}
