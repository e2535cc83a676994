//! Use cases of adults around children.

pub mod register_person;
pub mod update_person;

pub mod record_contact;

pub mod correct_situation;
pub mod end_situation;
pub mod record_situation;

pub mod get_person;
pub mod search_persons;

pub mod answer;
pub mod refusal;
pub mod target;
