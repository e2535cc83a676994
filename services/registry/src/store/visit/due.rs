//! The children on duty in a month who are with a worker.

use kernel::{ChildId, Date, Division, Month, WorkerId};
use sea_orm::sea_query::{Expr, ExprTrait as _, JoinType, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, DbErr, QueryResult};
use uuid::Uuid;

use crate::domain::worker::{Post, Role};
use crate::store::entity::{appointment, assignment, duty_span, visit_month};
use crate::store::worker::listing::holds_on;

/// Whose duty is asked for.
#[derive(Clone, Copy, Debug)]
pub struct DueQuery {
    /// The worker.
    pub worker: WorkerId,
    /// The post that the worker holds on the day.
    pub post: Option<Post>,
    /// The day on which it is asked with whom the children are.
    pub on: Date,
    /// The month of the duty.
    pub month: Month,
    /// Leave out children who were visited.
    pub open_only: bool,
}

/// A child on duty in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueRow {
    /// The child.
    pub child: ChildId,
    /// Where the household is.
    pub division: String,
    /// The day of the latest visit.
    pub last_on: Option<String>,
    /// Whether it was told as overdue.
    pub told: bool,
    /// Whether the child is assigned by name.
    pub assigned: bool,
}

/// Up to `limit` children after `after`, by their identifiers: those assigned by name, and those of the post.
///
/// # Errors
/// If the database fails.
pub async fn page(
    connection: &impl ConnectionTrait,
    query: &DueQuery,
    after: Option<ChildId>,
    limit: u64,
) -> Result<Vec<DueRow>, DbErr> {
    let mut found = Vec::new();
    for row in connection.query_all(&assigned(query, after, limit)).await? {
        found.push(due_row(&row, true)?);
    }
    if let Some(post) = query.post {
        for row in connection.query_all(&of_post(query, post, after, limit)).await? {
            found.push(due_row(&row, false)?);
        }
    }
    found.sort_by_key(|row| row.child);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn assigned(query: &DueQuery, after: Option<ChildId>, limit: u64) -> SelectStatement {
    on_duty(query, after, limit)
        .join(
            JoinType::InnerJoin,
            assignment::Entity,
            Expr::col((assignment::Entity, assignment::Column::ChildId))
                .equals((duty_span::Entity, duty_span::Column::ChildId)),
        )
        .and_where(assignment::Column::WorkerId.eq(query.worker.as_uuid()))
        .cond_where(assigned_on(query.on))
        .take()
}

fn of_post(query: &DueQuery, post: Post, after: Option<ChildId>, limit: u64) -> SelectStatement {
    let to_somebody = Query::select()
        .expr(Expr::val(1))
        .from(assignment::Entity)
        .and_where(
            Expr::col((assignment::Entity, assignment::Column::ChildId))
                .equals((duty_span::Entity, duty_span::Column::ChildId)),
        )
        .cond_where(assigned_on(query.on))
        .take();
    on_duty(query, after, limit).cond_where(in_post(post, query.on)).and_where(Expr::exists(to_somebody).not()).take()
}

/// The households of a post: of a director's village; of a supervisor's township where no village has a director.
fn in_post(post: Post, on: Date) -> Condition {
    let code = post.division();
    match post.role() {
        Role::Director => Condition::all().add(duty_span::Column::Division.eq(code.as_str())),
        Role::Supervisor => {
            let directed = Query::select()
                .column(appointment::Column::Division)
                .from(appointment::Entity)
                .cond_where(holds_on(on))
                .and_where(appointment::Column::Role.eq(i64::from(Role::Director.number())))
                .and_where(between(Expr::col(appointment::Column::Division), code))
                .take();
            Condition::all()
                .add(township().eq(code.as_str()))
                .add(Expr::col((duty_span::Entity, duty_span::Column::Division)).not_in_subquery(directed))
        }
    }
}

/// The township of a household, as the index `duty_span_township` has it: a supervisor's list is read in its order, and
/// no further than the page goes.
pub(super) fn township() -> SimpleExpr {
    Expr::cust("SUBSTR(\"duty_span\".\"division\", 1, 9)")
}

/// Codes inside a division begin with its digits, and digits sort alike in every collation.
pub(super) fn between(column: Expr, division: Division) -> SimpleExpr {
    let code = division.as_str();
    column.between(code, format!("{code:9<12}"))
}

fn assigned_on(day: Date) -> Condition {
    let day = day.to_string();
    Condition::all()
        .add(assignment::Column::SupersededAt.is_null())
        .add(assignment::Column::ValidFrom.lte(day.clone()))
        .add(Condition::any().add(assignment::Column::ValidUntil.is_null()).add(assignment::Column::ValidUntil.gt(day)))
}

fn on_duty(query: &DueQuery, after: Option<ChildId>, limit: u64) -> SelectStatement {
    let mut select = spans(query.month);
    select
        .column((duty_span::Entity, duty_span::Column::ChildId))
        .column((duty_span::Entity, duty_span::Column::Division))
        .column((visit_month::Entity, visit_month::Column::LastOn))
        .column((visit_month::Entity, visit_month::Column::OverdueAt))
        .order_by((duty_span::Entity, duty_span::Column::ChildId), sea_orm::Order::Asc)
        .limit(limit);
    if let Some(after) = after {
        select.and_where(duty_span::Column::ChildId.gt(after.as_uuid()));
    }
    if query.open_only {
        select.and_where(visit_month::Column::LastOn.is_null());
    }
    select
}

/// The duties of a month, with what became of them.
pub(super) fn spans(month: Month) -> SelectStatement {
    let month = month.to_string();
    Query::select()
        .from(duty_span::Entity)
        .join(
            JoinType::LeftJoin,
            visit_month::Entity,
            Condition::all()
                .add(
                    Expr::col((visit_month::Entity, visit_month::Column::ChildId))
                        .equals((duty_span::Entity, duty_span::Column::ChildId)),
                )
                .add(visit_month::Column::Month.eq(month.clone())),
        )
        .and_where(duty_span::Column::FromMonth.lte(month.clone()))
        .cond_where(
            Condition::any().add(duty_span::Column::UntilMonth.is_null()).add(duty_span::Column::UntilMonth.gt(month)),
        )
        .take()
}

fn due_row(row: &QueryResult, assigned: bool) -> Result<DueRow, DbErr> {
    let child: Uuid = row.try_get("", "child_id")?;
    let overdue_at: Option<i64> = row.try_get("", "overdue_at")?;
    Ok(DueRow {
        child: ChildId::from_uuid(child),
        division: row.try_get("", "division")?,
        last_on: row.try_get("", "last_on")?,
        told: overdue_at.is_some(),
        assigned,
    })
}
