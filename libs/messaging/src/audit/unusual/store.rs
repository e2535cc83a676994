//! The rows of findings, and of how far an audit is judged.

use std::collections::BTreeMap;

use contract::audit::v1::UnusualPattern;
use kernel::Instant;
use platform::database::Rows;
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement, UpdateStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::finding::{Finding, Key};
use super::judge::Mark;
use super::list::{FoundFilter, Listed};
use super::window::Window;
use crate::log::{inconsistent, sequence_of};

/// How far the audit is judged.
pub(super) async fn mark(connection: &impl ConnectionTrait) -> Result<Mark, ServiceError> {
    let query = Query::select()
        .columns(["done", "read", "closed", "findings", "revision"])
        .from("unusual_mark")
        .and_where(Expr::col("id").eq(1))
        .to_owned();
    let row = connection.query_one(&query).await?.ok_or_else(|| inconsistent("unusual_mark", "id"))?;
    Ok(Mark {
        done: sequence_of(&row, "done")?,
        read: sequence_of(&row, "read")?,
        closed: Instant::from_micros(row.try_get("", "closed")?),
        findings: sequence_of(&row, "findings")?,
        revision: row.try_get("", "revision")?,
    })
}

/// The mark as a row, which goes on from the one before it.
pub(super) fn marked(mark: &Mark) -> Rows {
    Rows::new("unusual_mark")
        .int("id", vec![1])
        .int("done", vec![number(mark.done)])
        .int("read", vec![number(mark.read)])
        .int("closed", vec![mark.closed.as_micros()])
        .int("findings", vec![number(mark.findings)])
        .int("revision", vec![mark.revision])
}

/// The findings whose windows were not over when they were told.
pub(super) async fn open(connection: &impl ConnectionTrait) -> Result<BTreeMap<Key, u64>, ServiceError> {
    let query = Query::select()
        .columns(["number", "pattern", "caller", "actor", "window_from", "window_until"])
        .from("unusual")
        .and_where(Expr::col("is_over").eq(0))
        .to_owned();
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| Ok((key(row)?, sequence_of(row, "number")?))).collect()
}

/// Writes findings down that nobody was told of before, each under its id.
pub(super) fn told(findings: &[(Finding, Uuid)], at: Instant) -> Rows {
    let ints = |of: fn(&Finding) -> i64| findings.iter().map(|(finding, _)| of(finding)).collect();
    let texts = |of: fn(&Key) -> &String| findings.iter().map(|(finding, _)| of(&finding.key).clone()).collect();
    Rows::new("unusual")
        .int("number", ints(|finding| number(finding.number)))
        .uuid("id", findings.iter().map(|(_, id)| *id).collect())
        .int("pattern", ints(|finding| i64::from(i32::from(finding.key.pattern))))
        .text("caller", texts(|key| &key.caller))
        .text("actor", texts(|key| &key.actor))
        .int("window_from", ints(|finding| finding.key.window.from.as_micros()))
        .int("window_until", ints(|finding| finding.key.window.until.as_micros()))
        .int("first_at", ints(|finding| finding.first.as_micros()))
        .int("last_at", ints(|finding| finding.last.as_micros()))
        .int("calls", ints(|finding| number(finding.calls)))
        .int("children", ints(|finding| number(finding.children)))
        .int("told_at", findings.iter().map(|_| at.as_micros()).collect())
        .int("is_over", ints(|finding| finding.is_over.into()))
}

/// Counts a finding that was told as it stands when its window is over.
pub(super) fn counted(finding: &Finding) -> UpdateStatement {
    Query::update()
        .table("unusual")
        .value("first_at", finding.first.as_micros())
        .value("last_at", finding.last.as_micros())
        .value("calls", number(finding.calls))
        .value("children", number(finding.children))
        .value("is_over", i64::from(finding.is_over))
        .and_where(Expr::col("number").eq(number(finding.number)))
        .to_owned()
}

/// Up to `limit` findings before a number, the newest first.
pub(super) async fn list(
    connection: &impl ConnectionTrait,
    filter: &FoundFilter,
    before: Option<u64>,
    limit: u64,
) -> Result<Vec<Listed>, ServiceError> {
    let mut query = SelectStatement::new();
    query
        .columns(["number", "id", "pattern", "caller", "actor", "first_at", "last_at", "calls", "children", "told_at"])
        .column("is_over")
        .from("unusual");
    if !filter.caller.is_empty() {
        query.and_where(Expr::col("caller").eq(filter.caller.as_str()));
    }
    if let Some(pattern) = filter.pattern {
        query.and_where(Expr::col("pattern").eq(i64::from(i32::from(pattern))));
    }
    if let Some(before) = before {
        query.and_where(Expr::col("number").lt(number(before)));
    }
    query.order_by("number", Order::Desc).limit(limit);
    connection.query_all(&query).await?.iter().map(listed).collect()
}

fn listed(row: &QueryResult) -> Result<Listed, ServiceError> {
    let at = |column: &str| row.try_get("", column).map(Instant::from_micros);
    Ok(Listed {
        number: sequence_of(row, "number")?,
        id: row.try_get("", "id")?,
        pattern: pattern(row)?,
        caller: row.try_get("", "caller")?,
        actor: row.try_get("", "actor")?,
        first: at("first_at")?,
        last: at("last_at")?,
        calls: sequence_of(row, "calls")?,
        children: sequence_of(row, "children")?,
        told_at: at("told_at")?,
        is_over: row.try_get::<i64>("", "is_over")? != 0,
    })
}

fn key(row: &QueryResult) -> Result<Key, ServiceError> {
    let at = |column: &str| row.try_get("", column).map(Instant::from_micros);
    Ok(Key {
        window: Window { from: at("window_from")?, until: at("window_until")? },
        pattern: pattern(row)?,
        caller: row.try_get("", "caller")?,
        actor: row.try_get("", "actor")?,
    })
}

fn pattern(row: &QueryResult) -> Result<UnusualPattern, ServiceError> {
    let number: i64 = row.try_get("", "pattern")?;
    let pattern = i32::try_from(number).ok().and_then(|number| UnusualPattern::try_from(number).ok());
    pattern.ok_or_else(|| inconsistent("unusual", "pattern"))
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
