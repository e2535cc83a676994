//! An event's body, as the exchange projects it for a department.

use contract::projection::{Projection, to_json};
use contract::{department, event};
use prost::Message as _;
use prost_reflect::DynamicMessage;

use crate::shape::{choose, chosen, filled, may_see};

/// A department's copy has no field that is not its own; JSON says the same as the body.
pub fn take(data: &[u8]) {
    let Some((event, data)) = choose(data, event::all()) else { return };
    let Some((reader, body)) = choose(data, department::all()) else { return };
    drop(event.subject_of(body));
    if let Ok(json) = to_json(event, body) {
        let mut reader = serde_json::Deserializer::from_slice(&json);
        let again = DynamicMessage::deserialize(event.message.clone(), &mut reader).expect("canonical JSON");
        assert_eq!(to_json(event, &again.encode_to_vec()), Ok(json));
    }
    let Some(projection) = Projection::new(event, reader.department) else { return };
    let Ok(Some(copy)) = projection.apply(body) else { return };
    if let Ok(Some(again)) = projection.apply(&copy) {
        assert_eq!(again, copy, "more could be taken out");
    }
    if let Ok(message) = DynamicMessage::decode(event.message.clone(), copy) {
        assert_eq!(message.unknown_fields().count(), 0);
        for (field, _) in message.fields() {
            assert!(may_see(&field, reader), "{}", field.full_name());
        }
    }
}

/// One of each type for its first recipient.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (place, event) in event::all().iter().enumerate() {
        let recipients = event.recipients();
        let reader = department::all().iter().position(|entry| recipients.contains(&entry.department)).unwrap_or(0);
        seeds.push(chosen(place, &chosen(reader, &filled(&event.message, 3).encode_to_vec())));
    }
    seeds
}
