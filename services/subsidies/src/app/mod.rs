//! The payroll's use cases, one a file. Those that write are submitted to the journal; those that read ask the store.

mod application;

pub mod answer;
pub mod learn;
pub mod refusal;
pub mod squaring;

pub mod budget;
pub mod entitlement;
pub mod insurance;
pub mod payroll;
pub mod standard;
pub mod task;

pub use application::{Application, Limits};
