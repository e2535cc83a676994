//! The events of the contract and who is granted them.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, FieldDescriptor, MessageDescriptor};
use uuid::Uuid;

use crate::contract::Contract;
use crate::options::Department;
use crate::{policy, wire};

/// One type of event.
#[derive(Debug, Clone)]
pub struct EventType {
    /// `<service>.<entity>.<event>`, for example `registry.child.registered`.
    pub name: String,
    /// The service that tells it.
    pub service: String,
    /// The message that carries it.
    pub message: MessageDescriptor,
    /// Why it is carried at all.
    pub purpose: String,
    /// Who outside the platform receives it.
    pub grants: Vec<Grant>,
    /// The field with the entity that it is about.
    pub aggregate: FieldDescriptor,
    /// Whether that is a child.
    pub about_child: bool,
    /// The field with the county that decides its area.
    pub area: FieldDescriptor,
}

/// One grant.
#[derive(Debug, Clone)]
pub struct Grant {
    /// These departments receive the event.
    pub recipients: Vec<Department>,
    /// What for.
    pub purpose: String,
    /// On which basis.
    pub legal_basis: String,
    /// Only where this field is present.
    pub when_present: Option<FieldDescriptor>,
}

/// What an event is about, read from its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The entity. Events of one entity keep their order.
    pub aggregate: Uuid,
    /// The county, 6 digits.
    pub county: String,
}

/// Why a body is not that of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Not the encoding of a message.
    #[error("the event's body is not a protobuf message")]
    Malformed,
    /// A field without which nobody can tell what it is about.
    #[error("the event's body has no valid field {0}")]
    Missing(String),
}

impl EventType {
    /// Everyone outside the platform who may receive it, in the contract's order.
    pub fn recipients(&self) -> Vec<Department> {
        let mut recipients: Vec<_> = self.grants.iter().flat_map(|grant| grant.recipients.clone()).collect();
        recipients.sort();
        recipients.dedup();
        recipients
    }

    /// Reads what an event is about from its body.
    ///
    /// # Errors
    /// If the body is not that of this event.
    pub fn subject_of(&self, body: &[u8]) -> Result<Subject, BodyError> {
        let missing = |field: &FieldDescriptor| BodyError::Missing(field.name().to_owned());
        let aggregate = wire::text(body, self.aggregate.number())
            .map_err(|_| BodyError::Malformed)?
            .and_then(|text| Uuid::try_parse(text).ok())
            .ok_or_else(|| missing(&self.aggregate))?;
        let county = wire::text(body, self.area.number())
            .map_err(|_| BodyError::Malformed)?
            .filter(|text| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or_else(|| missing(&self.area))?
            .to_owned();
        Ok(Subject { aggregate, county })
    }
}

/// All types, by name.
pub fn all() -> &'static [EventType] {
    &Contract::in_force().events
}

/// Those of a set of descriptors.
pub(crate) fn read(descriptors: &DescriptorPool) -> Vec<EventType> {
    let mut types: Vec<_> = policy::messages(descriptors).filter_map(|message| read_one(&message)).collect();
    types.sort_by(|one, other| one.name.cmp(&other.name));
    types
}

/// The type of a name; `None` if the contract has none.
pub fn by_name(name: &str) -> Option<&'static EventType> {
    static NAMES: LazyLock<HashMap<&'static str, &'static EventType>> =
        LazyLock::new(|| all().iter().map(|event| (event.name.as_str(), event)).collect());
    NAMES.get(name).copied()
}

/// The type that a message carries.
///
/// # Panics
/// If the message is not an event: a fault of the caller's code, not of its input.
pub fn of<M: prost::Name>() -> &'static EventType {
    static MESSAGES: LazyLock<HashMap<&'static str, &'static EventType>> =
        LazyLock::new(|| all().iter().map(|event| (event.message.full_name(), event)).collect());
    MESSAGES.get(M::full_name().as_str()).copied().expect("only messages with the event option are recorded")
}

fn read_one(message: &MessageDescriptor) -> Option<EventType> {
    let option = policy::options::event(message)?;
    let marked = |holds: fn(&policy::options::Mark) -> bool| {
        message
            .fields()
            .find(|field| policy::options::mark(field).is_some_and(|mark| holds(&mark)))
            .expect("the build refuses an event without its aggregate and area")
    };
    let aggregate = marked(|mark| mark.aggregate);
    Some(EventType {
        service: option.name.split('.').next().unwrap_or_default().to_owned(),
        name: option.name,
        purpose: option.purpose,
        grants: option
            .grants
            .into_iter()
            .map(|grant| Grant {
                recipients: grant.recipients.iter().filter_map(|number| Department::try_from(*number).ok()).collect(),
                purpose: grant.purpose,
                legal_basis: grant.legal_basis,
                when_present: message.get_field_by_name(&grant.when_present),
            })
            .collect(),
        about_child: policy::options::mark(&aggregate).is_some_and(|mark| mark.child_ref),
        aggregate,
        area: marked(|mark| mark.area),
        message: message.clone(),
    })
}
