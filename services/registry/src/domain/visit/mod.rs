//! Visits to children, and the duty to see each child on it at least once in a calendar month.

#[expect(clippy::module_inception, reason = "the aggregate is the subject's name")]
pub mod visit;

pub mod duty;
pub mod rule;

pub mod month;

pub use duty::{Duty, DutySpan, LedgerMonths};
pub use month::{MonthClosing, Seen, VisitMonth};
pub use rule::DutyRule;
pub use visit::{Guardianship, Risk, Visit, VisitError, VisitFacts, VisitKind};

#[cfg(test)]
mod tests;
