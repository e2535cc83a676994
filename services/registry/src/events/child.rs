//! What happened to a child's file and its categories.

use contract::date::{from_date, from_month};
use contract::registry::v1;
use kernel::{CategoryRecordId, Month};
use messaging::journal::Context;

use crate::domain::{Event, Fact, Tier};

/// Records facts, in order.
pub fn record(events: &[Event], context: &mut Context<'_>) {
    for event in events {
        record_one(event, context);
    }
}

fn record_one(event: &Event, context: &mut Context<'_>) {
    let child = event.child.to_string();
    let county = event.county.to_string();
    match &event.fact {
        Fact::Registered { birth_month, registered_on } => context.record(&v1::ChildRegistered {
            child,
            county,
            birth_month: Some(from_month(*birth_month)),
            registered_on: Some(from_date(*registered_on)),
        }),
        Fact::Updated { changed } => context.record(&v1::ChildUpdated {
            child,
            county,
            changed_paths: changed.iter().map(|path| (*path).to_owned()).collect(),
        }),
        Fact::Transferred { from_county, transferred_on } => context.record(&v1::ChildTransferred {
            child,
            county,
            from_county: from_county.to_string(),
            transferred_on: Some(from_date(*transferred_on)),
        }),
        Fact::Merged { merged_child } => {
            context.record(&v1::ChildMerged { child, county, merged_child: merged_child.to_string() });
        }
        Fact::AgingOut { turns_18_on, consented_on } => context.record(&v1::ChildAgingOut {
            child,
            county,
            turns_18_on: Some(from_date(*turns_18_on)),
            consented_on: consented_on.map(from_date),
        }),
        Fact::Unmerged { restored_child } => {
            context.record(&v1::ChildUnmerged { child, county, restored_child: restored_child.to_string() });
        }
        Fact::Erased { erased_on } => {
            context.record(&v1::ChildErased { child, county, erased_on: Some(from_date(*erased_on)) });
        }
        Fact::Deceased { deceased_on } => {
            context.record(&v1::ChildDeceased { child, county, deceased_on: Some(from_date(*deceased_on)) });
        }
        Fact::Ended { ended_on } => {
            context.record(&v1::ChildEnded { child, county, ended_on: Some(from_date(*ended_on)) });
        }
        Fact::CategoryConfirmed { record, tier, from } => {
            context.record(&confirmed(child, county, *record, *tier, *from));
        }
        Fact::CategoryReclassified { record, tier, previous_record, previous_tier, from } => {
            context.record(&v1::CategoryReclassified {
                child,
                county,
                record: record.to_string(),
                tier: number(*tier),
                previous_record: previous_record.to_string(),
                previous_tier: number(*previous_tier),
                from_month: Some(from_month(*from)),
            });
        }
        Fact::CategoryReviewed { record, on } => context.record(&v1::CategoryReviewed {
            child,
            county,
            record: record.to_string(),
            reviewed_on: Some(from_date(*on)),
        }),
        Fact::ReviewDue { record, due_on, late } => context.record(&v1::CategoryReviewDue {
            child,
            county,
            record: record.to_string(),
            due_on: Some(from_date(*due_on)),
            late: *late,
        }),
        Fact::CategoryEnded { record, tier, until } => context.record(&v1::CategoryEnded {
            child,
            county,
            record: record.to_string(),
            tier: number(*tier),
            until_month: Some(from_month(*until)),
        }),
    }
}

fn confirmed(
    child: String,
    county: String,
    record: CategoryRecordId,
    tier: Option<Tier>,
    from: Month,
) -> v1::CategoryConfirmed {
    v1::CategoryConfirmed {
        child,
        county,
        record: record.to_string(),
        tier: number(tier),
        from_month: Some(from_month(from)),
    }
}

/// The contract's number of a tier; 0, which is not written, where there is none.
fn number(tier: Option<Tier>) -> i32 {
    tier.map_or(0, Tier::number)
}
