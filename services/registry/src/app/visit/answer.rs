//! Visits as the contract shapes them.

use contract::date::{from_date, timestamp};
use contract::registry::v1;
use kernel::time::parse_iso;

use crate::domain::visit::Visit;
use crate::store::visit::due::DueRow;
use crate::store::visit::summary::TownshipCounts;

/// A recorded visit.
#[must_use]
pub fn visit(visit: &Visit) -> v1::Visit {
    let facts = &visit.facts;
    v1::Visit {
        id: visit.id.to_string(),
        facts: Some(v1::VisitFacts {
            child: facts.child.to_string(),
            worker: facts.worker.to_string(),
            visited_on: Some(from_date(facts.on)),
            kind: facts.kind.number(),
            guardianship: facts.guardianship.number(),
            risk: facts.risk.number(),
            notes: facts.notes.clone(),
            evidence: facts.evidence.clone(),
        }),
        record_time: Some(timestamp(visit.recorded)),
    }
}

/// A child on duty.
#[must_use]
pub fn due(row: &DueRow) -> v1::DueVisit {
    let state = match (&row.last_on, row.told) {
        (None, false) => v1::DutyState::Open,
        (Some(_), false) => v1::DutyState::Done,
        (None, true) => v1::DutyState::Overdue,
        (Some(_), true) => v1::DutyState::DoneLate,
    };
    v1::DueVisit {
        child: row.child.to_string(),
        division: row.division.clone(),
        state: state.into(),
        visited_on: row.last_on.as_deref().and_then(|day| parse_iso(day).ok()).map(from_date),
        assigned: row.assigned,
    }
}

/// The counts of a township.
#[must_use]
pub fn counts(counts: &TownshipCounts) -> v1::VisitSummary {
    let count = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    v1::VisitSummary {
        division: counts.division.clone(),
        due: count(counts.due),
        done: count(counts.done),
        done_late: count(counts.done_late),
        overdue: count(counts.overdue),
        open: count(counts.open),
        at_risk: count(counts.at_risk),
    }
}
