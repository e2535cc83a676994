use async_nats::HeaderMap;
use evidence::hash::Message;

use super::{
    CONTENT_TYPE, CURSOR, HASH, ID, KEY, MAILBOX, MailboxPosition, PREVIOUS, SEQUENCE, SIGNATURE, SOURCE, SUBJECT,
    TIME, TYPE,
};
use crate::seal::{Hash, Verifier};

/// Why a message is not what the exchange sent, or not the next one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// A header is missing or malformed.
    #[error("the message has no valid header {0}")]
    Header(&'static str),
    /// It belongs to another mailbox.
    #[error("the message belongs to another mailbox")]
    OtherMailbox,
    /// Its number is not that under which it is stored.
    #[error("the message says it is number {says}, it is stored as {stored}")]
    Number {
        /// The header's.
        says: u64,
        /// The stream's.
        stored: u64,
    },
    /// Its content is not what was hashed.
    #[error("the message was changed after it was sent")]
    Hash,
    /// It was not signed by the exchange.
    #[error("the message was not signed by the exchange")]
    Signature,
    /// It does not follow the message before it.
    #[error("the message does not follow the one before it")]
    Chain,
}

/// A message that was proved to be the exchange's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the mailbox stands after it.
    pub position: MailboxPosition,
    /// How many messages are missing between the one before and this.
    pub missing: u64,
}

/// Reads a mailbox in order and proves each message.
#[derive(Debug, Clone)]
pub struct MailboxReader {
    code: String,
    verifier: Verifier,
    last: Option<MailboxPosition>,
}

impl MailboxReader {
    /// Reads a mailbox from its first message on.
    pub fn new(code: &str, verifier: Verifier) -> Self {
        Self { code: code.to_owned(), verifier, last: Some(MailboxPosition::default()) }
    }

    /// Reads a mailbox from anywhere: the first message that comes is proved by its signature alone.
    pub fn from_anywhere(code: &str, verifier: Verifier) -> Self {
        Self { last: None, ..Self::new(code, verifier) }
    }

    /// Proves the next message.
    ///
    /// # Errors
    /// If it is not what the exchange sent, or does not follow the one before it.
    pub fn check(&mut self, headers: &HeaderMap, subject: &str, body: &[u8], stored: u64) -> Result<Verified, Forged> {
        let position = self.prove(headers, subject, body, stored)?;
        let previous = hash(text(headers, PREVIOUS)?, PREVIOUS)?;
        let missing = match &self.last {
            None => 0,
            Some(last) if position.sequence == last.sequence + 1 => {
                if last.hash != previous {
                    return Err(Forged::Chain);
                }
                0
            }
            Some(last) => position.sequence.checked_sub(last.sequence + 1).ok_or(Forged::Chain)?,
        };
        self.last = Some(position.clone());
        Ok(Verified { position, missing })
    }

    fn prove(&self, headers: &HeaderMap, subject: &str, body: &[u8], stored: u64) -> Result<MailboxPosition, Forged> {
        let mailbox = text(headers, MAILBOX)?;
        if mailbox != self.code {
            return Err(Forged::OtherMailbox);
        }
        let sequence: u64 = text(headers, SEQUENCE)?.parse().map_err(|_| Forged::Header(SEQUENCE))?;
        if sequence != stored {
            return Err(Forged::Number { says: sequence, stored });
        }
        let cursor = text(headers, CURSOR)?;
        let covered = Message {
            previous: text(headers, PREVIOUS)?,
            mailbox,
            sequence,
            subject,
            id: text(headers, ID)?,
            event_type: text(headers, TYPE)?,
            source: text(headers, SOURCE)?,
            time: text(headers, TIME)?,
            about: text(headers, SUBJECT)?,
            cursor,
            content_type: text(headers, CONTENT_TYPE)?,
            body,
        };
        let hash = hash(text(headers, HASH)?, HASH)?;
        if covered.hash() != hash {
            return Err(Forged::Hash);
        }
        let key = text(headers, KEY)?;
        if key != self.verifier.key_id() || !self.verifier.verify_base64(&hash, text(headers, SIGNATURE)?) {
            return Err(Forged::Signature);
        }
        let cursors = MailboxPosition::parse_cursors(cursor).ok_or(Forged::Header(CURSOR))?;
        Ok(MailboxPosition { sequence, hash, cursors })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Forged> {
    headers.get(name).map(async_nats::HeaderValue::as_str).ok_or(Forged::Header(name))
}

fn hash(hex: &str, name: &'static str) -> Result<Hash, Forged> {
    hex::decode(hex).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(Forged::Header(name))
}
