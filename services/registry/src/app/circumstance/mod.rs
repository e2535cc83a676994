//! Use cases of a child's own circumstances.

pub mod end_circumstance;
pub mod record_circumstance;

pub mod get_circumstances;

pub mod answer;
pub mod refusal;
