//! Adults around children (成年人): parents, guardians, carers.

pub mod file;
pub mod identity;
pub mod situation;

pub use file::{Person, PersonError};
pub use identity::{Contact, Identity, IdentityError, IdentityParts};
pub use situation::{Condition, Situation};
