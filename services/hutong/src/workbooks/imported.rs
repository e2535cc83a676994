use std::collections::BTreeMap;

use contract::label::Labelled;
use contract::registry::v1::{ImportRosterResponse, ImportWorkbookResponse, RowReason, RowRemark, WorkbookKind};
use serde::Serialize;

/// What became of a workbook, in numbers and remarks. It names no value of any row.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// What its rows are: `children`.
    pub kind: String,
    /// Rows received.
    pub rows: i32,
    /// Rows whose facts now stand in the registry.
    pub accepted: i32,
    /// What this import recorded: files opened, entries of the ledger, visits, workers.
    pub recorded: i32,
    /// Rows that an earlier run of the same import had brought.
    pub resumed: i32,
    /// Rejected rows by reason, for example `ID_LENGTH`.
    pub rejected_by_reason: BTreeMap<String, usize>,
    /// Of children: accepted rows by category, in 人次: a row with two counts in both.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
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
    /// The column's Chinese header; empty for the whole row.
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

    pub(super) fn of(kind: WorkbookKind, response: ImportWorkbookResponse) -> Self {
        let ImportWorkbookResponse { rows, accepted, recorded, rejections, warnings, resumed } = response;
        let rejected: Vec<Remark> = rejections.into_iter().map(Remark::from).collect();
        let mut rejected_by_reason = BTreeMap::new();
        for remark in &rejected {
            *rejected_by_reason.entry(remark.reason.clone()).or_default() += 1;
        }
        Self {
            kind: kind.label().en,
            rows,
            accepted,
            recorded,
            resumed,
            rejected_by_reason,
            accepted_by_category: BTreeMap::new(),
            rejected,
            warnings: warnings.into_iter().map(Remark::from).collect(),
        }
    }
}

impl From<ImportRosterResponse> for Imported {
    fn from(response: ImportRosterResponse) -> Self {
        let ImportRosterResponse { rows, accepted, registered, rejections, warnings, accepted_by_category, resumed } =
            response;
        let recorded = registered;
        let common = ImportWorkbookResponse { rows, accepted, recorded, rejections, warnings, resumed };
        let counts = accepted_by_category.into_iter().map(|count| (count.category, count.rows));
        Self { accepted_by_category: counts.collect(), ..Self::of(WorkbookKind::Children, common) }
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
