//! What is found in the registry's own audit.

use contract::date::timestamp;
use contract::registry::v1::AccessUnusual;
use messaging::audit::unusual::Unusual;
use messaging::journal::Context;

/// Records that calls of one caller are unusual together.
pub fn record(unusual: &Unusual, context: &mut Context<'_>) {
    context.record(&AccessUnusual {
        finding: unusual.id.to_string(),
        division: unusual.division.clone(),
        caller: unusual.caller.clone(),
        pattern: unusual.pattern.into(),
        from: Some(timestamp(unusual.from)),
        until: Some(timestamp(unusual.until)),
        calls: unusual.calls,
        children: unusual.children,
    });
}
