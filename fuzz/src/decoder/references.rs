//! References to children in messages, as each department's own are put in their place.

use contract::references::{of_answer, of_request};
use prost::Message as _;
use uuid::Uuid;

use crate::shape::{choose, chosen, filled, methods};

/// Put back, they make the same message; and all that were replaced are those that are found.
pub fn take(data: &[u8]) {
    let Some(((path, _), message)) = choose(data, methods()) else { return };
    for references in [of_request(path), of_answer(path)].into_iter().flatten() {
        let mut changed = message.to_vec();
        if references.replace(&mut changed, other).is_err() {
            continue;
        }
        let before = references.children(message).expect("it was read a moment ago");
        let after = references.children(&changed).expect("no length has changed");
        assert_eq!(before.into_iter().map(other).collect::<std::collections::BTreeSet<_>>(), after);
        references.replace(&mut changed, other).expect("we wrote them");
        assert!(changed == message, "a byte beside the references has changed");
    }
}

/// Another one, and back.
fn other(child: Uuid) -> Uuid {
    Uuid::from_u128(!child.as_u128())
}

/// A request and an answer of each method.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (place, (_, method)) in methods().iter().enumerate() {
        for message in [method.input(), method.output()] {
            seeds.push(chosen(place, &filled(&message, 3).encode_to_vec()));
        }
    }
    seeds
}
