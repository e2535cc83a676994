//! Takes in a roster, part by part.

use std::collections::VecDeque;
use std::sync::Arc;

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{CarriedOut, RequestKey};
use platform::error::ServiceError;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::Application;
use super::import_rows::{ImportRows, ImportedRows, Outcome};
use crate::domain::roster::{Entry, Fault, Intake, Opened, Report, Row, Rules};
use crate::store::reading;
use crate::store::sealed::request_hash;

/// Parts that are written while the next one is judged.
const AHEAD: usize = 3;

/// Rows of one roster at most: the remarks on more of them might not fit into the one answer.
const MOST_ROWS: usize = 50_000;

/// What an import does with a row that has no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Registers its child.
    Register,
    /// Only says what would become of it.
    ValidateOnly,
}

/// An import under way. Rows are judged as they come; each part is one use case, and several are written while the next
/// are judged. An import that is broken off leaves whole parts behind; sent again under the same id it goes on after them.
#[derive(Debug)]
pub struct RosterImport {
    application: Arc<Application>,
    mode: Mode,
    key: RequestKey,
    parts: u64,
    rows: usize,
    resumed: usize,
    intake: Intake,
    report: Report,
    pending: VecDeque<Part>,
}

/// A part of a roster: every row judged, the sound ones on their way to the database.
#[derive(Debug)]
struct Part {
    verdicts: Vec<Result<usize, Fault>>,
    entries: Arc<Vec<Entry>>,
    outcomes: JoinHandle<Result<CarriedOut<ImportedRows>, ServiceError>>,
}

impl RosterImport {
    /// Begins an import of a roster of a day. `key` is that of the whole.
    #[must_use]
    pub fn new(application: Arc<Application>, reference_date: Date, mode: Mode, key: RequestKey) -> Self {
        let rules = Rules {
            reference_date,
            divisions: Arc::clone(&application.divisions),
            terms: Arc::clone(&application.terms),
        };
        Self {
            application,
            mode,
            key,
            parts: 0,
            rows: 0,
            resumed: 0,
            intake: Intake::new(rules),
            report: Report::default(),
            pending: VecDeque::new(),
        }
    }

    /// Takes the next part.
    ///
    /// # Errors
    /// INVALID_ARGUMENT if the roster is too long: what came before stays registered. UNAVAILABLE if the database cannot be
    /// reached; the roster may be sent again as a whole.
    pub async fn take(&mut self, part: &v1::RosterRows) -> Result<(), ServiceError> {
        let rows = &part.rows;
        self.rows += rows.len();
        if self.rows > MOST_ROWS {
            let expected = format!("a roster has at most {MOST_ROWS} rows: send the rest as another one");
            return Err(ServiceError::invalid("rows", "ROSTER_TOO_LONG", expected));
        }
        let mut entries = Vec::with_capacity(rows.len());
        let mut verdicts = Vec::with_capacity(rows.len());
        for row in rows {
            verdicts.push(self.intake.take(&row_of(row)).map(|entry| {
                entries.push(entry);
                entries.len() - 1
            }));
        }
        let entries = Arc::new(entries);
        let key = self.key.part(self.parts, part, |hash| request_hash(&self.application.vault, hash));
        self.parts += 1;
        let outcomes = self.start(Arc::clone(&entries), key);
        self.pending.push_back(Part { verdicts, entries, outcomes });
        while self.pending.len() > AHEAD {
            self.settle_oldest().await?;
        }
        Ok(())
    }

    /// Ends the import and tells what became of it, and how many rows had been carried out before.
    ///
    /// # Errors
    /// As [`RosterImport::take`].
    pub async fn finish(mut self) -> Result<(Report, usize), ServiceError> {
        while !self.pending.is_empty() {
            self.settle_oldest().await?;
        }
        Ok((std::mem::take(&mut self.report), self.resumed))
    }

    fn start(
        &self,
        entries: Arc<Vec<Entry>>,
        key: RequestKey,
    ) -> JoinHandle<Result<CarriedOut<ImportedRows>, ServiceError>> {
        let application = Arc::clone(&self.application);
        let mode = self.mode;
        let work = async move {
            match mode {
                Mode::Register => application.journal.carry_out(ImportRows { entries }, key).await,
                Mode::ValidateOnly => {
                    let reply = outcomes_if_imported(&application, &entries).await?;
                    Ok(CarriedOut { reply, before: false })
                }
            }
        };
        tokio::spawn(work.in_current_span())
    }

    async fn settle_oldest(&mut self) -> Result<(), ServiceError> {
        let Some(part) = self.pending.pop_front() else {
            return Ok(());
        };
        let imported = part.outcomes.await.map_err(ServiceError::internal)??;
        if imported.before {
            self.resumed += part.verdicts.len();
        }
        let outcomes: Vec<Outcome> = imported.reply.outcomes().collect();
        for verdict in part.verdicts {
            match verdict {
                Err(fault) => self.report.reject(fault.number, &fault.remarks),
                Ok(index) => self.count(&part.entries[index], outcomes[index], imported.before),
            }
        }
        Ok(())
    }

    fn count(&mut self, entry: &Entry, outcome: Outcome, before: bool) {
        match outcome {
            Outcome::AlreadyRegistered => self.report.already_registered(entry.number),
            Outcome::Opened if self.mode == Mode::Register && !before => self.report.accept(entry, Opened::Now),
            Outcome::Opened | Outcome::Recognised => self.report.accept(entry, Opened::Otherwise),
        }
    }
}

/// Nobody waits for what is left of a broken import: parts not yet begun are given up.
impl Drop for RosterImport {
    fn drop(&mut self) {
        for part in &self.pending {
            part.outcomes.abort();
        }
    }
}

/// What would become of rows, without a change.
async fn outcomes_if_imported(application: &Application, entries: &[Entry]) -> Result<ImportedRows, ServiceError> {
    let ids = entries.iter().filter_map(|entry| entry.profile.citizen_id);
    let reader = application.database.reader();
    let holders = reading::holders(reader, &application.vault, ids).await?;
    let outcomes = entries
        .iter()
        .map(|entry| match entry.profile.citizen_id {
            Some(id) if holders.contains_key(&id) => Outcome::AlreadyRegistered.into(),
            _ => Outcome::Opened.into(),
        })
        .collect();
    Ok(ImportedRows { outcomes })
}

/// A row as the domain reads it.
#[must_use]
pub fn row_of(row: &v1::RosterRow) -> Row<'_> {
    Row {
        number: row.number,
        full_name: &row.full_name,
        sex: &row.sex,
        citizen_id: &row.citizen_id,
        birth_date: &row.birth_date,
        county: &row.county,
        township: &row.township,
        village: &row.village,
        categories: &row.categories,
        guardian_name: &row.guardian_name,
        guardian_relation: &row.guardian_relation,
        phone: &row.phone,
        school_stage: &row.school_stage,
        disability_grade: &row.disability_grade,
        bank_account: &row.bank_account,
        confirmed_on: &row.confirmed_on,
        remarks: &row.remarks,
    }
}
