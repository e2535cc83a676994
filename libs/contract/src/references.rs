//! Where references to children stand in encoded messages, so that each department sees its own.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use prost::DecodeError;
use prost_reflect::MessageDescriptor;
use uuid::Uuid;

use crate::event::{self, EventType};
use crate::places::Places;
use crate::{descriptors, policy};

/// How long a reference is, as the contract writes it: a lower-case hyphenated UUID.
const LENGTH: usize = 36;

/// The references to children in one type of message, wherever they lie in it.
#[derive(Debug, Clone)]
pub struct References(Places<Arc<str>>);

/// Why a message's references cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Not the encoding of a message.
    #[error("not a protobuf message")]
    Malformed(#[from] DecodeError),
    /// A reference is not written as the contract writes it.
    #[error("the field {0} holds no child's reference: a lower-case hyphenated UUID is expected")]
    NotAReference(Arc<str>),
}

impl References {
    /// `None` if no message of this type refers to a child.
    #[must_use]
    pub fn of(message: &MessageDescriptor) -> Option<Self> {
        Places::of(message, |field| {
            policy::options::mark(field).is_some_and(|mark| mark.child_ref).then(|| field.name().into())
        })
        .map(Self)
    }

    /// The children that a message refers to. What is no reference is left out.
    ///
    /// # Errors
    /// If the bytes are no protobuf message.
    pub fn children(&self, message: &[u8]) -> Result<BTreeSet<Uuid>, DecodeError> {
        let mut children = BTreeSet::new();
        self.0.visit(message, |_, range| children.extend(read(&message[range])))?;
        Ok(children)
    }

    /// Puts another reference in each one's place. A reference that is left empty stays so.
    ///
    /// # Errors
    /// [`ReferenceError`]; what the message then holds is of no use.
    pub fn replace(&self, message: &mut [u8], mut by: impl FnMut(Uuid) -> Uuid) -> Result<(), ReferenceError> {
        let mut places = Vec::new();
        self.0.visit(message, |name, range| places.push((Arc::clone(name), range)))?;
        for (name, range) in places {
            let place = &mut message[range];
            if place.is_empty() {
                continue;
            }
            let reference = read(place).ok_or(ReferenceError::NotAReference(name))?;
            by(reference).hyphenated().encode_lower(place);
        }
        Ok(())
    }
}

/// A reference as the contract writes it: of other spellings a service might read one, and we another.
pub(crate) fn read(text: &[u8]) -> Option<Uuid> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == LENGTH)?;
    let canonical = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    Uuid::try_parse(text).ok().filter(|_| canonical)
}

struct Method {
    request: Option<References>,
    answer: Option<References>,
}

fn method(path: &str) -> Option<&'static Method> {
    static METHODS: LazyLock<HashMap<String, Method>> = LazyLock::new(|| {
        descriptors::methods()
            .map(|(path, method)| {
                let (request, answer) = (References::of(&method.input()), References::of(&method.output()));
                (path, Method { request, answer })
            })
            .collect()
    });
    METHODS.get(path)
}

/// The references in the requests of a method, by its path; `None` if it has none or the contract does not know it.
#[must_use]
pub fn of_request(path: &str) -> Option<&'static References> {
    method(path)?.request.as_ref()
}

/// The references in the answers of a method, by its path; `None` if it has none or the contract does not know it.
#[must_use]
pub fn of_answer(path: &str) -> Option<&'static References> {
    method(path)?.answer.as_ref()
}

/// The references in the bodies of a type of event; `None` if it has none.
#[must_use]
pub fn of_event(event: &EventType) -> Option<&'static References> {
    static EVENTS: LazyLock<HashMap<&'static str, Option<References>>> = LazyLock::new(|| {
        event::all().iter().map(|event| (event.name.as_str(), References::of(&event.message))).collect()
    });
    EVENTS.get(event.name.as_str())?.as_ref()
}

#[cfg(test)]
mod tests;
