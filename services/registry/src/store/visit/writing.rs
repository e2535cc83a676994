//! From duties, months and visits to rows, many with one statement.

use kernel::{ChildId, Instant};
use messaging::journal::Shelf;
use platform::database::{Rows, Write};
use platform::vault::{Vault, VaultError};

use super::sealed::{SealedDuty, SealedVisit};
use crate::domain::visit::{Duty, DutySpan, LedgerMonths, MonthClosing, Visit, VisitMonth};

/// Hands over what changed of the duties.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn duties(shelf: &Shelf<Duty>, vault: &Vault, write: &mut Write) -> Result<(), VaultError> {
    let changed: Vec<_> = shelf.changes().collect();
    let duties: Vec<&Duty> = changed
        .iter()
        .filter(|change| change.before.is_none_or(|before| facts(before) != facts(change.now)))
        .map(|change| change.now)
        .collect();
    let sealed =
        duties.iter().map(|duty| SealedDuty::of(duty).seal(vault, duty.child)).collect::<Result<Vec<_>, _>>()?;
    Rows::new("duty")
        .uuid("child_id", duties.iter().map(|duty| duty.child.as_uuid()).collect())
        .int("rule", duties.iter().map(|duty| duty.rule).collect())
        .optional_blob("sealed", sealed.into_iter().map(Some).collect())
        .upsert(write, "child_id");
    let spans: Vec<(ChildId, usize, DutySpan)> = changed
        .iter()
        .flat_map(|change| {
            let before = change.before.map_or(&[][..], |before| &before.spans);
            let child = change.now.child;
            let now = &change.now.spans;
            let new = now.iter().enumerate().filter(|(index, span)| before.get(*index) != Some(*span));
            // A span that is gone keeps its row without a month in it: rows are upserted, never taken away.
            let gone = before.iter().enumerate().skip(now.len());
            let emptied = gone.map(|(index, span)| (index, DutySpan { until: Some(span.from), ..*span }));
            new.map(|(index, span)| (index, *span)).chain(emptied).map(move |(index, span)| (child, index, span))
        })
        .collect();
    Rows::new("duty_span")
        .uuid("child_id", spans.iter().map(|(child, _, _)| child.as_uuid()).collect())
        .int("number", spans.iter().map(|(_, index, _)| i64::try_from(*index).unwrap_or(i64::MAX)).collect())
        .text("division", spans.iter().map(|(_, _, span)| span.division.to_string()).collect())
        .text("from_month", spans.iter().map(|(_, _, span)| span.from.to_string()).collect())
        .optional_text("until_month", spans.iter().map(|(_, _, span)| span.until.map(|it| it.to_string())).collect())
        .upsert(write, "child_id, number");
    Ok(())
}

/// What lies in the table `duty`.
fn facts(duty: &Duty) -> (bool, &[LedgerMonths], i64) {
    (duty.special_migrant, &duty.ledger, duty.rule)
}

/// Hands over what changed of the months.
pub fn months(shelf: &Shelf<VisitMonth>, write: &mut Write) {
    let months: Vec<&VisitMonth> = shelf.changes().map(|change| change.now).collect();
    let seen = |month: &&VisitMonth| month.seen.map_or(0, |seen| i64::from(seen.visits));
    let attention = |month: &&VisitMonth| i64::from(month.seen.is_some_and(|seen| seen.needs_attention));
    Rows::new("visit_month")
        .uuid("child_id", months.iter().map(|month| month.child.as_uuid()).collect())
        .text("month", months.iter().map(|month| month.month.to_string()).collect())
        .int("visits", months.iter().map(seen).collect())
        .optional_text("last_on", months.iter().map(|month| month.seen.map(|seen| seen.last_on.to_string())).collect())
        .int("needs_attention", months.iter().map(attention).collect())
        .optional_int("overdue_at", months.iter().map(|month| month.overdue.map(Instant::as_micros)).collect())
        .upsert(write, "child_id, month");
}

/// Hands over new visits. They never change.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn visits(shelf: &Shelf<Visit>, vault: &Vault, write: &mut Write) -> Result<(), VaultError> {
    let visits: Vec<&Visit> = shelf.changes().map(|change| change.now).collect();
    let sealed = visits
        .iter()
        .map(|visit| SealedVisit::of(&visit.facts).seal(vault, visit.id))
        .collect::<Result<Vec<_>, _>>()?;
    Rows::new("visit")
        .uuid("id", visits.iter().map(|visit| visit.id.as_uuid()).collect())
        .uuid("child_id", visits.iter().map(|visit| visit.facts.child.as_uuid()).collect())
        .uuid("worker_id", visits.iter().map(|visit| visit.facts.worker.as_uuid()).collect())
        .text("visited_on", visits.iter().map(|visit| visit.facts.on.to_string()).collect())
        .blob("sealed", sealed)
        .int("recorded_at", visits.iter().map(|visit| visit.recorded.as_micros()).collect())
        .insert(write);
    Ok(())
}

/// Hands over newly closed months.
pub fn closings(shelf: &Shelf<MonthClosing>, write: &mut Write) {
    let closed: Vec<&MonthClosing> = shelf.changes().map(|change| change.now).collect();
    Rows::new("month_closing")
        .text("month", closed.iter().map(|closing| closing.month.to_string()).collect())
        .int("closed_at", closed.iter().map(|closing| closing.closed.as_micros()).collect())
        .insert(write);
}
