//! What of a method's answer a department gets.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, OnceLock};

use prost::DecodeError;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use crate::department::DepartmentEntry;
use crate::options::Department;
use crate::{department, descriptors, policy, wire};

/// What to take out of one type of answer for the departments of one clearance.
///
/// It works on the encoded bytes: fields above the clearance, and fields that this build does not know, are cut out wherever
/// they lie; all others stay as they are.
#[derive(Debug, Clone)]
pub struct Redaction {
    root: Arc<str>,
    plans: HashMap<Arc<str>, Plan>,
}

/// An answer without what its reader may not see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redacted {
    /// The answer.
    pub message: Vec<u8>,
    /// The paths of the fields that were cut out, as in a `google.protobuf.FieldMask`.
    pub mask: BTreeSet<String>,
}

/// The fields of one type of message that stay, by number.
#[derive(Debug, Clone, Default)]
struct Plan {
    fields: HashMap<u32, (Arc<str>, Fate)>,
}

#[derive(Debug, Clone)]
enum Fate {
    Stays,
    IsCut,
    /// It stays, and what lies in it is looked at.
    IsOpened(Arc<str>),
}

impl Redaction {
    /// What to take out of a message for a department; `None` if it may see all of it.
    #[must_use]
    pub fn new(message: &MessageDescriptor, reader: &DepartmentEntry) -> Option<Self> {
        let root: Arc<str> = message.full_name().into();
        let mut plans = HashMap::new();
        let mut wanted = vec![message.clone()];
        let mut cuts = false;
        while let Some(message) = wanted.pop() {
            let name: Arc<str> = message.full_name().into();
            if plans.contains_key(&name) {
                continue;
            }
            let mut plan = Plan::default();
            for field in message.fields() {
                let fate = fate(&field, reader);
                cuts |= matches!(fate, Fate::IsCut);
                if let (Fate::IsOpened(_), Kind::Message(inner)) = (&fate, field.kind()) {
                    wanted.push(inner);
                }
                plan.fields.insert(field.number(), (field.name().into(), fate));
            }
            plans.insert(name, plan);
        }
        cuts.then_some(Self { root, plans })
    }

    /// The answer without what its reader may not see.
    ///
    /// # Errors
    /// If the bytes are no protobuf message.
    pub fn apply(&self, message: &[u8]) -> Result<Redacted, DecodeError> {
        let mut redacted = Redacted::default();
        self.copy(&self.root, message, &mut Vec::new(), &mut redacted.message, &mut redacted.mask)?;
        Ok(redacted)
    }

    fn copy<'a>(
        &'a self,
        name: &str,
        message: &[u8],
        path: &mut Vec<&'a str>,
        kept: &mut Vec<u8>,
        mask: &mut BTreeSet<String>,
    ) -> Result<(), DecodeError> {
        let Some(plan) = self.plans.get(name) else { return Ok(()) };
        let mut inner = Ok(());
        wire::fields(message, |field| match plan.fields.get(&field.number) {
            None => {}
            Some((_, Fate::Stays)) => kept.extend_from_slice(field.bytes),
            Some((name, Fate::IsCut)) => {
                path.push(name);
                mask.insert(path.join("."));
                path.pop();
            }
            Some((name, Fate::IsOpened(message))) => {
                path.push(name);
                let mut part = Vec::with_capacity(field.value.len());
                let copied = self.copy(message, field.value, path, &mut part, mask);
                path.pop();
                inner = std::mem::replace(&mut inner, Ok(())).and(copied);
                encode_key(field.number, WireType::LengthDelimited, kept);
                encode_varint(part.len() as u64, kept);
                kept.extend_from_slice(&part);
            }
        })?;
        inner
    }
}

fn fate(field: &FieldDescriptor, reader: &DepartmentEntry) -> Fate {
    let mark = policy::options::mark(field).unwrap_or_default();
    let named = mark.only.is_empty() || mark.only.contains(&(reader.department as i32));
    match field.kind() {
        _ if mark.sensitivity > reader.clearance as i32 || !named => Fate::IsCut,
        Kind::Message(message) => Fate::IsOpened(message.full_name().into()),
        _ => Fate::Stays,
    }
}

/// The answer of a method, with what each department that has called it gets of it.
struct Answer {
    message: MessageDescriptor,
    redactions: HashMap<Department, OnceLock<Option<Redaction>>>,
}

/// What to take out of the answers of a method, by its path, for a department; `None` if it may see all of them, or if the
/// contract has no such method.
#[must_use]
pub fn of_answer(path: &str, reader: Department) -> Option<&'static Redaction> {
    static ANSWERS: LazyLock<HashMap<String, Answer>> = LazyLock::new(|| {
        let nobody = || department::all().iter().map(|entry| (entry.department, OnceLock::new())).collect();
        descriptors::methods()
            .map(|(path, method)| (path, Answer { message: method.output(), redactions: nobody() }))
            .collect()
    });
    let answer = ANSWERS.get(path)?;
    let redaction = answer.redactions.get(&reader)?;
    redaction.get_or_init(|| Redaction::new(&answer.message, department::entry(reader)?)).as_ref()
}

#[cfg(test)]
mod tests;
