use async_nats::{HeaderMap, HeaderValue, Message};
use bytes::Bytes;
use contract::event::{self, EventType};
use contract::subject;
use kernel::Instant;
use messaging::relay::headers;
use messaging::seal::{Hash, NewEvent, Verifier, ZERO_HASH, chain_hash};
use uuid::Uuid;

/// Why an event is not what its service sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unproved {
    /// A header is missing or malformed.
    #[error("it has no valid header {0}")]
    Header(&'static str),
    /// This build's contract does not know its type: the service is newer than the exchange.
    #[error("its type is not in this exchange's contract")]
    UnknownType,
    /// It stands under another subject than its type and county say.
    #[error("its subject is not that of its type")]
    Subject,
    /// Its content, or its place in the log, is not what was sealed.
    #[error("it does not continue the chain of hashes")]
    Chain,
    /// The signature is not the service's.
    #[error("it was not signed by its service")]
    Signature,
}

/// An event whose place in its service's log was proved.
#[derive(Debug)]
pub(crate) struct FeedEvent {
    /// Its number in the service's log.
    pub(crate) sequence: u64,
    /// Its type.
    pub(crate) event: &'static EventType,
    /// The subject that it is told under, the same in every mailbox.
    pub(crate) subject: String,
    /// The encoded message; empty once it was erased.
    pub(crate) body: Bytes,
    /// Whether its content was erased: then there is nothing to tell.
    pub(crate) erased: bool,
    headers: HeaderMap,
}

impl FeedEvent {
    /// The county that decides its area.
    pub(crate) fn county(&self) -> &str {
        self.subject.rsplit('.').next().unwrap_or_default()
    }

    /// A header that was there when the event was proved, or an optional one.
    pub(crate) fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get(name).map(HeaderValue::as_str)
    }
}

/// The end of the chain that was proved so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chain {
    sequence: u64,
    hash: Hash,
}

impl Chain {
    /// Before the first event.
    pub(crate) const START: Self = Self { sequence: 0, hash: ZERO_HASH };

    /// At an event in the middle of a log. Its signature proves its hash; what follows must continue from there.
    pub(crate) fn at(sequence: u64, headers: &HeaderMap, verifier: &Verifier) -> Result<Self, Unproved> {
        let hash = hash_of(headers)?;
        prove_signature(&hash, headers, verifier)?;
        Ok(Self { sequence, hash })
    }

    /// The last number.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Takes the next event, whose number must be the next one.
    pub(crate) fn extend(&mut self, sequence: u64, message: Message) -> Result<FeedEvent, Unproved> {
        let headers = message.headers.ok_or(Unproved::Header(headers::TYPE))?;
        let event = event::by_name(text(&headers, headers::TYPE)?).ok_or(Unproved::UnknownType)?;
        let subject = message.subject.as_str();
        let county = county_of(event, subject).ok_or(Unproved::Subject)?;
        let fact = NewEvent {
            id: parse(&headers, headers::ID, |text| Uuid::try_parse(text).ok())?,
            event,
            aggregate: parse(&headers, headers::SUBJECT, |text| Uuid::try_parse(text).ok())?,
            county: county.to_owned(),
            occurred_at: parse(&headers, headers::TIME, |text| text.parse::<Instant>().ok())?,
            traceparent: None,
            body: message.payload,
        };
        let cover = headers::cover(&headers).ok_or(Unproved::Header(headers::SEAL))?;
        let erased = cover.is_erased();
        // A commitment that stands by itself says nothing of a body beside it.
        if erased && !fact.body.is_empty() {
            return Err(Unproved::Chain);
        }
        let hash = chain_hash(&self.hash, sequence, &fact, &cover);
        if sequence != self.sequence + 1 || hash != hash_of(&headers)? {
            return Err(Unproved::Chain);
        }
        if text(&headers, headers::SOURCE)? != headers::source(&event.service) {
            return Err(Unproved::Header(headers::SOURCE));
        }
        *self = Self { sequence, hash };
        Ok(FeedEvent { sequence, event, subject: subject.to_owned(), body: fact.body, erased, headers })
    }

    /// Proves by its signature the event that was taken last, and with it all before it in the chain.
    pub(crate) fn prove(&self, last: &FeedEvent, verifier: &Verifier) -> Result<(), Unproved> {
        prove_signature(&self.hash, &last.headers, verifier)
    }
}

fn prove_signature(hash: &Hash, headers: &HeaderMap, verifier: &Verifier) -> Result<(), Unproved> {
    let known = text(headers, headers::KEY)? == verifier.key_id();
    if known && verifier.verify_base64(hash, text(headers, headers::SIGNATURE)?) {
        Ok(())
    } else {
        Err(Unproved::Signature)
    }
}

/// The county in a subject, if the subject is one of the type's.
fn county_of<'a>(event: &EventType, subject: &'a str) -> Option<&'a str> {
    let (head, county) = subject.rsplit_once('.')?;
    let of_type = head.strip_prefix(subject::ROOT)?.strip_prefix('.')?;
    (of_type == event.name).then_some(county)
}

fn hash_of(headers: &HeaderMap) -> Result<Hash, Unproved> {
    parse(headers, headers::HASH, |text| {
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Unproved> {
    headers.get(name).map(HeaderValue::as_str).ok_or(Unproved::Header(name))
}

fn parse<T>(headers: &HeaderMap, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Unproved> {
    parse(text(headers, name)?).ok_or(Unproved::Header(name))
}

/// Whether a message is taken as the first event of a log: for the fuzzer, to which the feed has no other door.
#[cfg(fuzzing)]
#[must_use]
pub fn proves_first(message: Message, verifier: &Verifier) -> bool {
    let mut chain = Chain::START;
    chain.extend(1, message).is_ok_and(|event| chain.prove(&event, verifier).is_ok())
}
