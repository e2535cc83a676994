//! In whose area a call lies: what its request names decides, for an office of an area.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use prost::DecodeError;
use prost_reflect::{Kind, MessageDescriptor};
use uuid::Uuid;

use crate::places::Places;
use crate::policy::options::{self, Area};
use crate::references::{ReferenceError, read};
use crate::{descriptors, wire};

/// What a child is called among the things that lie somewhere.
pub const CHILD: &str = "child";

/// Who of a department's offices may call a method, and about what.
#[derive(Debug)]
pub enum AreaRule {
    /// What the request names must lie in the office's area.
    Named(Named),
    /// Any office.
    City,
    /// None: it is the affair of the department as a whole.
    Department,
    /// Any office; the service tells it of its area alone.
    Service,
}

/// The rule of a method, by its path; `None` if the contract does not know it.
#[must_use]
pub fn of_method(path: &str) -> Option<&'static AreaRule> {
    static METHODS: LazyLock<HashMap<String, AreaRule>> = LazyLock::new(|| {
        descriptors::methods()
            .filter_map(|(path, method)| {
                let rule = match options::rules(&method)?.area {
                    Area::Named => AreaRule::Named(Named::of(&method.input())),
                    Area::City => AreaRule::City,
                    Area::Department => AreaRule::Department,
                    Area::Service => AreaRule::Service,
                };
                Some((path, rule))
            })
            .collect()
    });
    METHODS.get(path)
}

/// Where the requests of a method name what lies in an area.
#[derive(Debug)]
pub struct Named {
    places: Option<Places<What>>,
    /// The number of the request's own field for a division.
    filter: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// A thing of a kind, in the field of a name.
    Thing { kind: Arc<str>, field: Arc<str> },
    /// A division.
    Division,
}

/// What a request names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Ids, by the kind of thing.
    pub things: BTreeMap<Arc<str>, BTreeSet<Uuid>>,
    /// Divisions, as they are written.
    pub divisions: BTreeSet<String>,
}

impl Asked {
    /// Whether it names nothing at all.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.things.is_empty() && self.divisions.is_empty()
    }
}

impl Named {
    fn of(request: &MessageDescriptor) -> Self {
        let places = Places::of(request, |field| {
            let mark = options::mark(field)?;
            let kind = if mark.child_ref { CHILD } else { mark.located.as_str() };
            match (mark.area, kind) {
                (true, _) => Some(What::Division),
                (false, "") => None,
                (false, kind) => Some(What::Thing { kind: kind.into(), field: field.name().into() }),
            }
        });
        let is_filter = |field: &prost_reflect::FieldDescriptor| {
            field.kind() == Kind::String && !field.is_list() && options::mark(field).is_some_and(|mark| mark.area)
        };
        Self { places, filter: request.fields().find(is_filter).map(|field| field.number()) }
    }

    /// The kinds of things that requests name.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.places.iter().flat_map(Places::wanted).filter_map(|what| match what {
            What::Thing { kind, .. } => Some(kind.as_ref()),
            What::Division => None,
        })
    }

    /// What a request names. An empty field names nothing.
    ///
    /// # Errors
    /// If the bytes are no protobuf message, or an id is not written as the contract writes it: a service might read it.
    pub fn asked(&self, request: &[u8]) -> Result<Asked, ReferenceError> {
        let mut asked = Asked::default();
        let mut wrong = None;
        self.visit(request, |what, value| match (what, &request[value]) {
            (_, []) => {}
            (What::Division, text) => {
                asked.divisions.insert(String::from_utf8_lossy(text).into_owned());
            }
            (What::Thing { kind, field }, text) => match read(text) {
                Some(id) => {
                    asked.things.entry(Arc::clone(kind)).or_default().insert(id);
                }
                None => wrong = Some(Arc::clone(field)),
            },
        })?;
        wrong.map_or(Ok(asked), |field| Err(ReferenceError::NotAReference(field)))
    }

    /// Puts an id that is nobody's in the place of each thing that is hidden: the last ones that there are.
    ///
    /// # Errors
    /// If the bytes are no protobuf message.
    pub fn hide(&self, request: &mut [u8], is_hidden: impl Fn(&str, Uuid) -> bool) -> Result<(), DecodeError> {
        let mut hidden = Vec::new();
        self.visit(request, |what, value| {
            if let What::Thing { kind, .. } = what
                && read(&request[value.clone()]).is_some_and(|id| is_hidden(kind, id))
            {
                hidden.push(value);
            }
        })?;
        for (value, number) in hidden.into_iter().zip(0..) {
            Uuid::from_u128(u128::MAX - number).hyphenated().encode_lower(&mut request[value]);
        }
        Ok(())
    }

    /// Fills a filter that is empty in with a division, and says whether it was.
    ///
    /// # Errors
    /// If the bytes are no protobuf message.
    pub fn narrow(&self, request: &mut Vec<u8>, division: &str) -> Result<bool, DecodeError> {
        let Some(filter) = self.filter else { return Ok(false) };
        // The last one counts.
        if wire::text(request, filter)?.is_some_and(|text| !text.is_empty()) {
            return Ok(false);
        }
        prost::encoding::string::encode(filter, &division.to_owned(), request);
        Ok(true)
    }

    fn visit(&self, request: &[u8], each: impl FnMut(&What, std::ops::Range<usize>)) -> Result<(), DecodeError> {
        self.places.as_ref().map_or(Ok(()), |places| places.visit(request, each))
    }
}

#[cfg(test)]
mod tests;
