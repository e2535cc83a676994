//! Comparisons as the contract shapes them.

use contract::date::from_date;
use contract::registry::v1;

use crate::app::answer::timestamp;
use crate::domain::migrant::reconciliation::{Finding, Reconciliation};

/// A comparison.
#[must_use]
pub fn reconciliation(reconciliation: &Reconciliation) -> v1::Reconciliation {
    let counts = reconciliation.finished.map(|finished| finished.counts).unwrap_or_default();
    v1::Reconciliation {
        id: reconciliation.id.to_string(),
        source: reconciliation.source.number(),
        division: reconciliation.division.to_string(),
        day: Some(from_date(reconciliation.day)),
        start_time: Some(timestamp(reconciliation.started_at)),
        finish_time: reconciliation.finished.map(|finished| timestamp(finished.at)),
        rows: number(counts.rows),
        matched: number(counts.matched),
        differing: number(counts.differing),
        only_in_ledger: number(counts.only_in_ledger),
        only_in_list: number(counts.only_in_list),
    }
}

/// What became of a row, or of an entry that the list lacks.
#[must_use]
pub fn result(finding: &Finding) -> v1::ReconciliationResult {
    v1::ReconciliationResult {
        row: finding.row.map_or(0, number),
        migrant: finding.migrant.map_or_else(String::new, |migrant| migrant.to_string()),
        outcome: finding.found.number(),
        differences: finding.differences.iter().map(|difference| difference.number()).collect(),
    }
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
