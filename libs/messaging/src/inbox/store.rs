//! The inbox's rows.

use contract::event;
use kernel::Instant;
use platform::database::{Rows, Write, any_int, any_uuid};
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{DeadLetter, ReceivedEvent};
use crate::journal::{InboxNeeds, InboxState};
use crate::log::{inconsistent, sequence_of};

/// The last number of a source that was applied or parked; 0 before the first.
pub(super) async fn cursor(connection: &impl ConnectionTrait, source: &str) -> Result<u64, ServiceError> {
    let query = Query::select().column("sequence").from("inbox").and_where(Expr::col("source").eq(source)).to_owned();
    let row = connection.query_one(&query).await?;
    row.map_or(Ok(0), |row| sequence_of(&row, "sequence"))
}

pub(crate) async fn load(write: &Write, needs: &InboxNeeds) -> Result<InboxState, ServiceError> {
    let blocked = Query::select()
        .distinct()
        .column("aggregate")
        .from("dead_letter")
        .and_where(Expr::col("source").eq(needs.source.as_str()))
        .and_where(any_uuid(write.get_database_backend(), "aggregate", needs.aggregates.iter().copied()))
        .to_owned();
    let rows = write.query_all(&blocked).await?;
    Ok(InboxState {
        cursor: cursor(write, &needs.source).await?,
        source: needs.source.clone(),
        blocked: rows.iter().map(|row| row.try_get("", "aggregate")).collect::<Result<_, _>>()?,
        ..InboxState::default()
    })
}

pub(crate) fn save(write: &mut Write, state: InboxState, now: Instant) {
    let backend = write.get_database_backend();
    if !state.revived.is_empty() {
        let revived = Query::delete()
            .from_table("dead_letter")
            .and_where(Expr::col("source").eq(state.source.as_str()))
            .and_where(any_int(backend, "sequence", state.revived.iter().map(|sequence| number(*sequence))))
            .to_owned();
        write.first(&revived);
    }
    let letters = state.parked;
    let count = letters.len();
    let events = || letters.iter().map(|letter| &letter.event);
    Rows::new("dead_letter")
        .text("source", vec![state.source.clone(); count])
        .int("sequence", events().map(|event| number(event.sequence)).collect())
        .uuid("aggregate", events().map(|event| event.aggregate).collect())
        .text("type", events().map(|event| event.event.name.clone()).collect())
        .uuid("id", events().map(|event| event.id).collect())
        .text("county", events().map(|event| event.county.clone()).collect())
        .int("occurred_at", events().map(|event| event.occurred_at.as_micros()).collect())
        .optional_text("traceparent", events().map(|event| event.traceparent.clone()).collect())
        .blob("body", events().map(|event| event.body.to_vec()).collect())
        .text("reason", letters.iter().map(|letter| letter.reason.clone()).collect())
        .int("parked_at", vec![now.as_micros(); count])
        .upsert(write, "source, sequence");
    Rows::new("inbox")
        .text("source", vec![state.source])
        .int("sequence", vec![number(state.cursor)])
        .upsert(write, "source");
}

pub(super) async fn parked(connection: &impl ConnectionTrait, source: &str) -> Result<Vec<DeadLetter>, ServiceError> {
    let query = Query::select()
        .columns(["sequence", "id", "type", "aggregate", "county", "occurred_at", "traceparent", "body", "reason"])
        .from("dead_letter")
        .and_where(Expr::col("source").eq(source))
        .order_by("sequence", sea_orm::Order::Asc)
        .to_owned();
    connection.query_all(&query).await?.iter().map(letter).collect()
}

fn letter(row: &QueryResult) -> Result<DeadLetter, ServiceError> {
    let name: String = row.try_get("", "type")?;
    Ok(DeadLetter {
        event: ReceivedEvent {
            sequence: sequence_of(row, "sequence")?,
            id: row.try_get("", "id")?,
            event: event::by_name(&name).ok_or_else(|| inconsistent("dead_letter", "type"))?,
            aggregate: row.try_get("", "aggregate")?,
            county: row.try_get("", "county")?,
            occurred_at: Instant::from_micros(row.try_get("", "occurred_at")?),
            traceparent: row.try_get("", "traceparent")?,
            body: row.try_get::<Vec<u8>>("", "body")?.into(),
        },
        reason: row.try_get("", "reason")?,
    })
}

fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
