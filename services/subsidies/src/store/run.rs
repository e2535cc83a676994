//! Runs of the payroll.

use std::collections::BTreeSet;

use kernel::{Fen, Instant, Month, PayrollRunId, Tier};
use messaging::journal::Aggregate;
use platform::database::{Rows, any_uuid};
use platform::error::ServiceError;
use prost::Message;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

use super::row::{InconsistentRow, Row, all, county_number, county_of, int};
use crate::domain::run::{CountyTotal, Finding, FindingKind, Progress, Run, RunState, Totals};

const TABLE: &str = "payroll_run";

const COLUMNS: [&str; 17] = [
    "id",
    "revision",
    "month",
    "state",
    "known_at",
    "rules",
    "opened_by",
    "opened_at",
    "approved_by",
    "approved_at",
    "reconciled_at",
    "cancelled",
    "after_child",
    "children",
    "payments",
    "totals",
    "findings",
];

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredTotals {
    #[prost(message, repeated, tag = "1")]
    totals: Vec<StoredTotal>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message)]
struct StoredTotal {
    #[prost(uint32, tag = "1")]
    county: u32,
    #[prost(int32, tag = "2")]
    tier: i32,
    #[prost(uint64, tag = "3")]
    children: u64,
    #[prost(int64, tag = "4")]
    current: i64,
    #[prost(int64, tag = "5")]
    arrears: i64,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredFindings {
    #[prost(message, repeated, tag = "1")]
    findings: Vec<StoredFinding>,
}

#[derive(Clone, Copy, PartialEq, Eq, Message)]
struct StoredFinding {
    #[prost(int32, tag = "1")]
    kind: i32,
    #[prost(uint32, tag = "2")]
    county: u32,
    #[prost(int64, tag = "3")]
    now: i64,
    #[prost(int64, tag = "4")]
    compared: i64,
}

impl Aggregate for Run {
    type Id = PayrollRunId;

    fn id(&self) -> PayrollRunId {
        self.id
    }
}

/// The rows of runs.
#[must_use]
pub fn rows(runs: &[&Run]) -> Rows {
    let approved = |run: &&Run| run.approved.clone();
    Rows::new(TABLE)
        .uuid("id", all(runs, |run| run.id.as_uuid()))
        .int("revision", all(runs, |run| run.revision.into()))
        .text("month", all(runs, |run| run.month.to_string()))
        .int("state", all(runs, |run| run.state.number().into()))
        .int("known_at", all(runs, |run| run.known.as_micros()))
        .text("rules", all(runs, |run| run.rules.to_string()))
        .text("opened_by", all(runs, |run| run.opened.0.clone()))
        .int("opened_at", all(runs, |run| run.opened.1.as_micros()))
        .optional_text("approved_by", all(runs, |run| approved(run).map(|(by, _)| by)))
        .optional_int("approved_at", all(runs, |run| approved(run).map(|(_, at)| at.as_micros())))
        .optional_int("reconciled_at", all(runs, |run| run.reconciled.map(Instant::as_micros)))
        .optional_text("cancelled", all(runs, |run| run.cancelled.clone()))
        .optional_uuid("after_child", all(runs, |run| run.progress.after.map(kernel::Id::as_uuid)))
        .int("children", all(runs, |run| int(run.progress.children)))
        .int("payments", all(runs, |run| int(run.progress.payments)))
        .blob("totals", all(runs, |run| stored_totals(&run.totals)))
        .blob("findings", all(runs, |run| stored_findings(&run.findings)))
}

fn stored_totals(totals: &Totals) -> Vec<u8> {
    let totals = totals.iter().map(|((county, tier), total)| StoredTotal {
        county: county_number(*county),
        tier: tier.number(),
        children: total.children,
        current: total.current,
        arrears: total.arrears,
    });
    StoredTotals { totals: totals.collect() }.encode_to_vec()
}

fn stored_findings(findings: &[Finding]) -> Vec<u8> {
    let findings = findings.iter().map(|finding| StoredFinding {
        kind: finding.kind as i32,
        county: county_number(finding.county),
        now: finding.now.as_fen(),
        compared: finding.compared.as_fen(),
    });
    StoredFindings { findings: findings.collect() }.encode_to_vec()
}

fn totals_of(bytes: &[u8]) -> Option<Totals> {
    let stored = StoredTotals::decode(bytes).ok()?;
    let totals = stored.totals.into_iter().map(|total| {
        let StoredTotal { county, tier, children, current, arrears } = total;
        Some(((county_of(county)?, Tier::from_number(tier)?), CountyTotal { children, current, arrears }))
    });
    totals.collect()
}

fn findings_of(bytes: &[u8]) -> Option<Vec<Finding>> {
    let stored = StoredFindings::decode(bytes).ok()?;
    let findings = stored.findings.into_iter().map(|finding| {
        let kind = match finding.kind {
            1 => FindingKind::SumJumped,
            2 => FindingKind::BudgetShort,
            _ => return None,
        };
        let (now, compared) = (Fen::new(finding.now), Fen::new(finding.compared));
        Some(Finding { kind, county: county_of(finding.county)?, now, compared })
    });
    findings.collect()
}

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(TABLE).to_owned()
}

