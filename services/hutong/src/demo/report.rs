use std::collections::BTreeMap;

use serde::Serialize;

use super::YearPaid;
use super::expectation::Difference;
use crate::workbooks::Remark;

/// What the demonstration saw. As JSON it has the keys that its users rely on, and no others.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Rows of the roster.
    pub rows: i32,
    /// Rows whose child stands in the registry.
    pub accepted: i32,
    /// Rows rejected.
    pub rejected: i32,
    /// The same by reason.
    pub rejected_by_reason: BTreeMap<String, usize>,
    /// Remarks on accepted rows.
    pub warnings: usize,
    /// Events by type.
    pub events: BTreeMap<String, u64>,
    /// What each department read.
    pub mailboxes: BTreeMap<String, MailboxCount>,
    /// From an event's time to the subscriber's receipt.
    pub latency_ms: Latency,

    /// What a year's payroll paid.
    pub payroll: YearPaid,

    /// Why rows were rejected, for the table.
    #[serde(skip)]
    pub rejections: Vec<Remark>,
    /// Rows whose child's file was opened.
    #[serde(skip)]
    pub registered: i32,
    /// How long the import took, seconds.
    #[serde(skip)]
    pub import_seconds: f64,
    /// Where a mailbox is not what the contract grants.
    #[serde(skip)]
    pub differences: Vec<Difference>,
}

/// What a department read with its own certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailboxCount {
    /// Messages.
    pub messages: u64,
    /// Of them, those with a valid chain and signature.
    pub verified: u64,
    /// Messages missing in between.
    pub gaps: u64,
}

/// Milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Latency {
    /// Half of the messages took no longer.
    pub p50: f64,
    /// All but one of a hundred took no longer.
    pub p99: f64,
    /// How many deliveries were measured.
    #[serde(skip)]
    pub deliveries: u64,
    /// At how many calls a second.
    #[serde(skip)]
    pub calls_per_second: u32,
}

impl Report {
    /// Whether every mailbox holds exactly what the contract grants, verified and whole, and the payroll's books agree with
    /// the bank to the fen.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.differences.is_empty() && self.payroll.reconciles()
    }
}
