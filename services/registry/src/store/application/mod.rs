//! Where applications for categories lie.

mod reading;
mod sealed;
mod writing;

pub use reading::{ApplicationFilter, due, of_children, page, page_once, with_ids};
pub use writing::rows;

/// `state` of an application; the numbers are the contract's.
pub mod state {
    /// Waits for the township's check.
    pub const SUBMITTED: i64 = 1;
    /// Waits for the county's decision.
    pub const CHECKED: i64 = 2;
    /// Confirmed.
    pub const CONFIRMED: i64 = 3;
    /// Refused.
    pub const REFUSED: i64 = 4;
    /// Withdrawn.
    pub const WITHDRAWN: i64 = 5;
}
