//! Finds files of one child, and keeps what a person says of two files. Nothing is merged here.

pub mod mark_different;
pub mod unmark_different;

pub mod renew_keys;

pub mod list_duplicates;
pub mod search_candidates;

pub mod answer;
pub mod refusal;
