//! The facts of visits.

use contract::date::{from_date, from_month};
use contract::registry::v1;
use kernel::{Division, WorkerId};
use messaging::journal::Context;

use crate::domain::visit::{Visit, VisitMonth};

/// Records that a child was visited.
pub fn completed(visit: &Visit, county: Division, context: &mut Context<'_>) {
    let facts = &visit.facts;
    context.record(&v1::VisitCompleted {
        visit: visit.id.to_string(),
        child: facts.child.to_string(),
        county: county.to_string(),
        worker: facts.worker.to_string(),
        visited_on: Some(from_date(facts.on)),
        needs_attention: facts.needs_attention(),
    });
}

/// Records that a child was not visited in a month.
pub fn overdue(
    month: &VisitMonth,
    division: Division,
    supervisor: Option<WorkerId>,
    worker: Option<WorkerId>,
    context: &mut Context<'_>,
) {
    let id = |worker: Option<WorkerId>| worker.map_or_else(String::new, |worker| worker.to_string());
    context.record(&v1::VisitOverdue {
        child: month.child.to_string(),
        county: division.county().unwrap_or(division).to_string(),
        month: Some(from_month(month.month)),
        supervisor: id(supervisor),
        worker: id(worker),
    });
}
