//! Whether two descriptions are of one child (比对): by citizen ID, name, birth, sex, place and guardian, with a score
//! that explains itself.
//!
//! A person decides: nothing here merges a file. Twins are told apart, see [`Limit`].

pub mod name;
pub mod traits;

pub mod comparison;
pub mod reason;

pub mod assessment;
pub mod weights;

pub mod keys;

pub mod difference;

pub use assessment::{Assessment, Band, Contribution, Limit};
pub use difference::{Mark, Pair, PairMarks};
pub use keys::{BlockKey, KeyKind};
pub use reason::{Field, Reason};
pub use traits::Traits;
pub use weights::{Weights, WeightsError};

#[cfg(test)]
mod tests;
