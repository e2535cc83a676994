//! Workers, their posts and the children assigned to them, as they lie in tables.

pub mod sealed;

mod person;
pub mod reading;
pub mod writing;

pub mod listing;

mod shelves;
pub use shelves::{WorkerNeeds, Workers};
