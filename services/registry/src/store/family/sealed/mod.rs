//! What the vault seals, one message a fact. The tags are the table's own; they never change their meaning.
//!
//! Every message is filled up to a multiple of [`SIZE`] bytes, so that the length of what is sealed tells no condition from
//! another.

mod circumstance;
mod disability;
mod household;
mod person;
mod role;

pub use circumstance::SealedCircumstance;
pub use disability::SealedDisability;
pub use household::{SealedMeans, SealedMembership};
pub use person::{SealedContact, SealedIdentity, SealedSituation};
pub use role::SealedRole;

/// Sealed messages have a multiple of this many bytes.
const SIZE: usize = 96;

/// Tag and length of the padding, which is at most 96 bytes long.
const PADDING_HEAD: usize = 2;

/// What fills a message of this length up, as a field with a tag below 16. It is never empty: that would not be written.
fn padding(length: usize) -> Vec<u8> {
    let least = length + PADDING_HEAD + 1;
    vec![0; least.next_multiple_of(SIZE) - least + 1]
}

/// Fills a message with a field `padding` up.
macro_rules! fill_up {
    ($name:ident) => {
        impl $name {
            fn filled_up(mut self) -> Self {
                let length = ::prost::Message::encoded_len(&self);
                self.padding = super::padding(length);
                self
            }
        }
    };
}

use fill_up;

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::domain::circumstance::{CareSetting, Circumstance, Remark};
    use crate::domain::household::Membership;
    use crate::domain::person::{Condition, Situation};
    use crate::store::fact::Fact as _;

    #[test]
    fn every_length_is_filled_up() {
        for relation in (0..500).map(|length| "x".repeat(length)) {
            let sealed = Membership { relation }.sealed();
            assert!(sealed.encoded_len().is_multiple_of(SIZE), "{} bytes", sealed.encoded_len());
        }
    }

    #[test]
    fn no_size_tells_one_condition_from_another() {
        let day = Some(kernel::Date::constant(2025, 3, 1));
        let conditions = [
            Condition::SeriousIllness,
            Condition::Custody { term_ends_on: None },
            Condition::DrugIsolation { term_ends_on: day },
            Condition::OutOfContact { police_accepted_on: day },
            Condition::Dead,
            Condition::Away { whereabouts: "440106".to_owned() },
        ];
        for condition in conditions {
            let situation = Situation { condition, note: String::new(), evidence: Vec::new() };
            let sealed = situation.sealed();
            assert_eq!(sealed.encoded_len(), SIZE);
            assert!(Situation::opened(sealed) == Some(situation));
        }
        let remark = || Remark { text: String::new(), evidence: Vec::new() };
        for circumstance in [Circumstance::Hiv(remark()), Circumstance::CareSetting(CareSetting::Community)] {
            let sealed = circumstance.sealed();
            assert_eq!(sealed.encoded_len(), SIZE);
            assert!(Circumstance::opened(sealed) == Some(circumstance));
        }
    }
}