fn read(row: &QueryResult) -> Result<Run, ServiceError> {
    let row = Row { table: TABLE, row };
    let wrong = |column| InconsistentRow { table: TABLE, column };
    let instant = |column| Ok::<_, ServiceError>(row.get::<Option<i64>>(column)?.map(Instant::from_micros));
    let approved_by: Option<String> = row.get("approved_by")?;
    Ok(Run {
        id: row.id("id")?,
        revision: u32::try_from(row.count("revision")?).map_err(|_| wrong("revision"))?,
        month: row.parsed("month")?,
        state: row.number("state", RunState::from_number)?,
        known: Instant::from_micros(row.get("known_at")?),
        rules: row.parsed("rules")?,
        opened: (row.get("opened_by")?, Instant::from_micros(row.get("opened_at")?)),
        approved: approved_by.zip(instant("approved_at")?),
        reconciled: instant("reconciled_at")?,
        cancelled: row.get("cancelled")?,
        progress: Progress {
            after: row.get::<Option<uuid::Uuid>>("after_child")?.map(kernel::Id::from_uuid),
            children: row.count("children")?,
            payments: row.count("payments")?,
        },
        totals: totals_of(&row.get::<Vec<u8>>("totals")?).ok_or_else(|| wrong("totals"))?,
        findings: findings_of(&row.get::<Vec<u8>>("findings")?).ok_or_else(|| wrong("findings"))?,
    })
}

/// These runs.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn load(connection: &impl ConnectionTrait, runs: &BTreeSet<PayrollRunId>) -> Result<Vec<Run>, ServiceError> {
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let ids = runs.iter().map(|run| run.as_uuid());
    let query = select().and_where(any_uuid(connection.get_database_backend(), "id", ids)).to_owned();
    connection.query_all(&query).await?.iter().map(read).collect()
}

/// All runs, oldest first: one a month, and those that were given up.
///
/// # Errors
/// As [`load`].
pub async fn all_runs(connection: &impl ConnectionTrait) -> Result<Vec<Run>, ServiceError> {
    let query = select().order_by("id", Order::Asc).to_owned();
    connection.query_all(&query).await?.iter().map(read).collect()
}

/// The run of a month that was not given up.
///
/// # Errors
/// As [`load`].
pub async fn of_month(connection: &impl ConnectionTrait, month: Month) -> Result<Option<Run>, ServiceError> {
    let query = select()
        .and_where(Expr::col("month").eq(month.to_string()))
        .and_where(Expr::col("state").ne(RunState::Cancelled.number()))
        .to_owned();
    connection.query_one(&query).await?.as_ref().map(read).transpose()
}
