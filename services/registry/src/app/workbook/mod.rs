//! The offices' workbooks of migrants, visits and workers come in and go out, row by row. Rosters of children come in by
//! [`super::import_roster`].

mod cells;
mod kind;

mod migrants;
mod visits;
mod workers;

mod part;

pub mod import;
pub use import::{Rows, WorkbookImport};

mod rows;

pub mod export;
