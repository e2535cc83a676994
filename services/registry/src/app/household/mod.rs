//! Use cases of those who live together.

pub mod open_household;

pub mod end_member;
pub mod record_means;
pub mod record_member;

pub mod get_household;

pub mod answer;
pub mod refusal;
pub mod target;
