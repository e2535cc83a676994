//! Checkpoints (c2sp.org/tlog-checkpoint): how long a log was, and what was in it, at a time.

use kernel::Instant;
use tlog_tiles::checkpoint::Checkpoint as Wire;
use tlog_tiles::tlog;

use crate::hash::Hash;
use crate::key::PublicKey;
use crate::note::{self, NoteError};

/// What begins the line of the time.
const TIME: &str = "time ";

/// A log's size and root at a time.
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
}

/// Why a note is no checkpoint of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a note of the log's key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint with a time.
    #[error("its text is no checkpoint of a log with a time")]
    Form,
    /// It is of another log than its key's.
    #[error("it is of another log than its key's")]
    Origin,
}

impl Checkpoint {
    /// Its text: origin, size, root in Base64, and the extension line `time <RFC 3339>`.
    ///
    /// # Panics
    /// If the origin is empty: it is a key's name.
    #[must_use]
    pub fn text(&self) -> String {
        let time = format!("{TIME}{}\n", self.time);
        let wire = Wire::new(&self.origin, self.size, tlog::Hash(self.root), &time);
        String::from_utf8(wire.expect("a key's name is not empty").to_bytes()).expect("all its parts are text")
    }

    /// The checkpoint in a note that the key signed, if it is of the log that has the key's name.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(signed: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        let text = note::open(signed, key)?;
        let wire = Wire::from_bytes(text.as_bytes()).map_err(|_| CheckpointError::Form)?;
        let time = wire.extension().strip_prefix(TIME).and_then(|line| line.strip_suffix('\n'));
        let time = time.and_then(|time| time.parse().ok()).ok_or(CheckpointError::Form)?;
        let checkpoint = Self { origin: wire.origin().to_owned(), size: wire.size(), root: wire.hash().0, time };
        if checkpoint.text() != text {
            return Err(CheckpointError::Form);
        }
        if checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(CheckpointError::Origin) }
    }
}
