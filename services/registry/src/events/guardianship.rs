//! Facts about who stands around a child.

use contract::date::from_date;
use contract::registry::v1;
use messaging::journal::Context;

use crate::domain::guardianship::GuardianshipChanged;

/// Records that it changed.
pub fn record(changed: GuardianshipChanged, context: &mut Context<'_>) {
    context.record(&v1::GuardianshipChanged {
        child: changed.child.to_string(),
        county: changed.county.to_string(),
        changed_on: Some(from_date(changed.on)),
    });
}
