use std::path::PathBuf;

use registry::workbook::WorkbookError;
use tonic::Status;

/// Why a workbook cannot be sent or fetched.
#[derive(Debug, thiserror::Error)]
pub enum WorkbooksError {
    /// The file is none of the offices' workbooks.
    #[error("cannot read the workbook {}", file.display())]
    Workbook {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: WorkbookError,
    },
    /// The file cannot be written.
    #[error("cannot write the workbook {}", file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: Box<registry::workbook::WriteError>,
    },
    /// The registry refused the call.
    #[error("the registry did not carry it out")]
    Refused(#[from] Status),
}
