use std::fmt;

use cel::Value;

use crate::vocabulary::{Kind, Vocabulary};

/// What is known of one case: a value for every fact of a [`Vocabulary`].
///
/// Its `Debug` prints no value.
#[derive(Clone, PartialEq)]
pub struct Facts {
    vocabulary: Vocabulary,
    /// In the vocabulary's order.
    values: Box<[Fact]>,
}

/// The value of a fact. Its `Debug` prints the kind alone.
#[derive(Clone, PartialEq, Eq)]
pub enum Fact {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
}

/// Values that are not the facts of a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// The vocabulary has no such fact.
    #[error("the vocabulary has no fact `{name}`")]
    Unknown {
        /// Which.
        name: String,
    },
    /// A value is of another kind than its fact.
    #[error("the fact `{name}` must be {expected}")]
    Kind {
        /// Which.
        name: String,
        /// What the vocabulary says.
        expected: Kind,
    },
    /// A fact has two values.
    #[error("the fact `{name}` is given twice")]
    Repeated {
        /// Which.
        name: String,
    },
    /// A fact has no value. What is not known must be said as such, by a fact of its own.
    #[error("the fact `{name}` is missing")]
    Missing {
        /// Which.
        name: String,
    },
}

impl Facts {
    /// The facts of `vocabulary` with these values, each by its name and in any order.
    ///
    /// # Errors
    /// [`FactsError`] if a value is too many, missing, or of another kind.
    pub fn new<'n>(
        vocabulary: &Vocabulary,
        values: impl IntoIterator<Item = (&'n str, Fact)>,
    ) -> Result<Self, FactsError> {
        let mut found: Vec<Option<Fact>> = vec![None; vocabulary.iter().len()];
        for (name, value) in values {
            let (Some(expected), Some(position)) = (vocabulary.kind(name), vocabulary.position(name)) else {
                return Err(FactsError::Unknown { name: name.to_owned() });
            };
            if value.kind() != expected {
                return Err(FactsError::Kind { name: name.to_owned(), expected });
            }
            if found[position].replace(value).is_some() {
                return Err(FactsError::Repeated { name: name.to_owned() });
            }
        }
        let complete = found
            .into_iter()
            .zip(vocabulary.iter())
            .map(|(value, (name, _))| value.ok_or_else(|| FactsError::Missing { name: name.to_owned() }));
        Ok(Self { values: complete.collect::<Result<_, _>>()?, vocabulary: vocabulary.clone() })
    }

    /// The vocabulary whose facts these are.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Every fact with its name, by name: what a decision keeps of what it was decided on.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Fact)> {
        self.vocabulary.iter().map(|(name, _)| name).zip(&self.values)
    }

    /// Facts of `vocabulary` that are all small: false, 0, the empty text and list; or all a little larger.
    pub(crate) fn sample(vocabulary: &Vocabulary, larger: bool) -> Self {
        let text = || if larger { "x".to_owned() } else { String::new() };
        let value = |kind| match kind {
            Kind::Bool => Fact::Bool(larger),
            Kind::Int => Fact::Int(i64::from(larger)),
            Kind::Text => Fact::Text(text()),
            Kind::Texts => Fact::Texts(if larger { vec![text()] } else { Vec::new() }),
        };
        Self { values: vocabulary.iter().map(|(_, kind)| value(kind)).collect(), vocabulary: vocabulary.clone() }
    }
}

impl Fact {
    /// The kind of the value.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Texts(_) => Kind::Texts,
        }
    }

    pub(crate) fn to_cel(&self) -> Value {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::Texts(values) => values.iter().map(String::as_str).collect::<Vec<_>>().into(),
        }
    }
}

impl From<bool> for Fact {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Fact {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Fact {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<&str> for Fact {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Fact {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<String>> for Fact {
    fn from(values: Vec<String>) -> Self {
        Self::Texts(values)
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts").finish_non_exhaustive()
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fact({})", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_complete_and_of_their_kinds() {
        let vocabulary = Vocabulary::new([("child.age", Kind::Int), ("child.needs", Kind::Texts)]).unwrap();
        let check = |values: &[(&'static str, Fact)], error| {
            assert_eq!(Facts::new(&vocabulary, values.to_vec()).err(), error);
        };
        let (age, needs) = (("child.age", Fact::from(7)), ("child.needs", Fact::from(vec!["hearing".to_owned()])));
        let name = |name: &str| name.to_owned();
        check(&[needs.clone(), age.clone()], None);
        check(std::slice::from_ref(&age), Some(FactsError::Missing { name: name("child.needs") }));
        check(&[age.clone(), age.clone()], Some(FactsError::Repeated { name: name("child.age") }));
        check(&[("child.sex", true.into())], Some(FactsError::Unknown { name: name("child.sex") }));
        let wrong = FactsError::Kind { name: name("child.age"), expected: Kind::Int };
        assert_eq!(wrong.to_string(), "the fact `child.age` must be a whole number");
        check(&[("child.age", "seven".into())], Some(wrong));
    }

    #[test]
    fn no_value_of_a_fact_is_printed() {
        let vocabulary = Vocabulary::new([("name", Kind::Text)]).unwrap();
        let facts = Facts::new(&vocabulary, [("name", "张三".into())]).unwrap();
        assert_eq!(format!("{facts:?} {:?}", Fact::from("张三")), "Facts { .. } Fact(a text)");
    }
}
