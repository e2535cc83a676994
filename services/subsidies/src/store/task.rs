//! What a person must decide about money.

use std::collections::BTreeSet;

use kernel::{ChildId, Fen, Instant, Month, PaymentTaskId};
use messaging::journal::Aggregate;
use platform::database::{Rows, any_uuid};
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::row::{Row, all};
use crate::domain::task::{Decision, PaymentTask, TaskKind, TaskOutcome};

const TABLE: &str = "payment_task";
const RETURNED: i64 = 1;
const OVERPAID: i64 = 2;

impl Aggregate for PaymentTask {
    type Id = PaymentTaskId;

    fn id(&self) -> PaymentTaskId {
        self.id
    }
}

/// The rows of tasks.
#[must_use]
pub fn rows(tasks: &[&PaymentTask]) -> Rows {
    let decision = |task: &PaymentTask| task.decision.clone();
    Rows::new(TABLE)
        .uuid("id", all(tasks, |task| task.id.as_uuid()))
        .int(
            "kind",
            all(tasks, |task| match task.kind {
                TaskKind::Returned(_) => RETURNED,
                TaskKind::Overpaid(_) => OVERPAID,
            }),
        )
        .uuid("child_id", all(tasks, |task| task.child.as_uuid()))
        .text("county", all(tasks, |task| task.county.to_string()))
        .optional_uuid(
            "payment_id",
            all(tasks, |task| match task.kind {
                TaskKind::Returned(payment) => Some(payment.as_uuid()),
                TaskKind::Overpaid(_) => None,
            }),
        )
        .optional_text(
            "month",
            all(tasks, |task| match task.kind {
                TaskKind::Returned(_) => None,
                TaskKind::Overpaid(month) => Some(month.to_string()),
            }),
        )
        .int("amount_fen", all(tasks, |task| task.amount.as_fen()))
        .int("opened_at", all(tasks, |task| task.opened.as_micros()))
        .text("due_on", all(tasks, |task| task.due_on.to_string()))
        .optional_int("outcome", all(tasks, |task| decision(task).map(|decision| decision.outcome.number().into())))
        .optional_text("decided_by", all(tasks, |task| decision(task).map(|decision| decision.by)))
        .optional_int("decided_at", all(tasks, |task| decision(task).map(|decision| decision.at.as_micros())))
        .optional_text("note", all(tasks, |task| decision(task).map(|decision| decision.note)))
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "kind",
            "child_id",
            "county",
            "payment_id",
            "month",
            "amount_fen",
            "opened_at",
            "due_on",
            "outcome",
            "decided_by",
            "decided_at",
            "note",
        ])
        .from(TABLE)
        .to_owned()
}

fn read(row: &QueryResult) -> Result<PaymentTask, ServiceError> {
    let row = Row { table: TABLE, row };
    let kind = match row.get("kind")? {
        RETURNED => {
            let payment: Option<Uuid> = row.get("payment_id")?;
            TaskKind::Returned(payment.map(kernel::Id::from_uuid).ok_or_else(|| row.wrong("payment_id"))?)
        }
        OVERPAID => TaskKind::Overpaid(row.optional::<Month>("month")?.ok_or_else(|| row.wrong("month"))?),
        _ => return Err(row.wrong("kind").into()),
    };
    let decision = match row.get::<Option<i64>>("outcome")? {
        None => None,
        Some(_) => Some(Decision {
            outcome: row.number("outcome", TaskOutcome::from_number)?,
            by: row.get::<Option<String>>("decided_by")?.unwrap_or_default(),
            at: Instant::from_micros(row.get("decided_at")?),
            note: row.get::<Option<String>>("note")?.unwrap_or_default(),
        }),
    };
    Ok(PaymentTask {
        id: row.id("id")?,
        kind,
        child: row.id("child_id")?,
        county: row.parsed("county")?,
        amount: Fen::new(row.get("amount_fen")?),
        opened: Instant::from_micros(row.get("opened_at")?),
        due_on: row.parsed("due_on")?,
        decision,
    })
}

/// These tasks, and all of these children.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn load(
    connection: &impl ConnectionTrait,
    tasks: &BTreeSet<PaymentTaskId>,
    children: &BTreeSet<ChildId>,
) -> Result<Vec<PaymentTask>, ServiceError> {
    let mut found = Vec::new();
    let backend = connection.get_database_backend();
    for (column, ids) in [
        ("id", tasks.iter().map(|task| task.as_uuid()).collect::<Vec<_>>()),
        ("child_id", children.iter().map(|child| child.as_uuid()).collect()),
    ] {
        if !ids.is_empty() {
            let query = select().and_where(any_uuid(backend, column, ids)).to_owned();
            found.extend(connection.query_all(&query).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?);
        }
    }
    Ok(found)
}

/// Up to `limit` tasks after one, by id, which is the order in which they were opened.
///
/// # Errors
/// As [`load`].
pub async fn page(
    connection: &impl ConnectionTrait,
    decided: bool,
    after: Option<PaymentTaskId>,
    limit: u64,
) -> Result<Vec<PaymentTask>, ServiceError> {
    let mut query = select();
    if !decided {
        query.and_where(Expr::col("outcome").is_null());
    }
    if let Some(after) = after {
        query.and_where(Expr::col("id").gt(after.as_uuid()));
    }
    query.order_by("id", Order::Asc).limit(limit);
    connection.query_all(&query).await?.iter().map(read).collect()
}
