//! Checks requests against the contract's rules before a service sees them.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::{DynamicMessage, MessageDescriptor, Value};

use crate::policy::rules::MessageRules;
pub use crate::policy::rules::Violation;
use crate::{descriptors, policy};

/// A message that some method takes.
#[derive(Debug)]
pub struct RequestType {
    descriptor: MessageDescriptor,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not a protobuf message.
    Malformed,
    /// It has fields that the contract does not know, or values that break a rule.
    Violations(Vec<Violation>),
}

/// The request type of a message; `None` if no method takes it.
pub fn request_type(full_name: &str) -> Option<&'static RequestType> {
    static REQUESTS: LazyLock<HashMap<String, RequestType>> = LazyLock::new(|| {
        descriptors::methods()
            .map(|(_, method)| method.input())
            .map(|descriptor| (descriptor.full_name().to_owned(), RequestType { descriptor }))
            .collect()
    });
    REQUESTS.get(full_name)
}

impl RequestType {
    /// Checks the bytes of a request.
    ///
    /// # Errors
    /// With everything that is wrong at once.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let message = DynamicMessage::decode(self.descriptor.clone(), bytes).map_err(|_| Refusal::Malformed)?;
        let mut violations = Vec::new();
        find_unknown_fields(&message, "", &mut violations);
        if let Some(rules) = rules_of(&self.descriptor) {
            rules.check(&message, &rules_of, "", &mut violations);
        }
        if violations.is_empty() { Ok(()) } else { Err(Refusal::Violations(violations)) }
    }
}

/// Checks a whole message that did not come over the wire, for example one changed by a mask.
///
/// # Errors
/// As [`RequestType::check`].
pub fn check_message<M: prost::Message + prost::Name>(message: &M) -> Result<(), Refusal> {
    let descriptor = descriptors().get_message_by_name(&M::full_name()).expect("a message of the contract");
    RequestType { descriptor }.check(&message.encode_to_vec())
}

fn rules_of(message: &MessageDescriptor) -> Option<&'static MessageRules> {
    static RULES: LazyLock<HashMap<String, MessageRules>> = LazyLock::new(|| {
        policy::messages(descriptors())
            .map(|message| {
                let rules = MessageRules::compile(&message).expect("the build refuses a rule that does not compile");
                (message.full_name().to_owned(), rules)
            })
            .collect()
    });
    RULES.get(message.full_name())
}

fn find_unknown_fields(message: &DynamicMessage, path: &str, violations: &mut Vec<Violation>) {
    for unknown in message.unknown_fields() {
        violations.push(Violation {
            field: if path.is_empty() {
                format!("#{}", unknown.number())
            } else {
                format!("{path}.#{}", unknown.number())
            },
            expected: "is a field number that the contract does not know".to_owned(),
        });
    }
    for (field, value) in message.fields() {
        let path = if path.is_empty() { field.name().to_owned() } else { format!("{path}.{}", field.name()) };
        match value {
            Value::Message(inner) => find_unknown_fields(inner, &path, violations),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    if let Value::Message(inner) = item {
                        find_unknown_fields(inner, &format!("{path}[{index}]"), violations);
                    }
                }
            }
            _ => {}
        }
    }
}
