//! Facts of the ledger of migrant children.

use contract::date::{from_date, from_month};
use contract::registry::v1::{self, SchoolAgeBand};
use kernel::time::shanghai_date;
use messaging::journal::Context;

use crate::domain::migrant::reconciliation::{Finished, Reconciliation};
use crate::domain::migrant::{MigrantEvent, MigrantFact};
use crate::domain::suppression;

/// Records facts of entries, in order.
pub fn record(events: &[MigrantEvent], context: &mut Context<'_>) {
    for event in events {
        let (migrant, county) = (event.migrant.to_string(), event.county.padded());
        match &event.fact {
            MigrantFact::Recorded { arrived, counts_from, age } => context.record(&v1::MigrantRecorded {
                migrant,
                county,
                arrived_month: Some(from_month(*arrived)),
                counts_from_month: counts_from.map(from_month),
                school_age: school_age(*age).into(),
            }),
            MigrantFact::Left { on } => {
                context.record(&v1::MigrantLeft { migrant, county, left_on: Some(from_date(*on)) });
            }
            MigrantFact::SurveyDue { due_on, late } => {
                context.record(&v1::MigrantSurveyDue { migrant, county, due_on: Some(from_date(*due_on)), late: *late })
            }
        }
    }
}

/// Records that the ledger was compared, without the counts under 5.
pub fn record_reconciliation(reconciliation: &Reconciliation, finished: &Finished, context: &mut Context<'_>) {
    let counts = finished.counts;
    let told = |count: u32| suppression::alone(count).map(|count| i32::try_from(count).unwrap_or(i32::MAX));
    context.record(&v1::MigrantReconciled {
        reconciliation: reconciliation.id.to_string(),
        division: reconciliation.division.padded(),
        day: Some(from_date(reconciliation.day)),
        matched: told(counts.matched),
        differing: told(counts.differing),
        only_in_ledger: told(counts.only_in_ledger),
        only_in_list: told(counts.only_in_list),
    });
}

/// Records that nobody finished a comparison.
pub fn record_abandoned(reconciliation: &Reconciliation, context: &mut Context<'_>) {
    context.record(&v1::ReconciliationAbandoned {
        reconciliation: reconciliation.id.to_string(),
        division: reconciliation.division.padded(),
        started_on: Some(from_date(shanghai_date(reconciliation.started_at))),
    });
}

/// Compulsory education begins at six and lasts nine years (义务教育法 第十一条) [L].
fn school_age(age: i32) -> SchoolAgeBand {
    match age {
        ..3 => SchoolAgeBand::Unspecified,
        3..6 => SchoolAgeBand::Preschool,
        6..15 => SchoolAgeBand::Compulsory,
        _ => SchoolAgeBand::After,
    }
}
