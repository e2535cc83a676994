use std::path::PathBuf;

/// Why a bank's file is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum BankFileError {
    /// Neither a CSV nor a workbook, by its name.
    #[error("{}: a bank's file ends with .csv or .xlsx", .0.display())]
    Ending(PathBuf),
    /// The system, or what is in the file.
    #[error("cannot use {}: {reason}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A column is missing.
    #[error("{}: the first row has no column {column}; it needs {}", file.display(), needed.join(", "))]
    Column {
        /// Which file.
        file: PathBuf,
        /// Which column.
        column: &'static str,
        /// All that are needed.
        needed: Vec<&'static str>,
    },
    /// A cell says nothing that we know.
    #[error("{}: row {row}, {column}: {expected}", file.display())]
    Cell {
        /// Which file.
        file: PathBuf,
        /// The row, the header being 1.
        row: usize,
        /// The column.
        column: &'static str,
        /// What is expected.
        expected: &'static str,
    },
}
