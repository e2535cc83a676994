//! Where fields of some kind stand in encoded messages, wherever they lie in them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use prost::DecodeError;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use crate::wire;

/// The places of one type of message at which a `T` stands.
#[derive(Debug, Clone)]
pub(crate) struct Places<T> {
    root: Arc<str>,
    plans: HashMap<Arc<str>, Plan<T>>,
}

/// The fields of one type of message that are wanted or hold such, by number.
type Plan<T> = HashMap<u32, Place<T>>;

#[derive(Debug, Clone)]
enum Place<T> {
    /// One that is wanted.
    Here(T),
    /// A message in which one may stand.
    Within(Arc<str>),
}

impl<T> Places<T> {
    /// The fields that are wanted and hold no messages; `None` if there is none in any message of this type.
    pub(crate) fn of(message: &MessageDescriptor, wanted: impl Fn(&FieldDescriptor) -> Option<T>) -> Option<Self> {
        let mut plans: HashMap<Arc<str>, Plan<T>> = HashMap::new();
        let mut waiting = vec![message.clone()];
        while let Some(message) = waiting.pop() {
            let name: Arc<str> = message.full_name().into();
            if plans.contains_key(&name) {
                continue;
            }
            let places = message.fields().filter_map(|field| match field.kind() {
                Kind::Message(inner) => {
                    let place = Place::Within(inner.full_name().into());
                    waiting.push(inner);
                    Some((field.number(), place))
                }
                _ => wanted(&field).map(|found| (field.number(), Place::Here(found))),
            });
            plans.insert(name, places.collect());
        }
        let places = Self { root: message.full_name().into(), plans: without_barren(plans) };
        places.plans.contains_key(&places.root).then_some(places)
    }

    /// What is wanted in messages of this type, in no order.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &T> {
        self.plans.values().flat_map(HashMap::values).filter_map(|place| match place {
            Place::Here(found) => Some(found),
            Place::Within(_) => None,
        })
    }

    /// Shows where in a message the values stand.
    ///
    /// # Errors
    /// If the bytes are no protobuf message.
    pub(crate) fn visit(&self, message: &[u8], mut each: impl FnMut(&T, Range<usize>)) -> Result<(), DecodeError> {
        self.visit_within(&self.root, message, 0, &mut each)
    }

    /// In a message that begins at `start` of the whole one.
    fn visit_within(
        &self,
        name: &str,
        message: &[u8],
        start: usize,
        each: &mut impl FnMut(&T, Range<usize>),
    ) -> Result<(), DecodeError> {
        let Some(plan) = self.plans.get(name) else { return Ok(()) };
        let mut inner = Ok(());
        wire::fields(message, |field| {
            let at = start + field.at;
            match plan.get(&field.number) {
                None => {}
                Some(Place::Here(found)) => each(found, at..at + field.value.len()),
                Some(Place::Within(message)) => {
                    let visited = self.visit_within(message, field.value, at, each);
                    inner = std::mem::replace(&mut inner, Ok(())).and(visited);
                }
            }
        })?;
        inner
    }
}

/// Leaves out what leads nowhere, so that it is not looked into.
fn without_barren<T>(mut plans: HashMap<Arc<str>, Plan<T>>) -> HashMap<Arc<str>, Plan<T>> {
    let mut fruitful: HashSet<Arc<str>> = HashSet::new();
    let leads = |place: &Place<T>, fruitful: &HashSet<Arc<str>>| match place {
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
