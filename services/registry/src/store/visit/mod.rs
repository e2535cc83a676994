//! Visits and the duty of them, as they lie in tables.

pub mod sealed;

pub mod reading;
pub mod writing;

pub mod due;
pub mod listing;
pub mod summary;

pub mod deadlines;

mod shelves;
pub use shelves::{VisitNeeds, Visits};
