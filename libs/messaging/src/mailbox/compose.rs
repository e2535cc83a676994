use std::collections::BTreeMap;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SEQUENCE;
use bytes::Bytes;
use evidence::hash::Message;

use super::{
    CONTENT_TYPE, CURSOR, HASH, ID, KEY, MAILBOX, PREVIOUS, SEQUENCE, SIGNATURE, SOURCE, SPECVERSION, SUBJECT, TIME,
    TRACEPARENT, TYPE,
};
use crate::seal::{Hash, Signer, ZERO_HASH};

/// Where a mailbox stands: all of it can be read from its last message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxPosition {
    /// The last message's number; 0 for an empty mailbox.
    pub sequence: u64,
    /// The last message's hash.
    pub hash: Hash,
    /// The last sequence taken from each service's log.
    pub cursors: BTreeMap<String, u64>,
}

impl Default for MailboxPosition {
    fn default() -> Self {
        Self { sequence: 0, hash: ZERO_HASH, cursors: BTreeMap::new() }
    }
}

impl MailboxPosition {
    /// The cursors as the header carries them.
    pub fn cursor_header(&self) -> String {
        let cursors: Vec<String> =
            self.cursors.iter().map(|(service, sequence)| format!("{service}={sequence}")).collect();
        cursors.join(",")
    }

    /// Cursors from the header; `None` if it is malformed.
    pub fn parse_cursors(header: &str) -> Option<BTreeMap<String, u64>> {
        header
            .split(',')
            .map(|cursor| {
                let (service, sequence) = cursor.split_once('=')?;
                Some((service.to_owned(), sequence.parse().ok()?))
            })
            .collect()
    }
}

/// The event that a message tells, as its stream has it.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The service that told it.
    pub service: &'a str,
    /// Its sequence in the service's log.
    pub sequence: u64,
    /// Its id.
    pub id: &'a str,
    /// Its type.
    pub event_type: &'a str,
    /// Who told it.
    pub source: &'a str,
    /// When it was decided.
    pub time: &'a str,
    /// What it is about, as the department may know it.
    pub about: &'a str,
    /// The trace that it belongs to.
    pub traceparent: Option<&'a str>,
}

/// A composed message and where the mailbox stands after it.
#[derive(Debug, Clone)]
pub struct Composed {
    /// The headers, with the sequence that the mailbox must have.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The position after it.
    pub position: MailboxPosition,
}

/// Composes the message that follows a position. The same input always gives the same bytes.
pub fn compose(
    mailbox: &str,
    position: &MailboxPosition,
    origin: Origin<'_>,
    subject: &str,
    content_type: &str,
    body: Bytes,
    signer: &Signer,
) -> Composed {
    let mut next = position.clone();
    next.sequence += 1;
    match next.cursors.get_mut(origin.service) {
        Some(cursor) => *cursor = origin.sequence,
        None => {
            next.cursors.insert(origin.service.to_owned(), origin.sequence);
        }
    }
    let previous = hex::encode(position.hash);
    let cursor = next.cursor_header();
    next.hash = Message {
        previous: &previous,
        mailbox,
        sequence: next.sequence,
        subject,
        id: origin.id,
        event_type: origin.event_type,
        source: origin.source,
        time: origin.time,
        about: origin.about,
        cursor: &cursor,
        content_type,
        body: &body,
    }
    .hash();
    let mut headers = HeaderMap::new();
    headers.insert(SPECVERSION, "1.0");
    headers.insert(ID, origin.id);
    headers.insert(TYPE, origin.event_type);
    headers.insert(SOURCE, origin.source);
    headers.insert(TIME, origin.time);
    headers.insert(SUBJECT, origin.about);
    headers.insert(CONTENT_TYPE, content_type);
    if let Some(traceparent) = origin.traceparent {
        headers.insert(TRACEPARENT, traceparent);
    }
    headers.insert(MAILBOX, mailbox);
    headers.insert(SEQUENCE, next.sequence.to_string());
    headers.insert(CURSOR, cursor);
    headers.insert(PREVIOUS, previous);
    headers.insert(HASH, hex::encode(next.hash));
    headers.insert(SIGNATURE, signer.sign_base64(&next.hash));
    headers.insert(KEY, signer.key_id().as_str());
    headers.insert(NATS_EXPECTED_LAST_SEQUENCE, position.sequence.to_string());
    Composed { headers, body, position: next }
}
