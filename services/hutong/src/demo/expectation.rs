use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;
use contract::mailboxes::{Format, MailboxEntry};
use contract::{projection, references, subject};
use messaging::seal::SealedEvent;
use platform::pseudonym::Pseudonyms;

/// What counts of a message: which event, under which subject, with which bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Letter {
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) body: Bytes,
}

/// How a mailbox differs from what the contract grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose mailbox.
    pub code: String,
    /// What is wrong.
    pub kind: DifferenceKind,
}

/// What is wrong with a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Messages that are granted and not there, or there and not granted (or not with these bytes).
    Content {
        /// Granted, not there.
        missing: usize,
        /// There, not granted.
        excess: usize,
    },
    /// The right messages in another order than the events'.
    Order,
    /// Messages that cannot be verified, with the first reason.
    Unverified {
        /// How many.
        messages: u64,
        /// Why the first one.
        first: String,
    },
    /// Gaps in the numbers.
    Gaps(u64),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = &self.code;
        match &self.kind {
            DifferenceKind::Content { missing, excess } => {
                write!(f, "{code}: {missing} granted messages are missing, {excess} are not granted")
            }
            DifferenceKind::Order => write!(f, "{code}: the messages are not in the order of the events"),
            DifferenceKind::Unverified { messages, first } => {
                write!(f, "{code}: {messages} messages cannot be verified, the first because {first}")
            }
            DifferenceKind::Gaps(gaps) => write!(f, "{code}: {gaps} messages are missing in between"),
        }
    }
}

/// What a mailbox must hold: the log through the contract, nothing else.
pub(super) fn granted(entry: &MailboxEntry, log: &[SealedEvent], pseudonyms: &Pseudonyms) -> Vec<Letter> {
    let pseudonym = pseudonyms.of(entry.department);
    let grants = entry.grants();
    log.iter()
        .map(|sealed| &sealed.event)
        .filter(|event| entry.covers(&event.county))
        .filter_map(|event| {
            let (event_type, view) = grants.iter().find(|(event_type, _)| event_type.name == event.event.name)?;
            let mut body = Vec::from(view.apply(&event.body).expect("the log holds events of the contract")?);
            if let (Some(references), Some(pseudonym)) = (references::of_event(event_type), pseudonym) {
                let replaced = references.replace(&mut body, |child| pseudonym.conceal(child));
                replaced.expect("the log holds events of the contract");
            }
            let body = match entry.format {
                Format::Protobuf => body.into(),
                Format::Json => {
                    projection::to_json(event_type, &body).expect("the log holds events of the contract").into()
                }
            };
            Some(Letter { id: event.id.to_string(), subject: subject::event(event_type, &event.county), body })
        })
        .collect()
}

/// Compares what was read with what is granted.
pub(super) fn compare(code: &str, read: &[Letter], granted: &[Letter]) -> Option<Difference> {
    if read == granted {
        return None;
    }
    let (there, due): (BTreeSet<_>, BTreeSet<_>) = (read.iter().collect(), granted.iter().collect());
    let missing = due.difference(&there).count();
    // A message that stands twice is one too many, whatever the sets say.
    let excess = there.difference(&due).count() + (read.len() - there.len());
    let kind = match (missing, excess) {
        (0, 0) => DifferenceKind::Order,
        (missing, excess) => DifferenceKind::Content { missing, excess },
    };
    Some(Difference { code: code.to_owned(), kind })
}
