//! What the rows of a kind of workbook mean.

use contract::column::Column;
use contract::registry::v1::RowRemark;
use kernel::Date;
use messaging::journal::Context;
use platform::error::ServiceError;

use crate::app::Application;
use crate::store::{Needs, Workspace};
use crate::workbook::Row;

/// A row that means something, or what is wrong with it.
pub type Judged<T> = Result<T, Vec<RowRemark>>;

/// Under what rows are judged.
#[derive(Clone, Copy, Debug)]
pub struct Judging<'a> {
    pub application: &'a Application,
    pub columns: &'a [Column],
    /// The day of the workbook.
    pub reference_date: Date,
}

/// A kind of rows.
#[async_trait::async_trait]
pub trait RowKind: Send + Sync + 'static {
    /// The row as written.
    type Row: Row;
    /// What it means.
    type Entry: std::fmt::Debug + Send + Sync + 'static;

    /// Judges rows by themselves, in their order. What they name is looked up.
    ///
    /// # Errors
    /// If the database fails; a faulty row is no error.
    async fn judge(judging: Judging<'_>, rows: &[Self::Row]) -> Result<Vec<Judged<Self::Entry>>, ServiceError>;

    /// What must be loaded for an entry.
    fn needs(entry: &Self::Entry, needs: &mut Needs);

    /// Records an entry, and answers whether that was anything new.
    ///
    /// # Errors
    /// What the registry refuses. The workspace is then as it was.
    fn enter(entry: &Self::Entry, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<bool, ServiceError>;
}
