//! Where references to children stand in encoded messages, so that each department sees its own.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use prost::DecodeError;
use prost_reflect::{Kind, MessageDescriptor};
use uuid::Uuid;

use crate::event::{self, EventType};
use crate::{descriptors, policy, wire};

/// How long a reference is, as the contract writes it: a lower-case hyphenated UUID.
const LENGTH: usize = 36;

/// The references to children in one type of message, wherever they lie in it.
#[derive(Debug, Clone)]
pub struct References {
    root: Arc<str>,
    plans: HashMap<Arc<str>, Plan>,
}

/// The fields of one type of message that are references or hold some, by number.
type Plan = HashMap<u32, Place>;

#[derive(Debug, Clone)]
enum Place {
    /// A reference, by its field's name.
    Here(Arc<str>),
    /// A message in which one may stand.
    Within(Arc<str>),
}

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
        let mut plans: HashMap<Arc<str>, Plan> = HashMap::new();
        let mut wanted = vec![message.clone()];
        while let Some(message) = wanted.pop() {
            let name: Arc<str> = message.full_name().into();
            if plans.contains_key(&name) {
                continue;
            }
            let places = message.fields().filter_map(|field| match field.kind() {
                Kind::Message(inner) => {
                    let place = Place::Within(inner.full_name().into());
                    wanted.push(inner);
                    Some((field.number(), place))
                }
                _ if policy::options::mark(&field).is_some_and(|mark| mark.child_ref) => {
                    Some((field.number(), Place::Here(field.name().into())))
                }
                _ => None,
            });
            plans.insert(name, places.collect());
        }
        let references = Self { root: message.full_name().into(), plans: without_barren(plans) };
        references.plans.contains_key(&references.root).then_some(references)
    }

    /// The children that a message refers to. What is no reference is left out.
    ///
    /// # Errors
    /// If the bytes are no protobuf message.
    pub fn children(&self, message: &[u8]) -> Result<BTreeSet<Uuid>, DecodeError> {
        let mut children = BTreeSet::new();
        self.visit(&self.root, message, 0, &mut |_, range| children.extend(read(&message[range])))?;
        Ok(children)
    }

    /// Puts another reference in each one's place. A reference that is left empty stays so.
    ///
    /// # Errors
    /// [`ReferenceError`]; what the message then holds is of no use.
    pub fn replace(&self, message: &mut [u8], mut by: impl FnMut(Uuid) -> Uuid) -> Result<(), ReferenceError> {
        let mut places = Vec::new();
        self.visit(&self.root, message, 0, &mut |name, range| places.push((Arc::clone(name), range)))?;
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

    /// Shows every reference of a message that begins at `start` of the whole one.
    fn visit(
        &self,
        name: &str,
        message: &[u8],
        start: usize,
        each: &mut impl FnMut(&Arc<str>, Range<usize>),
    ) -> Result<(), DecodeError> {
        let Some(plan) = self.plans.get(name) else { return Ok(()) };
        let mut inner = Ok(());
        wire::fields(message, |field| {
            let at = start + field.at;
            match plan.get(&field.number) {
                None => {}
                Some(Place::Here(name)) => each(name, at..at + field.value.len()),
                Some(Place::Within(message)) => {
                    let visited = self.visit(message, field.value, at, each);
                    inner = std::mem::replace(&mut inner, Ok(())).and(visited);
                }
            }
        })?;
        inner
    }
}

/// Leaves out what leads to no reference, so that it is not looked into.
fn without_barren(mut plans: HashMap<Arc<str>, Plan>) -> HashMap<Arc<str>, Plan> {
    let mut fruitful: HashSet<Arc<str>> = HashSet::new();
    let leads = |place: &Place, fruitful: &HashSet<Arc<str>>| match place {
        Place::Here(_) => true,
        Place::Within(message) => fruitful.contains(message),
    };
    loop {
        let found = plans.iter().filter(|(_, plan)| plan.values().any(|place| leads(place, &fruitful)));
        let found: HashSet<Arc<str>> = found.map(|(name, _)| Arc::clone(name)).collect();
        if found.len() == fruitful.len() {
            break;
        }
        fruitful = found;
    }
    for plan in plans.values_mut() {
        plan.retain(|_, place| leads(place, &fruitful));
    }
    plans.retain(|_, plan| !plan.is_empty());
    plans
}

/// A reference as the contract writes it: of other spellings a service might read one, and we another.
fn read(text: &[u8]) -> Option<Uuid> {
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
