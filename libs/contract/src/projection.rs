//! What of an event a department gets.

use bytes::Bytes;
use prost_reflect::{DynamicMessage, SerializeOptions};

use crate::event::{BodyError, EventType};
use crate::options::Department;
use crate::{policy, wire};

/// One department's view of one type of event.
///
/// It works on the encoded bytes: fields that the department does not get, and
/// fields that this build does not know, are cut out; all others stay as they are.
#[derive(Debug, Clone)]
pub struct Projection {
    event: &'static EventType,
    visible: Vec<u32>,
    /// Empty if a grant holds for every event; else one of these fields must be present.
    any_present: Vec<u32>,
}

impl Projection {
    /// `None` if no grant of the event names the department.
    pub fn new(event: &'static EventType, department: Department) -> Option<Self> {
        let grants: Vec<_> = event.grants.iter().filter(|grant| grant.recipients.contains(&department)).collect();
        if grants.is_empty() {
            return None;
        }
        let unconditional = grants.iter().any(|grant| grant.when_present.is_none());
        let any_present = if unconditional {
            Vec::new()
        } else {
            grants
                .iter()
                .filter_map(|grant| grant.when_present.as_ref().map(prost_reflect::FieldDescriptor::number))
                .collect()
        };
        let visible = event
            .message
            .fields()
            .filter(|field| {
                let only = policy::options::mark(field).unwrap_or_default().only;
                only.is_empty() || only.contains(&(department as i32))
            })
            .map(|field| field.number())
            .collect();
        Some(Self { event, visible, any_present })
    }

    /// The event's type.
    pub fn event(&self) -> &'static EventType {
        self.event
    }

    /// The department's copy of a body; `None` if no grant covers this event.
    ///
    /// # Errors
    /// If the body is not a protobuf message.
    pub fn apply(&self, body: &[u8]) -> Result<Option<Bytes>, BodyError> {
        let mut copy = Vec::with_capacity(body.len());
        let mut granted = self.any_present.is_empty();
        wire::fields(body, |field| {
            granted |= self.any_present.contains(&field.number);
            if self.visible.contains(&field.number) {
                copy.extend_from_slice(field.bytes);
            }
        })
        .map_err(|_| BodyError::Malformed)?;
        Ok(granted.then(|| copy.into()))
    }
}

/// A body as canonical protobuf JSON, for mailboxes configured so.
///
/// # Errors
/// If the body is not that of the event.
pub fn to_json(event: &EventType, body: &[u8]) -> Result<Vec<u8>, BodyError> {
    let message = DynamicMessage::decode(event.message.clone(), body).map_err(|_| BodyError::Malformed)?;
    let mut json = Vec::with_capacity(body.len() * 2);
    let mut serializer = serde_json::Serializer::new(&mut json);
    message.serialize_with_options(&mut serializer, &SerializeOptions::new()).map_err(|_| BodyError::Malformed)?;
    Ok(json)
}
