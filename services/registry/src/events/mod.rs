//! From a fact of the domain to the event that the contract gives it.

pub mod child;
pub mod liaison;
pub mod migrant;

pub use child::record;
