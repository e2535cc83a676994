//! Reads an office's workbook into the rows that [`ImportRoster`](contract::registry::v1::ImportRosterRequest) takes. It runs
//! on the caller's side: cells become text, nothing is judged.

mod error;
mod sheet;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Reader as _, Xlsx};
use contract::registry::v1::RosterRow;
use kernel::Date;

pub use error::WorkbookError;

/// A workbook's roster.
#[derive(Clone, Debug, PartialEq)]
pub struct Roster {
    /// The day that a title row names as 填报日期.
    pub reference_date: Option<Date>,
    /// The rows, in the sheet's order.
    pub rows: Vec<RosterRow>,
}

/// Reads the first sheet that has a roster's header row.
///
/// # Errors
/// [`WorkbookError`] if the file is no workbook, no sheet has such a row, or a column is missing.
pub fn read(path: &Path) -> Result<Roster, WorkbookError> {
    let file = File::open(path).map_err(WorkbookError::Unreadable)?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|source| WorkbookError::NotAWorkbook(source.into()))?;
    let mut incomplete = None;
    for name in workbook.sheet_names() {
        let range = workbook
            .worksheet_range(&name)
            .map_err(|source| WorkbookError::Sheet { sheet: name.clone(), source: source.into() })?;
        match sheet::read(&name, &range) {
            Ok(Some(roster)) => return Ok(roster),
            Ok(None) => {}
            Err(error) => incomplete = incomplete.or(Some(error)),
        }
    }
    Err(incomplete.unwrap_or(WorkbookError::NoRoster))
}
