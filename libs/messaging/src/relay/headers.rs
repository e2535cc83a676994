//! The headers of an event's message: CloudEvents attributes, seal, trace.

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SEQUENCE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::seal::SealedEvent;

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

/// Who tells a service's events.
pub fn source(service: &str) -> String {
    format!("/hutong/{service}")
}

/// The headers of a sealed event. The same event always has the same headers, so that a refilled
/// stream has the same bytes.
pub(super) fn of(sealed: &SealedEvent) -> HeaderMap {
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
    headers.insert(NATS_EXPECTED_LAST_SEQUENCE, (sealed.sequence - 1).to_string());
    headers
}
