//! The use cases of workers.

pub mod appoint_worker;
pub mod end_appointment;
pub mod replace_worker;
pub mod update_worker;

pub mod acknowledge_guide;
pub mod record_training;

pub mod assign_child;

pub mod get_worker;
pub mod list_workers;

pub mod answer;
pub mod refusal;

pub mod target;
