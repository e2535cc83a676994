//! The facts of workers.

use contract::date::from_date;
use contract::registry::v1;
use kernel::WorkerId;
use messaging::journal::Context;

use crate::domain::worker::{WorkerEvent, WorkerFact};

/// Records facts, in order.
pub fn record(events: &[WorkerEvent], context: &mut Context<'_>) {
    for event in events {
        record_one(event, context);
    }
}

fn record_one(event: &WorkerEvent, context: &mut Context<'_>) {
    let worker = event.worker.to_string();
    let county = event.post.county().to_string();
    let role = event.post.role().number();
    let division = event.post.division().to_string();
    match event.fact {
        WorkerFact::Appointed { from, predecessor } => context.record(&v1::WorkerAppointed {
            worker,
            county,
            role,
            division,
            from: Some(from_date(from)),
            predecessor: other(predecessor),
        }),
        WorkerFact::Ended { until, successor } => context.record(&v1::WorkerEnded {
            worker,
            county,
            role,
            division,
            until: Some(from_date(until)),
            successor: other(successor),
        }),
        WorkerFact::Trained { on, hours } => context.record(&v1::WorkerTrained {
            worker,
            county,
            trained_on: Some(from_date(on)),
            hours: i32::try_from(hours).unwrap_or(i32::MAX),
        }),
    }
}

fn other(worker: Option<WorkerId>) -> String {
    worker.map_or_else(String::new, |worker| worker.to_string())
}
