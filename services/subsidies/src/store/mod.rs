//! Loads and writes what the payroll keeps.

mod migrations;
mod row;
pub mod workspace;

pub mod file;
pub mod funds;
pub mod insurance;
pub mod knowledge;
pub mod payee;
pub mod payment;
pub mod run;
pub mod standard;
pub mod task;

pub use migrations::Migrator;
pub use row::InconsistentRow;
pub use workspace::{Environment, Needs, Workspace};
