//! Requests, as the codec of every method checks them.

use contract::codec::refuse;
use contract::validation::{Refusal, request_type};
use prost::Message as _;
use prost_reflect::DynamicMessage;

use crate::shape::{choose, chosen, filled, methods};

/// What is accepted is accepted when it is written again, and means the same; a refusal says what is wrong.
pub fn take(data: &[u8]) {
    let Some(((_, method), bytes)) = choose(data, methods()) else { return };
    let request = request_type(method.input().full_name()).expect("every method has a request");
    match request.check(bytes) {
        Ok(()) => {
            let message = DynamicMessage::decode(method.input(), bytes).expect("it was decoded a moment ago");
            let written = message.encode_to_vec();
            assert_eq!(request.check(&written), Ok(()));
            let again = DynamicMessage::decode(method.input(), written.as_slice()).expect("we wrote it");
            assert_eq!(again.encode_to_vec(), written);
        }
        Err(refusal) => {
            if let Refusal::Violations(violations) = &refusal {
                assert!(!violations.is_empty());
            }
            assert!(!refuse(&refusal).message().is_empty());
        }
    }
}

/// One of each method.
pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |(place, (_, method)): (usize, &(String, prost_reflect::MethodDescriptor))| {
        chosen(place, &filled(&method.input(), 3).encode_to_vec())
    };
    methods().iter().enumerate().map(seed).collect()
}
