//! Facts of liaison points.

use contract::date::from_date;
use contract::registry::v1::{self, LiaisonLevel};
use kernel::{Division, DivisionLevel};
use messaging::journal::Context;

use crate::domain::liaison::LiaisonChange;

/// Records that a point got somebody who answers for it, if it did.
pub fn record(change: &LiaisonChange, context: &mut Context<'_>) {
    if let Some(since) = change.assigned {
        let point = &change.point;
        context.record(&v1::LiaisonAssigned {
            point: point.id.to_string(),
            division: point.division.padded(),
            level: level(point.division).into(),
            since: Some(from_date(since)),
        });
    }
}

/// The level of a division's point.
#[must_use]
pub fn level(division: Division) -> LiaisonLevel {
    match division.level() {
        DivisionLevel::Province => LiaisonLevel::Province,
        DivisionLevel::City => LiaisonLevel::City,
        DivisionLevel::County => LiaisonLevel::County,
        DivisionLevel::Township | DivisionLevel::Village => LiaisonLevel::Unspecified,
    }
}
