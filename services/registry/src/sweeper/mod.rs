//! What falls due in the registry, a file for each kind of deadline.

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

pub mod changed_duty_rule;
pub mod overdue_visits;
