//! The path of a category: submitted, checked, confirmed or refused.

pub mod check_application;
pub mod confirm_application;
pub mod refuse_application;
pub mod submit_application;
pub mod withdraw_application;

pub mod remind_application;

pub mod get_application;
pub mod list_applications;
pub mod propose_categories;

mod proposing;

pub mod answer;
pub mod refusal;
pub mod target;
