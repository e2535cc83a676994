//! From a fact of the domain to the event that the contract gives it.

pub mod access;
pub mod category;
pub mod child;
pub mod guardianship;
pub mod left_behind;
pub mod liaison;
pub mod migrant;

pub mod visit;
pub mod worker;

pub use child::record;
