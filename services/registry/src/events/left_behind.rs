//! Facts about left-behind children.

use contract::date::from_date;
use contract::registry::v1;
use messaging::journal::Context;

use crate::domain::circumstance::LeftBehindChanged;

/// Records that a child is left behind, or no longer.
pub fn record(changed: LeftBehindChanged, context: &mut Context<'_>) {
    context.record(&v1::LeftBehindChanged {
        child: changed.child.to_string(),
        county: changed.county.to_string(),
        from: changed.from.map(from_date),
        until: changed.until.map(from_date),
    });
}
