//! The insurance that the city buys for children.

mod list_insured;
mod open_policy_year;
mod record_results;

pub use record_results::RecordInsuranceResults;
