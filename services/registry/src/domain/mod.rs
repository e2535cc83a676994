//! What the registry decides: from a child's file, a command and the time to a changed file with its events, or to a
//! refusal.
//!
//! **Architecture Invariant:** std, thiserror and kernel only. No I/O, no async, no protobuf, no clock is read, no
//! identifier is drawn: all that comes as a parameter.

pub mod profile;

pub mod category;
pub mod category_record;

pub mod child;
pub mod decision;
pub mod ending;
pub mod erasure;
pub mod merge;
pub mod merger;
pub mod review;
pub mod transfer;
pub mod unmerge;

pub mod age_group;
pub mod statistics;
pub mod support;
pub mod suppression;

pub mod adulthood;
pub mod application;
pub mod evidence;
pub mod limits;
pub mod matching;

pub mod event;

pub mod circumstance;
pub mod guardianship;
pub mod household;
pub mod person;

pub mod as_of;
pub mod entries;
pub mod facts;
pub mod liaison;
pub mod migrant;

pub mod roster;

pub mod surroundings;

pub(crate) mod secret;

pub use adulthood::Adulthood;
pub use application::CategoryApplication;
pub use as_of::AsOf;
pub mod worker;

pub mod visit;

pub use category::Category;
pub use category_record::CategoryRecord;
pub use child::{Change, Child, ChildState, NotActive, Standing};
pub use circumstance::Circumstances;
pub use event::{Event, Fact};
pub use guardianship::Guardianship;
pub use merger::Mergers;
pub use person::Person;
pub use profile::{Household, Profile, ProfileParts};

pub use kernel::Tier;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
pub(crate) mod tests;
