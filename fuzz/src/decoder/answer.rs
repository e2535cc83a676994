//! Answers, as redaction takes them apart for a department.

use contract::department;
use contract::redaction::{Redacted, of_answer};
use prost::Message as _;
use prost_reflect::DynamicMessage;

use crate::shape::{choose, chosen, filled, methods, secret_in};

/// No field above the reader's clearance stays, and nothing more can be taken out.
pub fn take(data: &[u8]) {
    let Some(((path, method), data)) = choose(data, methods()) else { return };
    let Some((reader, bytes)) = choose(data, department::all()) else { return };
    let Some(redaction) = of_answer(path, reader.department) else { return };
    let Ok(redacted) = redaction.apply(bytes) else { return };
    assert_eq!(redaction.apply(&redacted.message), Ok(Redacted { message: redacted.message.clone(), ..Redacted::default() }));
    match DynamicMessage::decode(method.output(), redacted.message.as_slice()) {
        Ok(message) => assert_eq!(secret_in(&message, reader), None),
        Err(_) => assert!(DynamicMessage::decode(method.output(), bytes).is_err(), "a message became none"),
    }
}

/// One of each method that a department may not see all of.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (place, (path, method)) in methods().iter().enumerate() {
        let reader = department::all().iter().position(|entry| of_answer(path, entry.department).is_some());
        let message = filled(&method.output(), 3).encode_to_vec();
        seeds.extend(reader.map(|reader| chosen(place, &chosen(reader, &message))));
    }
    seeds
}
