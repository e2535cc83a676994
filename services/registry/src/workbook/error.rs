/// Why a file is no roster.
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
    /// No sheet has a row with the roster's column headers.
    #[error("no sheet has a row with a roster's column headers (姓名, 身份证号, ...)")]
    NoRoster,
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
