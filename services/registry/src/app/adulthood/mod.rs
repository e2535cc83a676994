//! Children turn 18: what the sweeper hands to the journal.

pub mod announce_adulthood;
pub mod come_of_age;
