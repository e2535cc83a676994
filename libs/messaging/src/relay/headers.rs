//! The headers of an event's message: CloudEvents attributes, seal, trace.

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SEQUENCE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::seal::{Cover, Hidden, SealedEvent};

/// CloudEvents: the event's id.
pub const ID: &str = "ce-id";
/// CloudEvents: the event's type.
pub const TYPE: &str = "ce-type";
/// CloudEvents: who told it, `/hutong/<service>`.
pub const SOURCE: &str = "ce-source";
/// CloudEvents: when it was decided, RFC 3339 with microseconds, UTC.
pub const TIME: &str = "ce-time";
/// CloudEvents: what it is about.
pub const SUBJECT: &str = "ce-subject";
/// CloudEvents: always `1.0`.
pub const SPECVERSION: &str = "ce-specversion";
/// The body's encoding.
pub const CONTENT_TYPE: &str = "content-type";
/// W3C trace context.
pub const TRACEPARENT: &str = "traceparent";
/// SHA-256 of the chain up to this message, hex.
pub const HASH: &str = "hutong-hash";
/// Ed25519 over the hash, Base64.
pub const SIGNATURE: &str = "hutong-signature";
/// Which key signed.
pub const KEY: &str = "hutong-key";

/// The number of the seal; absent for the first.
pub const SEAL: &str = "hutong-seal";
/// The salt under which the hash commits to the body, hex; from the second seal on, as long as the body is there.
pub const SALT: &str = "hutong-salt";
/// The commitment to a body that was erased, hex; from the second seal on, once neither body nor salt are there.
pub const COMMITMENT: &str = "hutong-commitment";

/// Who tells a service's events.
pub fn source(service: &str) -> String {
    format!("/hutong/{service}")
}

/// How the seal of a stream's event covers its body; `None` if the headers say no such thing.
pub fn cover(headers: &HeaderMap) -> Option<Cover> {
    let text = |name: &str| headers.get(name).map(async_nats::HeaderValue::as_str);
    match (text(SEAL), text(SALT), text(COMMITMENT)) {
        (None, None, None) => Some(Cover::Open),
        (Some(seal), Some(salt), None) => Cover::of_seal(seal.parse().ok()?, Hidden::Salted(bytes(salt)?)),
        (Some(seal), None, Some(commitment)) => Cover::of_seal(seal.parse().ok()?, Hidden::Erased(bytes(commitment)?)),
        _ => None,
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

/// The headers of a sealed event. The same event always has the same headers, so that a refilled
/// stream has the same bytes.
pub fn of(sealed: &SealedEvent) -> HeaderMap {
    let event = &sealed.event;
    let mut headers = HeaderMap::new();
    headers.insert(SPECVERSION, "1.0");
    headers.insert(ID, event.id.to_string());
    headers.insert(TYPE, event.event.name.as_str());
    headers.insert(SOURCE, source(&event.event.service));
    headers.insert(TIME, event.occurred_at.to_string());
    headers.insert(SUBJECT, event.aggregate.to_string());
    headers.insert(CONTENT_TYPE, "application/protobuf");
    if let Some(traceparent) = &event.traceparent {
        headers.insert(TRACEPARENT, traceparent.as_str());
    }
    headers.insert(HASH, hex::encode(sealed.hash));
    headers.insert(SIGNATURE, STANDARD.encode(sealed.signature));
    headers.insert(KEY, sealed.key_id.as_str());
    if let Some(hidden) = sealed.cover.hidden() {
        headers.insert(SEAL, sealed.cover.seal().to_string());
        match hidden {
            Hidden::Salted(salt) => headers.insert(SALT, hex::encode(salt)),
            Hidden::Erased(commitment) => headers.insert(COMMITMENT, hex::encode(commitment)),
        }
    }
    headers.insert(NATS_EXPECTED_LAST_SEQUENCE, (sealed.sequence - 1).to_string());
    headers
}
