use std::io;
use std::path::PathBuf;

use evidence::file::Fault;
use evidence::key::KeyError;
use evidence::time_stamp::AuthorityError;
use messaging::mailbox::Forged;
use tonic::Status;

use crate::subscriber::SubscriberError;

/// Why there is no evidence, or it cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A file cannot be read or written.
    #[error("cannot use {}: {reason}", path.display(), reason = source.kind())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of keys has a line that is none.
    #[error("line {line} of {} is no public key", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: KeyError,
    },
    /// A file that holds no certificate.
    #[error("{} names no time-stamp authority", path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is expected.
        source: AuthorityError,
    },
    /// A file without a checkpoint that a key of the city has signed and that says where the audit ended.
    #[error("{} has no checkpoint of this city that says where an audit ended", .0.display())]
    NoCheckpoint(PathBuf),
    /// A file of keys without a key.
    #[error("{} names no public key: `hutong evidence keys` prints a city's", .0.display())]
    NoKey(PathBuf),
    /// The city named a key that is none.
    #[error("the city named no valid public key")]
    CityKey(#[from] KeyError),
    /// The mailbox cannot be read.
    #[error(transparent)]
    Mailbox(#[from] SubscriberError),
    /// The mailbox is empty, or nothing in it is wanted.
    #[error("{0} has no message of that time and child: look with `hutong mailbox tail {0}`")]
    Nothing(String),
    /// A message is not what was sent.
    #[error(
        "message {number} of {mailbox} cannot be proved, no evidence was written: `hutong mailbox rebuild {mailbox}`"
    )]
    Forged {
        /// The mailbox.
        mailbox: String,
        /// The message's number.
        number: u64,
        /// What is wrong.
        source: Forged,
    },
    /// Messages are missing.
    #[error(
        "{missing} message(s) of {mailbox} are missing before number {number}, no evidence was written: `hutong mailbox rebuild {mailbox}`"
    )]
    Missing {
        /// The mailbox.
        mailbox: String,
        /// The number of the message behind the gap.
        number: u64,
        /// How many.
        missing: u64,
    },
    /// The city refused a call.
    #[error("the city did not prove it")]
    Refused(#[from] Status),
    /// What the city answered proves nothing.
    #[error("what the city answered is no proof: {0}")]
    Answer(&'static str),
    /// The file that was written does not hold.
    #[error("the evidence that the city gave does not hold, nothing was written: line {}: {}", .0.line, .0.wrong)]
    DoesNotHold(Box<Fault>),
}

impl EvidenceError {
    pub(super) fn file(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
