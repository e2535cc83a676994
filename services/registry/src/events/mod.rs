//! From a fact of the domain to the event that the contract gives it.

pub mod child;
pub use child::record;

pub mod worker;

pub mod visit;
