//! The ledger of migrant children.

pub mod batch_record_migrants;
pub mod record_migrant;
pub mod record_migrant_departure;
pub mod remind_of_surveys;
pub mod update_migrant;

pub mod get_migrant;
pub mod list_migrants;
pub mod report_migrants;

pub mod answer;
pub mod refusal;

pub mod target;
