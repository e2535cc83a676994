//! The use cases of visits and of the duty of them.

pub mod record_visit;
pub mod record_visits;

pub mod set_special_migrant;

pub mod close_month;
pub mod revise_duties;
pub mod tell_overdue;

pub mod list_due_visits;
pub mod list_visits;
pub mod summarise_visits;

pub mod answer;
pub mod refusal;
