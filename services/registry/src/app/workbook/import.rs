//! Takes in a workbook, part by part.

use std::sync::Arc;

use contract::column;
use contract::registry::v1;
use kernel::Date;
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use prost::Message;

use super::kind::{Judging, RowKind};
use super::migrants::Migrants;
use super::part::{ImportPart, PartReport};
use super::visits::Visits;
use super::workers::Workers;
use crate::app::Application;
use crate::app::import_roster::Mode;
use crate::store::sealed::request_hash;
use crate::workbook::Row as _;

/// Rows of one workbook at most: the remarks on more of them might not fit into the one answer.
const MOST_ROWS: usize = 50_000;

/// Rows of a part.
#[derive(Debug)]
pub enum Rows {
    /// Of migrant children.
    Migrants(v1::MigrantRows),
    /// Of visits.
    Visits(v1::VisitRows),
    /// Of workers.
    Workers(v1::WorkerRows),
}

/// An import under way. Each part is one use case. An import that is broken off leaves whole parts behind; sent again under
/// the same id it goes on after them.
#[derive(Debug)]
pub struct WorkbookImport {
    application: Arc<Application>,
    kind: v1::WorkbookKind,
    reference_date: Date,
    mode: Mode,
    key: RequestKey,
    parts: u64,
    report: v1::ImportWorkbookResponse,
}

impl WorkbookImport {
    /// Begins an import. `key` is that of the whole.
    #[must_use]
    pub fn new(
        application: Arc<Application>,
        kind: v1::WorkbookKind,
        reference_date: Date,
        mode: Mode,
        key: RequestKey,
    ) -> Self {
        Self { application, kind, reference_date, mode, key, parts: 0, report: v1::ImportWorkbookResponse::default() }
    }

    /// Takes the next part.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` if the workbook is too long, its rows are of another kind, or the part differs from the one that
    /// came in its place before. UNAVAILABLE if the database cannot be reached. What came before stays recorded.
    pub async fn take(&mut self, rows: Rows) -> Result<(), ServiceError> {
        match (self.kind, rows) {
            (v1::WorkbookKind::Migrants, Rows::Migrants(part)) => self.record::<Migrants>(&part, &part.rows).await,
            (v1::WorkbookKind::Visits, Rows::Visits(part)) => self.record::<Visits>(&part, &part.rows).await,
            (v1::WorkbookKind::Workers, Rows::Workers(part)) => self.record::<Workers>(&part, &part.rows).await,
            _ => {
                let expected = "must be rows of the kind that the header names";
                Err(ServiceError::invalid("rows", "ROWS_OF_ANOTHER_KIND", expected))
            }
        }
    }

    /// What became of it.
    #[must_use]
    pub fn finish(self) -> v1::ImportWorkbookResponse {
        self.report
    }

    async fn record<K: RowKind>(&mut self, part: &impl Message, rows: &[K::Row]) -> Result<(), ServiceError> {
        let count = i32::try_from(rows.len()).unwrap_or(i32::MAX);
        self.report.rows = self.report.rows.saturating_add(count);
        if self.report.rows.unsigned_abs() as usize > MOST_ROWS {
            let expected = format!("a workbook has at most {MOST_ROWS} rows: send the rest as another one");
            return Err(ServiceError::invalid("rows", "WORKBOOK_TOO_LONG", expected));
        }
        let columns = column::of::<K::Row>();
        let judging =
            Judging { application: &self.application, columns: &columns, reference_date: self.reference_date };
        let judged = K::judge(judging, rows).await?;
        let part_key = self.key.part(self.parts, part, |hash| request_hash(&self.application.vault, hash));
        self.parts += 1;
        let use_case = ImportPart::<K> { rows: rows.iter().map(K::Row::number).zip(judged).collect() };
        let journal = &self.application.journal;
        match self.mode {
            Mode::Register => {
                let carried = journal.carry_out(use_case, part_key).await?;
                if carried.before {
                    self.report.resumed += count;
                } else {
                    self.report.recorded += carried.reply.recorded;
                }
                self.count(carried.reply);
            }
            Mode::ValidateOnly => self.count(journal.rehearse(use_case).await?),
        }
        Ok(())
    }

    fn count(&mut self, part: PartReport) {
        self.report.accepted += part.accepted;
        self.report.rejections.extend(part.rejections);
    }
}
