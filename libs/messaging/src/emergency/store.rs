//! The rows of emergencies.

use kernel::Instant;
use platform::database::Rows;
use platform::error::ServiceError;
use platform::vault::Vault;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement, UpdateStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

/// An emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// Its id.
    pub id: Uuid,
    /// When the call came.
    pub opened_at: Instant,
    /// Who called.
    pub caller: String,
    /// What.
    pub method: String,
    /// When it must be reviewed.
    pub review_due: Instant,
    /// When that happened, and what was found: the contract's number of the verdict.
    pub reviewed: Option<(Instant, i32)>,
    /// What caller and reviewer wrote.
    pub words: Words,
}

/// What was written; never to be logged.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Words {
    /// By the caller.
    pub reason: String,
    /// By the reviewer.
    pub note: String,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words")
    }
}

const COLUMNS: [&str; 8] = ["id", "opened_at", "caller", "method", "sealed", "review_due", "reviewed_at", "verdict"];

/// Where a row's words are sealed.
fn place(service: &str, id: Uuid) -> Vec<u8> {
    [format!("{service}.emergency.sealed:").as_bytes(), id.as_bytes()].concat()
}

pub(super) fn seal(vault: &Vault, service: &str, id: Uuid, words: &Words) -> Result<Vec<u8>, ServiceError> {
    let plain = serde_json::to_vec(words).map_err(ServiceError::internal)?;
    vault.seal(&place(service, id), &plain).map_err(ServiceError::internal)
}

/// One emergency.
pub(super) async fn get(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    service: &str,
    id: Uuid,
) -> Result<Option<Emergency>, ServiceError> {
    let query = select().and_where(Expr::col("id").eq(id)).to_owned();
    let row = connection.query_one(&query).await?;
    row.map(|row| read(&row, vault, service)).transpose()
}

/// Up to `limit` of them before an id, the newest first.
pub(super) async fn list(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    service: &str,
    unreviewed_only: bool,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Emergency>, ServiceError> {
    let mut query = select();
    if unreviewed_only {
        query.and_where(Expr::col("reviewed_at").is_null());
    }
    if let Some(before) = before {
        query.and_where(Expr::col("id").lt(before));
    }
    query.order_by("id", Order::Desc).limit(limit);
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| read(row, vault, service)).collect()
}

/// How many are late by now and were not told since an instant, and when the next one will be.
pub(super) async fn late(
    connection: &impl ConnectionTrait,
    now: Instant,
    told_before: Instant,
) -> Result<(u64, Option<Instant>), ServiceError> {
    let query = Query::select()
        .columns(["review_due", "told_at"])
        .from("emergency")
        .and_where(Expr::col("reviewed_at").is_null())
        .to_owned();
    let (mut late, mut next) = (0, None);
    for row in connection.query_all(&query).await? {
        let due = Instant::from_micros(row.try_get("", "review_due")?);
        let told = row.try_get::<Option<i64>>("", "told_at")?.map(Instant::from_micros);
        if due > now {
            next = Some(next.map_or(due, |next: Instant| next.min(due)));
        } else if told.is_none_or(|told| told <= told_before) {
            late += 1;
        }
    }
    Ok((late, next))
}

/// Writes one down that nobody reviewed yet.
pub(super) fn opened(vault: &Vault, service: &str, one: Emergency) -> Result<Rows, ServiceError> {
    Ok(Rows::new("emergency")
        .uuid("id", vec![one.id])
        .int("opened_at", vec![one.opened_at.as_micros()])
        .blob("sealed", vec![seal(vault, service, one.id, &one.words)?])
        .text("caller", vec![one.caller])
        .text("method", vec![one.method])
        .int("review_due", vec![one.review_due.as_micros()]))
}

/// Says that those which are late were told.
pub(super) fn told(now: Instant) -> UpdateStatement {
    Query::update()
        .table("emergency")
        .value("told_at", now.as_micros())
        .and_where(Expr::col("reviewed_at").is_null())
        .and_where(Expr::col("review_due").lte(now.as_micros()))
        .to_owned()
}

/// Reviews one that nobody reviewed before.
pub(super) fn review(id: Uuid, at: Instant, verdict: i32, sealed: Vec<u8>) -> UpdateStatement {
    Query::update()
        .table("emergency")
        .value("reviewed_at", at.as_micros())
        .value("verdict", i64::from(verdict))
        .value("sealed", sealed)
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("reviewed_at").is_null())
        .to_owned()
}

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from("emergency").to_owned()
}

fn read(row: &QueryResult, vault: &Vault, service: &str) -> Result<Emergency, ServiceError> {
    let id: Uuid = row.try_get("", "id")?;
    let sealed: Vec<u8> = row.try_get("", "sealed")?;
    let plain = vault.unseal(&place(service, id), &sealed).map_err(ServiceError::internal)?;
    let reviewed_at = row.try_get::<Option<i64>>("", "reviewed_at")?.map(Instant::from_micros);
    let verdict: i64 = row.try_get("", "verdict")?;
    Ok(Emergency {
        id,
        opened_at: Instant::from_micros(row.try_get("", "opened_at")?),
        caller: row.try_get("", "caller")?,
        method: row.try_get("", "method")?,
        review_due: Instant::from_micros(row.try_get("", "review_due")?),
        reviewed: reviewed_at.map(|at| (at, i32::try_from(verdict).unwrap_or_default())),
        words: serde_json::from_slice(&plain).map_err(ServiceError::internal)?,
    })
}
