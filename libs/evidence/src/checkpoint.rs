//! Checkpoints (c2sp.org/tlog-checkpoint): how long a log was, and what was in it, at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::Instant;
use tlog_tiles::checkpoint::Checkpoint as Wire;
use tlog_tiles::tlog;

use crate::hash::Hash;
use crate::key::PublicKey;
use crate::note::{self, NoteError};

/// What begins the line of the time.
const TIME: &str = "time ";
/// What begins the line of the audit's end.
const AUDIT: &str = "audit ";

/// Where a service's audit ended: whoever takes its newest entries away is found out by a checkpoint that is kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditEnd {
    /// The last entry's number; 0 if there is none.
    pub sequence: u64,
    /// Its hash; zeros if there is none.
    pub hash: Hash,
}

/// A log's size and root at a time, and the end of the audit beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// `<city>/<service>`.
    pub origin: String,
    /// How many events the log had.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// When it was made, by the service's clock.
    pub time: Instant,
    /// Where the service's audit ended; nothing in a checkpoint from before they said so.
    pub audit: Option<AuditEnd>,
}

/// Why a note is no checkpoint of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a note of the log's key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint with a time, or has lines that are not ours.
    #[error("its text is no checkpoint of a log with a time")]
    Form,
    /// It is of another log than its key's.
    #[error("it is of another log than its key's")]
    Origin,
}

impl Checkpoint {
    /// Its text: origin, size, root in Base64, and the extension lines `time <RFC 3339>` and `audit <number> <hash in Base64>`.
    ///
    /// # Panics
    /// If the origin is empty: it is a key's name.
    #[must_use]
    pub fn text(&self) -> String {
        let mut extension = format!("{TIME}{}\n", self.time);
        if let Some(AuditEnd { sequence, hash }) = &self.audit {
            extension.push_str(&format!("{AUDIT}{sequence} {}\n", STANDARD.encode(hash)));
        }
        let wire = Wire::new(&self.origin, self.size, tlog::Hash(self.root), &extension);
        String::from_utf8(wire.expect("a key's name is not empty").to_bytes()).expect("all its parts are text")
    }

    /// The checkpoint in a note that the key signed, if it is of the log that has the key's name.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(signed: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        let text = note::open(signed, key)?;
        let wire = Wire::from_bytes(text.as_bytes()).map_err(|_| CheckpointError::Form)?;
        let (time, audit) = extension(wire.extension()).ok_or(CheckpointError::Form)?;
        let checkpoint = Self { origin: wire.origin().to_owned(), size: wire.size(), root: wire.hash().0, time, audit };
        if checkpoint.text() != text {
            return Err(CheckpointError::Form);
        }
        if checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(CheckpointError::Origin) }
    }
}

/// What the lines behind the root say.
fn extension(lines: &str) -> Option<(Instant, Option<AuditEnd>)> {
    let (time, rest) = lines.strip_prefix(TIME)?.split_once('\n')?;
    let audit = if rest.is_empty() { None } else { Some(audit_end(rest.strip_suffix('\n')?)?) };
    Some((time.parse().ok()?, audit))
}

fn audit_end(line: &str) -> Option<AuditEnd> {
    let (sequence, hash) = line.strip_prefix(AUDIT)?.split_once(' ')?;
    Some(AuditEnd { sequence: sequence.parse().ok()?, hash: STANDARD.decode(hash).ok()?.try_into().ok()? })
}

/// Whether a checkpoint's note has the line of the audit. Whether it is signed is not looked at.
pub(crate) fn names_audit(note: &str) -> bool {
    note.lines().any(|line| line.starts_with(AUDIT))
}

#[cfg(test)]
mod tests;
