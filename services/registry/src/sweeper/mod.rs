//! Nothing waits for ever: what a deadline passed is found here and turned into a decision, which tells its event.
//!
//! A sweep asks the database what is due and hands use cases to the journal. The use case decides once more on the state
//! that the journal loads, so that a second process, a kill or a repetition tells nothing twice.

mod sweep;
pub use sweep::{Sweep, Swept};

mod adulthood;
pub use adulthood::Adulthood;

mod due_reviews;
pub use due_reviews::DueReviews;

mod due_surveys;
pub use due_surveys::DueSurveys;

mod late_applications;
pub use late_applications::LateApplications;

mod match_keys;
pub use match_keys::MatchKeys;

mod unfinished_reconciliations;
pub use unfinished_reconciliations::UnfinishedReconciliations;

mod unreviewed_emergencies;
pub use unreviewed_emergencies::UnreviewedEmergencies;

mod run;
pub use run::{Sweeper, SweeperSettings};

pub mod changed_duty_rule;
pub mod overdue_visits;
