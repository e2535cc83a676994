//! The offices' workbooks: read into the rows that the contract takes, and written from them. It runs on the caller's side
//! too: cells become text, nothing is judged. Columns, terms and notes are the contract's.

mod error;
mod kind;
mod sheet;
mod template;
mod write;

#[cfg(test)]
mod tests;

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader as _, Xlsx};
use contract::registry::v1::WorkbookKind;
use kernel::Date;

pub use error::WorkbookError;
pub use kind::Row;
pub use rust_xlsxwriter::XlsxError as WriteError;
pub use template::{file_name, template};
pub use write::Writer;

/// A workbook, opened.
#[derive(Debug)]
pub struct Workbook {
    digest: [u8; 32],
    sheets: Vec<(String, Range<Data>)>,
}

/// The rows of a workbook's sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet<R> {
    /// The day that a title row names as 填报日期.
    pub reference_date: Option<Date>,
    /// The rows, in the sheet's order.
    pub rows: Vec<R>,
}

impl Workbook {
    /// Opens a file.
    ///
    /// # Errors
    /// [`WorkbookError`] if the file is no workbook.
    pub fn open(path: &Path) -> Result<Self, WorkbookError> {
        Self::of_bytes(std::fs::read(path).map_err(WorkbookError::Unreadable)?)
    }

    /// Opens the bytes of a file.
    ///
    /// # Errors
    /// As [`Workbook::open`].
    pub fn of_bytes(file: Vec<u8>) -> Result<Self, WorkbookError> {
        let digest = ring::digest::digest(&ring::digest::SHA256, &file);
        let digest = digest.as_ref().try_into().expect("SHA-256 has 32 bytes");
        let mut workbook = Xlsx::new(Cursor::new(file)).map_err(|source| WorkbookError::NotAWorkbook(source.into()))?;
        let names = workbook.sheet_names();
        let sheet = |name: String| match workbook.worksheet_range(&name) {
            Ok(range) => Ok((name, range)),
            Err(source) => Err(WorkbookError::Sheet { sheet: name, source: source.into() }),
        };
        let sheets = names.into_iter().map(sheet).collect::<Result<_, _>>()?;
        Ok(Self { digest, sheets })
    }

    /// What it holds, by the column headers of its sheets.
    #[must_use]
    pub fn kind(&self) -> Option<WorkbookKind> {
        let headers = kind::headers();
        let known = |kind: &(WorkbookKind, Vec<String>)| {
            self.sheets.iter().filter_map(|(_, range)| sheet::header_row(range, &kind.1)).map(|(_, known)| known).max()
        };
        let best = headers.iter().filter_map(|kind| Some((known(kind)?, kind.0)));
        best.max_by_key(|(known, _)| *known).map(|(_, kind)| kind)
    }

    /// An id by which an import of these very bytes, as of a day, is known again.
    #[must_use]
    pub fn import_id(&self, reference_date: Date) -> String {
        let mut name = self.digest.to_vec();
        name.extend(reference_date.to_string().bytes());
        let name = ring::digest::digest(&ring::digest::SHA256, &name);
        let name = name.as_ref()[..16].try_into().expect("SHA-256 has 32 bytes");
        uuid::Builder::from_random_bytes(name).into_uuid().to_string()
    }

    /// The rows of the first sheet that has their header row.
    ///
    /// # Errors
    /// [`WorkbookError`] if no sheet has such a row, or a column is missing.
    pub fn rows<R: Row>(&self) -> Result<Sheet<R>, WorkbookError> {
        let mut incomplete = None;
        for (name, range) in &self.sheets {
            match sheet::read(name, range) {
                Ok(Some(rows)) => return Ok(rows),
                Ok(None) => {}
                Err(error) => incomplete = incomplete.or(Some(error)),
            }
        }
        Err(incomplete.unwrap_or_else(|| WorkbookError::no_header(R::KIND)))
    }
}

/// Opens a file and reads its rows.
///
/// # Errors
/// As [`Workbook::open`] and [`Workbook::rows`].
pub fn read<R: Row>(path: &Path) -> Result<Sheet<R>, WorkbookError> {
    Workbook::open(path)?.rows()
}
