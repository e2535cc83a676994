//! An office's workbook through the public `ImportRoster` call, as any client would send it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::label::Labelled;
use contract::registry::v1::import_roster_request::Part;
use contract::registry::v1::roster_service_client::RosterServiceClient;
use contract::registry::v1::{
    ImportRosterRequest, ImportRosterResponse, RosterHeader, RosterRow, RosterRows, RowReason, RowRemark,
};
use kernel::Date;
use registry::workbook::{self, WorkbookError};
use serde::Serialize;
use tonic::Status;
use tonic::transport::Channel;

/// Rows in one message: far below the contract's 500 and the message limit, many enough for speed.
const ROWS_PER_MESSAGE: usize = 200;

/// A workbook, read but not checked: the registry does that.
#[derive(Debug)]
pub struct Workbook {
    /// The day on which ages are counted.
    pub reference_date: Date,
    /// The rows, as written.
    pub rows: Vec<RosterRow>,
}

/// Why a workbook cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is no workbook of the offices' form.
    #[error("cannot read the roster {}", file.display())]
    Workbook {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: WorkbookError,
    },
    /// The registry refused the call.
    #[error("the roster was not imported")]
    Refused(#[from] Status),
}

impl Workbook {
    /// Reads a workbook. Where it names no reference date, `today` is taken.
    ///
    /// # Errors
    /// [`ImportError::Workbook`].
    pub fn read(file: &Path, today: Date) -> Result<Self, ImportError> {
        let roster = workbook::read(file).map_err(|source| ImportError::Workbook { file: file.to_owned(), source })?;
        Ok(Self { reference_date: roster.reference_date.unwrap_or(today), rows: roster.rows })
    }

    /// Sends the rows. `sent` hears how many more rows have left whenever some have.
    ///
    /// # Errors
    /// [`ImportError::Refused`] if the whole call fails; a rejected row is no error.
    pub async fn import(
        self,
        channel: Channel,
        validate_only: bool,
        sent: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<Imported, ImportError> {
        let header =
            RosterHeader { reference_date: Some(contract::date::from_date(self.reference_date)), validate_only };
        let header = ImportRosterRequest { part: Some(Part::Header(header)) };
        let sent = Arc::new(sent);
        let mut rows = self.rows.into_iter();
        let messages = std::iter::from_fn(move || {
            let rows: Vec<RosterRow> = rows.by_ref().take(ROWS_PER_MESSAGE).collect();
            if rows.is_empty() {
                return None;
            }
            sent(rows.len() as u64);
            Some(ImportRosterRequest { part: Some(Part::Rows(RosterRows { rows })) })
        });
        let stream = tokio_stream::iter(std::iter::once(header).chain(messages));
        let response = RosterServiceClient::new(channel).import_roster(stream).await?.into_inner();
        Ok(Imported::from(response))
    }
}

/// What became of a roster, in numbers and remarks. It names no value of any row.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// Rows received.
    pub rows: i32,
    /// Rows whose child now stands in the registry.
    pub accepted: i32,
    /// Files opened by this import.
    pub registered: i32,
    /// Rejected rows by reason, for example `ID_LENGTH`.
    pub rejected_by_reason: BTreeMap<String, usize>,
    /// Accepted rows by category, in 人次: a row with two counts in both.
    pub accepted_by_category: BTreeMap<String, i32>,
    /// Why rows were rejected.
    pub rejected: Vec<Remark>,
    /// What was odd with accepted rows.
    pub warnings: Vec<Remark>,
}

/// A remark on a row.
#[derive(Debug, Clone, Serialize)]
pub struct Remark {
    /// The row's own number (序号).
    pub row: i32,
    /// The column's Chinese header.
    pub column: String,
    /// The reason's name, for example `ID_LENGTH`.
    pub reason: String,
    /// Where in the value, from 1; 0 for all of it.
    pub position: i32,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
}

impl Imported {
    /// How many rows were rejected; one may have several remarks.
    #[must_use]
    pub fn rejected_rows(&self) -> i32 {
        self.rows - self.accepted
    }
}

impl From<ImportRosterResponse> for Imported {
    fn from(response: ImportRosterResponse) -> Self {
        let rejected: Vec<Remark> = response.rejections.into_iter().map(Remark::from).collect();
        let mut rejected_by_reason = BTreeMap::new();
        for remark in &rejected {
            *rejected_by_reason.entry(remark.reason.clone()).or_default() += 1;
        }
        Self {
            rows: response.rows,
            accepted: response.accepted,
            registered: response.registered,
            rejected_by_reason,
            accepted_by_category: response
                .accepted_by_category
                .into_iter()
                .map(|count| (count.category, count.rows))
                .collect(),
            rejected,
            warnings: response.warnings.into_iter().map(Remark::from).collect(),
        }
    }
}

impl From<RowRemark> for Remark {
    fn from(remark: RowRemark) -> Self {
        let reason = remark.reason();
        let label = reason.label();
        Self {
            row: remark.row,
            column: remark.column,
            reason: short_name(reason),
            position: remark.position,
            zh: label.zh,
            en: label.en,
        }
    }
}

fn short_name(reason: RowReason) -> String {
    reason.as_str_name().trim_start_matches("ROW_REASON_").to_owned()
}
