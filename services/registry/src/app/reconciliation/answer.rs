//! Comparisons as the contract shapes them.

use contract::date::{from_date, timestamp};
use contract::registry::v1;

use crate::domain::migrant::reconciliation::{Finding, Reconciliation, State};

/// A comparison, which may stay open for `limit` days.
#[must_use]
pub fn reconciliation(reconciliation: &Reconciliation, limit: u16) -> v1::Reconciliation {
    let finished = reconciliation.finished();
    let counts = finished.map(|finished| finished.counts).unwrap_or_default();
    v1::Reconciliation {
        id: reconciliation.id.to_string(),
        source: reconciliation.source.number(),
        division: reconciliation.division.to_string(),
        day: Some(from_date(reconciliation.day)),
        start_time: Some(timestamp(reconciliation.started_at)),
        finish_time: finished.map(|finished| timestamp(finished.at)),
        rows: number(counts.rows),
        matched: number(counts.matched),
        differing: number(counts.differing),
        only_in_ledger: number(counts.only_in_ledger),
        only_in_list: number(counts.only_in_list),
        abandons_on: Some(from_date(reconciliation.abandoned_on(limit))),
        abandon_time: match reconciliation.state {
            State::Abandoned { at } => Some(timestamp(at)),
            State::Open | State::Finished(_) => None,
        },
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
