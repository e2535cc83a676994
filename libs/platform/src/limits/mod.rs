//! How much one partner may ask for, so that none can starve another: calls at once, and calls a second.
//!
//! Each certificate's name has an allowance of its own, a county's office another than its department's. Services and the
//! department that owns the system are not limited here: their work is the system's.

mod allowance;
mod layer;
#[cfg(test)]
mod tests;

pub use allowance::Limits;
pub(crate) use layer::BeyondShare;
pub use layer::{LimitLayer, LimitService};
