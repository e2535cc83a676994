//! The offices' workbooks through the public calls, as any client would send and fetch them.

mod error;

mod import;
mod imported;

mod export;

pub use error::WorkbooksError;
pub use export::{Wanted, export};
pub use import::Workbook;
pub use imported::{Imported, Remark};
