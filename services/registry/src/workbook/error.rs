use contract::label::Labelled as _;
use contract::registry::v1::WorkbookKind;

use super::kind::columns;

/// Why a file is none of the offices' workbooks.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// The file cannot be opened.
    #[error("the file cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// The file is no Excel workbook.
    #[error("the file is not an Excel workbook (.xlsx)")]
    NotAWorkbook(#[source] Box<calamine::XlsxError>),
    /// A sheet cannot be read.
    #[error("the sheet {sheet} cannot be read")]
    Sheet {
        /// The sheet's name.
        sheet: String,
        /// Why.
        source: Box<calamine::XlsxError>,
    },
    /// No sheet has a row with the column headers of such a workbook.
    #[error("no sheet has a row with the column headers of {kind} ({}, ...): `hutong template {kind}` gives out the form", .headers.join(", "))]
    NoHeader {
        /// What was looked for, in English.
        kind: String,
        /// The first headers of it.
        headers: Vec<String>,
    },
    /// No sheet has a row with the column headers of any workbook.
    #[error(
        "no sheet has a row with the column headers of one of the offices' workbooks: `hutong template` gives out their forms"
    )]
    UnknownKind,
    /// The header row lacks columns.
    #[error("row {line} of the sheet {sheet} lacks the column(s) {}", .columns.join(", "))]
    MissingColumns {
        /// The sheet's name.
        sheet: String,
        /// The header row's line in the sheet, from 1.
        line: usize,
        /// The headers that are missing.
        columns: Vec<String>,
    },
    /// The header row has a column twice.
    #[error("row {line} of the sheet {sheet} has the column {column} twice")]
    RepeatedColumn {
        /// The sheet's name.
        sheet: String,
        /// The header row's line in the sheet, from 1.
        line: usize,
        /// The header.
        column: String,
    },
}

impl WorkbookError {
    pub(super) fn no_header(kind: WorkbookKind) -> Self {
        let headers = columns(kind).into_iter().take(3).map(|column| column.header).collect();
        Self::NoHeader { kind: kind.label().en, headers }
    }
}
