//! A message of a mailbox, as a department's reader proves it.

use std::sync::LazyLock;

use bytes::Bytes;
use messaging::mailbox::{MailboxPosition, MailboxReader, Origin, compose};
use messaging::relay::headers::{KEY, SIGNATURE};
use messaging::seal::Signer;

use crate::{key, message};

static EXCHANGE: LazyLock<Signer> = LazyLock::new(|| key::signer(2));
const SUBJECT: &str = "hutong.v1.registry.child.registered.371602";

/// Only what the exchange signed is taken, with the body and under the subject that it had.
pub fn take(data: &[u8]) {
    let Some((subject, headers, body)) = message::read(data) else { return };
    if let Some(cursors) = std::str::from_utf8(data).ok().and_then(MailboxPosition::parse_cursors) {
        let position = MailboxPosition { cursors: cursors.clone(), ..MailboxPosition::default() };
        assert_eq!(MailboxPosition::parse_cursors(&position.cursor_header()), Some(cursors));
    }
    for stored in 1..=COUNT {
        let mut reader = MailboxReader::from_anywhere("EDU", EXCHANGE.verifier());
        if reader.check(&headers, &subject, &body, stored).is_ok() {
            let signed = seeds().iter().filter_map(|seed| message::read(seed)).any(|(_, seed, written)| {
                let same = |name| seed.get(name) == headers.get(name);
                same(SIGNATURE) && same(KEY) && written == body && subject == SUBJECT
            });
            assert!(signed, "a message that nobody signed");
        }
    }
}

const COUNT: u64 = 3;

/// Three that follow one another.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut position = MailboxPosition::default();
    let next = |sequence: u64| {
        let id = format!("0193b8a0-0000-7000-8000-00000000000{sequence}");
        let origin = Origin {
            service: "registry",
            sequence,
            id: &id,
            event_type: "registry.child.registered",
            source: "/hutong/registry",
            time: "2025-01-31T08:00:00.000000Z",
            about: "0193b8a0-0000-7000-8000-000000000099",
            traceparent: None,
        };
        let body = Bytes::from(vec![7; 20]);
        let composed = compose("EDU", &position, origin, SUBJECT, "application/protobuf", body, &EXCHANGE);
        position = composed.position;
        message::write(SUBJECT, &composed.headers, &composed.body)
    };
    (1..=COUNT).map(next).collect()
}
