//! Policy years, and the children on their lists.

use std::collections::BTreeSet;

use kernel::{ChildId, Division, Fen, Month, PolicyYearId};
use messaging::journal::Aggregate;
use platform::database::{Rows, any_uuid};
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

use super::row::{Row, all};

const TABLE: &str = "policy_year";
const INSURED: &str = "insured";

/// One year of the insurance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyYear {
    /// The policy year.
    pub id: PolicyYearId,
    /// The year.
    pub year: i32,
    /// The insurer.
    pub insurer: String,
    /// For a child.
    pub premium: Fen,
    /// The month in which a child is due basic living to be on the list.
    pub eligible: Month,
}

/// A child on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insured {
    /// The year.
    pub year: i32,
    /// The child.
    pub child: ChildId,
    /// The county.
    pub county: Division,
    /// What became of it.
    pub outcome: Option<Outcome>,
}

/// What became of a child on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The insurer took it.
    Enrolled,
    /// It refused it, for this reason.
    Refused(String),
}

const ENROLLED: i64 = 1;
const REFUSED: i64 = 2;

impl Aggregate for Insured {
    type Id = (i32, ChildId);

    fn id(&self) -> (i32, ChildId) {
        (self.year, self.child)
    }
}

/// The policy year of a year.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn policy_year(connection: &impl ConnectionTrait, year: i32) -> Result<Option<PolicyYear>, ServiceError> {
    let query = Query::select()
        .columns(["id", "insurer", "premium_fen", "eligible_month"])
        .from(TABLE)
        .and_where(Expr::col("year").eq(year))
        .to_owned();
    let row = connection.query_one(&query).await?;
    let policy = row.map(|row| {
        let row = Row { table: TABLE, row: &row };
        Ok::<_, ServiceError>(PolicyYear {
            id: row.id("id")?,
            year,
            insurer: row.get("insurer")?,
            premium: Fen::new(row.get("premium_fen")?),
            eligible: row.parsed("eligible_month")?,
        })
    });
    policy.transpose()
}

/// The rows of policy years.
#[must_use]
pub fn policy_rows(policies: &[PolicyYear]) -> Rows {
    Rows::new(TABLE)
        .uuid("id", all(policies, |policy| policy.id.as_uuid()))
        .int("year", all(policies, |policy| policy.year.into()))
        .text("insurer", all(policies, |policy| policy.insurer.clone()))
        .int("premium_fen", all(policies, |policy| policy.premium.as_fen()))
        .text("eligible_month", all(policies, |policy| policy.eligible.to_string()))
}

/// The rows of children on lists.
#[must_use]
pub fn rows(insured: &[&Insured]) -> Rows {
    let number = |insured: &&Insured| match &insured.outcome {
        None => None,
        Some(Outcome::Enrolled) => Some(ENROLLED),
        Some(Outcome::Refused(_)) => Some(REFUSED),
    };
    let reason = |insured: &&Insured| match &insured.outcome {
        Some(Outcome::Refused(reason)) => Some(reason.clone()),
        _ => None,
    };
    Rows::new(INSURED)
        .int("year", all(insured, |insured| insured.year.into()))
        .uuid("child_id", all(insured, |insured| insured.child.as_uuid()))
        .text("county", all(insured, |insured| insured.county.to_string()))
        .optional_int("outcome", all(insured, number))
        .optional_text("reason", all(insured, reason))
}

fn select(year: i32) -> SelectStatement {
    Query::select()
        .columns(["child_id", "county", "outcome", "reason"])
        .from(INSURED)
        .and_where(Expr::col("year").eq(year))
        .to_owned()
}

fn read(year: i32, row: &QueryResult) -> Result<Insured, ServiceError> {
    let row = Row { table: INSURED, row };
    let outcome = match row.get::<Option<i64>>("outcome")? {
        None => None,
        Some(ENROLLED) => Some(Outcome::Enrolled),
        Some(REFUSED) => Some(Outcome::Refused(row.get::<Option<String>>("reason")?.unwrap_or_default())),
        Some(_) => return Err(row.wrong("outcome").into()),
    };
    Ok(Insured { year, child: row.id("child_id")?, county: row.parsed("county")?, outcome })
}

/// These children of a year's list.
///
/// # Errors
/// As [`policy_year`].
pub async fn load(
    connection: &impl ConnectionTrait,
    year: i32,
    children: &BTreeSet<ChildId>,
) -> Result<Vec<Insured>, ServiceError> {
    let ids = children.iter().map(|child| child.as_uuid());
    let query = select(year).and_where(any_uuid(connection.get_database_backend(), "child_id", ids)).to_owned();
    connection.query_all(&query).await?.iter().map(|row| read(year, row)).collect()
}

/// Up to `limit` children of a year's list after one.
///
/// # Errors
/// As [`policy_year`].
pub async fn page(
    connection: &impl ConnectionTrait,
    year: i32,
    after: Option<ChildId>,
    limit: u64,
) -> Result<Vec<Insured>, ServiceError> {
    let mut query = select(year);
    if let Some(after) = after {
        query.and_where(Expr::col("child_id").gt(after.as_uuid()));
    }
    query.order_by("child_id", Order::Asc).limit(limit);
    connection.query_all(&query).await?.iter().map(|row| read(year, row)).collect()
}

/// Children of a year's list: all, those whom the insurer took, those whom it refused.
///
/// # Errors
/// As [`policy_year`].
pub async fn counts(connection: &impl ConnectionTrait, year: i32) -> Result<[u64; 3], ServiceError> {
    let query = Query::select()
        .column("outcome")
        .expr_as(Expr::cust("COUNT(*)"), "children")
        .from(INSURED)
        .and_where(Expr::col("year").eq(year))
        .add_group_by([Expr::col("outcome")])
        .to_owned();
    let mut counts = [0; 3];
    for row in connection.query_all(&query).await? {
        let row = Row { table: INSURED, row: &row };
        let children = row.count("children")?;
        counts[0] += children;
        match row.get::<Option<i64>>("outcome")? {
            Some(ENROLLED) => counts[1] += children,
            Some(REFUSED) => counts[2] += children,
            _ => {}
        }
    }
    Ok(counts)
}
