//! Where persons, guardianship, households and circumstances lie.
//!
//! All that describes them is sealed in the table `fact`. Open are identifiers alone: which person has some role to which
//! child, and who belongs to which household.

pub mod sealed;

pub mod entity;
pub mod reading;
pub mod restoring;
pub mod writing;

pub mod families;

pub use families::{Families, FamilyNeeds};
