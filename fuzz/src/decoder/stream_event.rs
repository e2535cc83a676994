//! An event of a service's stream, as another service's inbox and the exchange's feed read it.

use std::sync::LazyLock;

use contract::event::{self, EventType};
use contract::subject;
use kernel::Instant;
use messaging::inbox::ReceivedEvent;
use messaging::relay::headers::{self, cover};
use messaging::seal::{NewEvent, SealedEvent, Signer, ZERO_HASH};
use prost::Message as _;
use uuid::Uuid;

use crate::shape::filled;
use crate::{key, message};

static REGISTRY: LazyLock<Signer> = LazyLock::new(|| key::signer(1));

/// What is read is what the headers say; the feed takes only what the service sealed.
pub fn take(data: &[u8]) {
    let Some((subject, headers, body)) = message::read(data) else { return };
    let _ = cover(&headers);
    if let Ok(event) = ReceivedEvent::read(&headers, body.clone(), 1) {
        assert_eq!(headers.get(headers::TYPE).map(|text| text.as_str()), Some(event.event.name.as_str()));
        assert!(event.county.len() == 6 && event.county.bytes().all(|byte| byte.is_ascii_digit()));
    }
    #[cfg(fuzzing)]
    {
        let length = data.len();
        let signature = headers.get(headers::SIGNATURE).cloned();
        let message = async_nats::Message {
            subject: subject.into(),
            reply: None,
            payload: body.clone(),
            headers: Some(headers),
            status: None,
            description: None,
            length,
        };
        if exchange::proves_first(message, &REGISTRY.verifier()) {
            let sealed = seeds().iter().filter_map(|seed| message::read(seed)).any(|(_, seed, written)| {
                seed.get(headers::SIGNATURE) == signature.as_ref() && written == body
            });
            assert!(sealed, "an event that nobody sealed");
        }
    }
    #[cfg(not(fuzzing))]
    drop(subject);
}

/// One of each type, each the first of its log.
pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |event: &'static EventType| {
        let new = NewEvent {
            id: Uuid::from_u128(1),
            event,
            aggregate: Uuid::from_u128(0x0193_b8a0_0000_7000_8000_0000_0000_0001),
            county: "371602".to_owned(),
            occurred_at: Instant::from_micros(1_734_000_000_000_000),
            traceparent: None,
            body: filled(&event.message, 2).encode_to_vec().into(),
        };
        let sealed = &SealedEvent::seal(vec![new], 0, ZERO_HASH, &REGISTRY)[0];
        message::write(&subject::event(event, "371602"), &headers::of(sealed), &sealed.event.body)
    };
    event::all().iter().map(seed).collect()
}
