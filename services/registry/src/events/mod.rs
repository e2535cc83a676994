//! From a fact of the domain to the event that the contract gives it.

pub mod category;
pub mod child;

pub use child::record;
