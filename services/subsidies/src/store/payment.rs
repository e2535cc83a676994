//! Payments, each with what it is made of.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ChildId, Date, Fen, Instant, PaymentId, PayrollRunId, StandardId, Tier};
use messaging::journal::Aggregate;
use platform::database::{Rows, any_int, any_uuid};
use platform::error::ServiceError;
use prost::Message;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::row::{Row, all, county_number, county_of, month_number, month_of};
use crate::domain::payment::{HoldReason, Payment, PaymentState, Return};
use crate::domain::{Line, LineKind};

const TABLE: &str = "payment";

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredLines {
    #[prost(message, repeated, tag = "1")]
    lines: Vec<StoredLine>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredLine {
    #[prost(int32, tag = "1")]
    month: i32,
    #[prost(int32, tag = "2")]
    kind: i32,
    #[prost(uint32, tag = "3")]
    county: u32,
    #[prost(int32, tag = "4")]
    tier: i32,
    #[prost(bytes = "vec", tag = "5")]
    standard: Vec<u8>,
    #[prost(int64, tag = "6")]
    by_standard: i64,
    #[prost(int64, tag = "7")]
    other_grant: i64,
    #[prost(int64, tag = "8")]
    due: i64,
    #[prost(int64, tag = "9")]
    before: i64,
    #[prost(int64, tag = "10")]
    amount: i64,
}

/// A payment's state as a number. The numbers are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateNumber {
    /// Computed.
    Accrued = 1,
    /// Not paid by its run.
    Held = 2,
    /// The outcome is unknown.
    Instructed = 3,
    /// Paid.
    Settled = 4,
    /// Given back.
    Returned = 5,
    /// Owed again.
    Released = 6,
    /// Owed no more.
    WrittenOff = 7,
}

impl StateNumber {
    const ALL: [Self; 7] =
        [Self::Accrued, Self::Held, Self::Instructed, Self::Settled, Self::Returned, Self::Released, Self::WrittenOff];

    /// The number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The state of a number.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// The number of a state.
    #[must_use]
    pub const fn of(state: &PaymentState) -> Self {
        match state {
            PaymentState::Accrued => Self::Accrued,
            PaymentState::Held(_) => Self::Held,
            PaymentState::Instructed => Self::Instructed,
            PaymentState::Settled { .. } => Self::Settled,
            PaymentState::Returned(_) => Self::Returned,
            PaymentState::Released(..) => Self::Released,
            PaymentState::WrittenOff(_) => Self::WrittenOff,
        }
    }
}

impl Aggregate for Payment {
    type Id = PaymentId;

    fn id(&self) -> PaymentId {
        self.id
    }
}

/// The rows of payments.
#[must_use]
pub fn rows(payments: &[&Payment]) -> Rows {
    let back = |payment: &Payment| match &payment.state {
        PaymentState::Returned(back) | PaymentState::Released(back, _) | PaymentState::WrittenOff(back) => {
            Some(back.clone())
        }
        _ => None,
    };
    Rows::new(TABLE)
        .uuid("id", all(payments, |payment| payment.id.as_uuid()))
        .uuid("child_id", all(payments, |payment| payment.child.as_uuid()))
        .uuid("run_id", all(payments, |payment| payment.run.as_uuid()))
        .int("amount_fen", all(payments, |payment| payment.amount.as_fen()))
        .int("arrears_fen", all(payments, |payment| payment.arrears().as_fen()))
        .blob("lines", all(payments, |payment| stored_lines(&payment.lines)))
        .int("state", all(payments, |payment| StateNumber::of(&payment.state).number().into()))
        .optional_int(
            "hold_reason",
            all(payments, |payment| match payment.state {
                PaymentState::Held(reason) => Some(reason.number().into()),
                _ => None,
            }),
        )
        .optional_text(
            "settled_on",
            all(payments, |payment| match payment.state {
                PaymentState::Settled { on } => Some(on.to_string()),
                _ => back(payment).map(|back| back.on.to_string()),
            }),
        )
        .optional_text("return_reason", all(payments, |payment| back(payment).map(|back| back.reason)))
        .optional_int(
            "released_at",
            all(payments, |payment| match payment.state {
                PaymentState::Released(_, at) => Some(at.as_micros()),
                _ => None,
            }),
        )
}

fn stored_lines(lines: &[Line]) -> Vec<u8> {
    let lines = lines.iter().map(|line| StoredLine {
        month: month_number(line.month),
        kind: line.kind.number(),
        county: county_number(line.county),
        tier: line.tier.number(),
        standard: line.standard.as_uuid().as_bytes().to_vec(),
        by_standard: line.by_standard.as_fen(),
        other_grant: line.other_grant.as_fen(),
        due: line.due.as_fen(),
        before: line.before.as_fen(),
        amount: line.amount.as_fen(),
    });
    StoredLines { lines: lines.collect() }.encode_to_vec()
}

