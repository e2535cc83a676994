//! What every service keeps beside its state, by its age, and the removal of what is past its time.

use std::collections::BTreeSet;

use contract::references;
use kernel::Instant;
use platform::database::{Database, any_uuid};
use platform::error::ServiceError;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use uuid::Uuid;

use crate::journal::{Journal, Keep as _, Kept, RequestKey, Workspace};
use crate::log::{EventLog, sequence_of};

/// Events that are looked through at once.
const LOOKED_THROUGH: u64 = 1_000;

/// How many events still say something, before an instant if there is one, and when the first of them happened.
///
/// # Errors
/// If the database fails.
pub async fn contents(
    connection: &impl ConnectionTrait,
    before: Option<Instant>,
) -> Result<(u64, Option<Instant>), ServiceError> {
    let mut query = Query::select().from("event_log").to_owned();
    query.and_where(Expr::col("commitment").is_null());
    counted(connection, query, Expr::col("occurred_at"), before).await
}

/// How many calls in an emergency were reviewed, before an instant if there is one, and when the first of them was.
///
/// # Errors
/// If the database fails.
pub async fn emergencies(
    connection: &impl ConnectionTrait,
    before: Option<Instant>,
) -> Result<(u64, Option<Instant>), ServiceError> {
    let mut query = Query::select().from("emergency").to_owned();
    query.and_where(Expr::col("reviewed_at").is_not_null());
    counted(connection, query, Expr::col("reviewed_at"), before).await
}

/// How many entries the audit has, and of when the first one is.
///
/// # Errors
/// If the database fails.
pub async fn audit(connection: &impl ConnectionTrait) -> Result<(u64, Option<Instant>), ServiceError> {
    counted(connection, Query::select().from("audit").to_owned(), Expr::col("at"), None).await
}

/// Erases the contents of up to `limit` events that happened before an instant, the first ones first. Those of the first seal,
/// whose hash needs them, are left.
///
/// # Errors
/// If the database fails.
pub async fn erase_contents_before<W: Workspace>(
    journal: &Journal<W>,
    log: &EventLog,
    before: Instant,
    limit: u64,
) -> Result<u64, ServiceError> {
    let query = Query::select()
        .column("sequence")
        .from("event_log")
        .and_where(Expr::col("commitment").is_null())
        .and_where(Expr::col("seal").gt(1))
        .and_where(Expr::col("occurred_at").lt(before.as_micros()))
        .order_by("sequence", Order::Asc)
        .limit(limit)
        .to_owned();
    let rows = log.reader().query_all(&query).await?;
    let sequences = rows.iter().map(|row| sequence_of(row, "sequence")).collect::<Result<Vec<_>, _>>()?;
    log.erase(journal, &sequences).await
}

/// Erases the contents of all events that are about one of these children or name one. It looks through the whole log.
///
/// # Errors
/// `SEALED_OPEN` if one of them is of the first seal, whose hash needs its content. If the database fails.
pub async fn erase_contents_about<W: Workspace>(
    journal: &Journal<W>,
    log: &EventLog,
    children: &BTreeSet<Uuid>,
) -> Result<u64, ServiceError> {
    let (mut erased, mut after) = (0, 0);
    loop {
        let events = log.read(after, LOOKED_THROUGH).await?;
        let Some(last) = events.last() else { return Ok(erased) };
        after = last.sequence;
        let about = events.iter().filter(|sealed| {
            let named = || {
                let references = references::of_event(sealed.event.event);
                references.and_then(|references| references.children(&sealed.event.body).ok()).unwrap_or_default()
            };
            children.contains(&sealed.event.aggregate) || named().iter().any(|child| children.contains(child))
        });
        let sequences: Vec<u64> = about.map(|sealed| sealed.sequence).collect();
        if !sequences.is_empty() {
            erased += log.erase(journal, &sequences).await?;
        }
    }
}

/// Removes up to `limit` calls in an emergency that were reviewed before an instant.
///
/// # Errors
/// If the database fails.
pub async fn remove_emergencies<W: Workspace>(
    journal: &Journal<W>,
    database: &Database,
    before: Instant,
    limit: u64,
) -> Result<u64, ServiceError> {
    let reader = database.reader();
    let query = Query::select()
        .column("id")
        .from("emergency")
        .and_where(Expr::col("reviewed_at").lt(before.as_micros()))
        .limit(limit)
        .to_owned();
    let rows = reader.query_all(&query).await?;
    let ids = rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<Vec<Uuid>, ServiceError>>()?;
    let count = ids.len() as u64;
    if count > 0 {
        let which = any_uuid(reader.get_database_backend(), "id", ids);
        let removal = Query::delete().from_table("emergency").and_where(which).to_owned();
        journal.keep(Kept::default().remove(removal), RequestKey::none("RemoveEmergencies")).await?;
    }
    Ok(count)
}

/// How many rows a query finds whose time is before an instant, if there is one, and the first of their times, microseconds.
///
/// # Errors
/// If the database fails.
pub async fn counted(
    connection: &impl ConnectionTrait,
    mut query: SelectStatement,
    time: Expr,
    before: Option<Instant>,
) -> Result<(u64, Option<Instant>), ServiceError> {
    query.expr(Expr::cust("COUNT(*)")).expr(time.clone().min());
    if let Some(before) = before {
        query.and_where(time.lt(before.as_micros()));
    }
    let row = connection.query_one(&query).await?;
    let (count, first): (i64, Option<i64>) = match row {
        Some(row) => (row.try_get_by_index(0)?, row.try_get_by_index(1)?),
        None => (0, None),
    };
    Ok((count.unsigned_abs(), first.map(Instant::from_micros)))
}
