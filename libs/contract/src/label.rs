//! What people read for an enum value, in Chinese and English.

use crate::options::Label;
use crate::{descriptors, policy};

/// The label of an enum value, by the enum's full name and the value's number.
pub fn of(enumeration: &str, number: i32) -> Option<Label> {
    let value = descriptors().get_enum_by_name(enumeration)?.get_value(number)?;
    policy::options::label(&value).map(|(zh, en)| Label { zh, en })
}

/// An enum whose values have labels.
pub trait Labelled: Into<i32> + Copy {
    /// The enum's full name.
    const ENUM: &'static str;

    /// The value's label; empty for values without one.
    fn label(self) -> Label {
        of(Self::ENUM, self.into()).unwrap_or_default()
    }

    /// The number of the value whose Chinese term this is.
    fn number_of_zh(term: &str) -> Option<i32> {
        descriptors()
            .get_enum_by_name(Self::ENUM)?
            .values()
            .find(|value| policy::options::label(value).is_some_and(|(zh, _)| zh == term))
            .map(|value| value.number())
    }
}