fn lines_of(bytes: &[u8]) -> Option<Vec<Line>> {
    let stored = StoredLines::decode(bytes).ok()?;
    let lines = stored.lines.into_iter().map(|line| {
        Some(Line {
            month: month_of(line.month)?,
            kind: LineKind::from_number(line.kind)?,
            county: county_of(line.county)?,
            tier: Tier::from_number(line.tier)?,
            standard: StandardId::from_uuid(Uuid::from_slice(&line.standard).ok()?),
            by_standard: Fen::new(line.by_standard),
            other_grant: Fen::new(line.other_grant),
            due: Fen::new(line.due),
            before: Fen::new(line.before),
            amount: Fen::new(line.amount),
        })
    });
    lines.collect()
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "child_id",
            "run_id",
            "amount_fen",
            "lines",
            "state",
            "hold_reason",
            "settled_on",
            "return_reason",
            "released_at",
        ])
        .from(TABLE)
        .to_owned()
}

fn read(row: &QueryResult) -> Result<Payment, ServiceError> {
    let row = Row { table: TABLE, row };
    let lines = lines_of(&row.get::<Vec<u8>>("lines")?).ok_or_else(|| row.wrong("lines"))?;
    let on = || row.optional::<Date>("settled_on")?.ok_or_else(|| ServiceError::from(row.wrong("settled_on")));
    let back = || {
        let reason: Option<String> = row.get("return_reason")?;
        Ok::<_, ServiceError>(Return { on: on()?, reason: reason.unwrap_or_default() })
    };
    let state = match row.number("state", StateNumber::from_number)? {
        StateNumber::Accrued => PaymentState::Accrued,
        StateNumber::Held => PaymentState::Held(row.number("hold_reason", HoldReason::from_number)?),
        StateNumber::Instructed => PaymentState::Instructed,
        StateNumber::Settled => PaymentState::Settled { on: on()? },
        StateNumber::Returned => PaymentState::Returned(back()?),
        StateNumber::Released => PaymentState::Released(back()?, Instant::from_micros(row.get("released_at")?)),
        StateNumber::WrittenOff => PaymentState::WrittenOff(back()?),
    };
    Ok(Payment {
        id: row.id("id")?,
        run: row.id("run_id")?,
        child: row.id("child_id")?,
        amount: Fen::new(row.get("amount_fen")?),
        lines,
        state,
    })
}

async fn find(connection: &impl ConnectionTrait, query: &SelectStatement) -> Result<Vec<Payment>, ServiceError> {
    connection.query_all(query).await?.iter().map(read).collect()
}

/// These payments.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn load(
    connection: &impl ConnectionTrait,
    payments: &BTreeSet<PaymentId>,
) -> Result<Vec<Payment>, ServiceError> {
    if payments.is_empty() {
        return Ok(Vec::new());
    }
    let ids = payments.iter().map(|payment| payment.as_uuid());
    find(connection, select().and_where(any_uuid(connection.get_database_backend(), "id", ids))).await
}

/// All payments for these children.
///
/// # Errors
/// As [`load`].
pub async fn of_children(
    connection: &impl ConnectionTrait,
    children: &BTreeSet<ChildId>,
) -> Result<Vec<Payment>, ServiceError> {
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let ids = children.iter().map(|child| child.as_uuid());
    find(connection, select().and_where(any_uuid(connection.get_database_backend(), "child_id", ids))).await
}

/// Which payments to list.
#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    /// This run's.
    pub run: Option<PayrollRunId>,
    /// This child's.
    pub child: Option<ChildId>,
    /// Those that stand so.
    pub state: Option<StateNumber>,
    /// Those that pay for earlier months.
    pub with_arrears: bool,
}

/// Up to `limit` payments after one, by id.
///
/// # Errors
/// As [`load`].
pub async fn page(
    connection: &impl ConnectionTrait,
    filter: &PaymentFilter,
    after: Option<PaymentId>,
    limit: u64,
) -> Result<Vec<Payment>, ServiceError> {
    let mut query = select();
    if let Some(run) = filter.run {
        query.and_where(Expr::col("run_id").eq(run.as_uuid()));
    }
    if let Some(child) = filter.child {
        query.and_where(Expr::col("child_id").eq(child.as_uuid()));
    }
    if let Some(state) = filter.state {
        query.and_where(Expr::col("state").eq(state.number()));
    }
    if filter.with_arrears {
        query.and_where(Expr::col("arrears_fen").gt(0));
    }
    if let Some(after) = after {
        query.and_where(Expr::col("id").gt(after.as_uuid()));
    }
    query.order_by("id", Order::Asc).limit(limit);
    find(connection, &query).await
}

/// Payments read at once where all are.
const PART: u64 = 1_000;

/// Shows all payments of a filter, part by part, by id.
///
/// # Errors
/// As [`load`].
pub async fn each(
    connection: &impl ConnectionTrait,
    filter: &PaymentFilter,
    mut show: impl FnMut(&Payment),
) -> Result<(), ServiceError> {
    let mut after = None;
    loop {
        let part = page(connection, filter, after, PART).await?;
        part.iter().for_each(&mut show);
        after = part.last().map(|payment| payment.id);
        if (part.len() as u64) < PART {
            return Ok(());
        }
    }
}

/// How many payments of a run stand how, with their fen.
///
/// # Errors
/// As [`load`].
pub async fn counts(
    connection: &impl ConnectionTrait,
    run: PayrollRunId,
) -> Result<BTreeMap<StateNumber, (u64, Fen)>, ServiceError> {
    // PostgreSQL's sum of bigints is a numeric, which is no integer of ours.
    let query = Query::select()
        .column("state")
        .expr_as(Expr::cust("COUNT(*)"), "payments")
        .expr_as(Expr::cust("CAST(SUM(amount_fen) AS bigint)"), "fen")
        .from(TABLE)
        .and_where(Expr::col("run_id").eq(run.as_uuid()))
        .add_group_by([Expr::col("state")])
        .to_owned();
    let rows = connection.query_all(&query).await?;
    let counts = rows.iter().map(|row| {
        let row = Row { table: TABLE, row };
        let state = row.number("state", StateNumber::from_number)?;
        Ok((state, (row.count("payments")?, Fen::new(row.get("fen")?))))
    });
    counts.collect()
}

/// Payments of a run before its approval whose child has no payee, or shares the payee's account with more than `most`
/// children.
///
/// # Errors
/// As [`load`].
pub async fn without_account(
    connection: &impl ConnectionTrait,
    run: PayrollRunId,
    most: u64,
) -> Result<Vec<(PaymentId, HoldReason)>, ServiceError> {
    let of_run = || {
        Query::select()
            .column(("payment", "id"))
            .from(TABLE)
            .and_where(Expr::col(("payment", "run_id")).eq(run.as_uuid()))
            .to_owned()
    };
    let none = of_run()
        .left_join(
            "payee",
            Expr::col(("payee", "child_id"))
                .equals(("payment", "child_id"))
                .and(Expr::col(("payee", "until")).is_null()),
        )
        .and_where(Expr::col(("payee", "child_id")).is_null())
        .to_owned();
    let crowded = Query::select()
        .column("account_hash")
        .from("payee")
        .and_where(Expr::col("until").is_null())
        .add_group_by([Expr::col("account_hash")])
        .and_having(Expr::cust("COUNT(*)").gt(most))
        .to_owned();
    let shared = of_run()
        .inner_join("payee", Expr::col(("payee", "child_id")).equals(("payment", "child_id")))
        .and_where(Expr::col(("payee", "until")).is_null())
        .and_where(Expr::col(("payee", "account_hash")).in_subquery(crowded))
        .to_owned();
    let mut holds = Vec::new();
    for (query, reason) in [(none, HoldReason::NoPayee), (shared, HoldReason::SharedAccount)] {
        for row in connection.query_all(&query).await? {
            holds.push((Row { table: TABLE, row: &row }.id("id")?, reason));
        }
    }
    Ok(holds)
}

/// The payments of a run for these children.
///
/// # Errors
/// As [`load`].
pub async fn of_run_and_children(
    connection: &impl ConnectionTrait,
    run: PayrollRunId,
    children: &BTreeSet<ChildId>,
) -> Result<Vec<Payment>, ServiceError> {
    let ids = children.iter().map(|child| child.as_uuid());
    let mut query = select();
    query.and_where(Expr::col("run_id").eq(run.as_uuid())).and_where(any_uuid(
        connection.get_database_backend(),
        "child_id",
        ids,
    ));
    find(connection, &query).await
}

/// A statement that changes the state of all payments of a run that stand otherwise.
pub(super) fn move_all(
    backend: sea_orm::DbBackend,
    run: PayrollRunId,
    from: &[StateNumber],
    to: StateNumber,
) -> sea_orm::sea_query::UpdateStatement {
    Query::update()
        .table(TABLE)
        .value("state", to.number())
        .and_where(Expr::col("run_id").eq(run.as_uuid()))
        .and_where(any_int(backend, "state", from.iter().map(|state| state.number().into())))
        .to_owned()
}

/// A statement that throws a run's payments away.
pub(super) fn delete_all(run: PayrollRunId) -> sea_orm::sea_query::DeleteStatement {
    Query::delete().from_table(TABLE).and_where(Expr::col("run_id").eq(run.as_uuid())).to_owned()
}
