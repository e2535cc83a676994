//! Funds that counties received.

use std::collections::BTreeMap;

use kernel::{Date, Division, Fen, Tier};
use platform::database::Rows;
use platform::error::ServiceError;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};

use super::row::{Row, all};

const TABLE: &str = "funds";

/// Funds by one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funds {
    /// The year.
    pub year: i32,
    /// The county.
    pub county: Division,
    /// The tier.
    pub tier: Tier,
    /// The number of the document.
    pub reference: String,
    /// How much; negative for what was given back.
    pub amount: Fen,
    /// The day.
    pub received_on: Date,
}

/// All funds of a year.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn of_year(connection: &impl ConnectionTrait, year: i32) -> Result<Vec<Funds>, ServiceError> {
    let query = Query::select()
        .columns(["county", "tier", "reference", "amount_fen", "received_on"])
        .from(TABLE)
        .and_where(Expr::col("year").eq(year))
        .to_owned();
    let rows = connection.query_all(&query).await?;
    let funds = rows.iter().map(|row| {
        let row = Row { table: TABLE, row };
        Ok(Funds {
            year,
            county: row.parsed("county")?,
            tier: row.number("tier", Tier::from_number)?,
            reference: row.get("reference")?,
            amount: Fen::new(row.get("amount_fen")?),
            received_on: row.parsed("received_on")?,
        })
    });
    funds.collect()
}

/// What was received, by county and tier.
#[must_use]
pub fn received(funds: &[Funds]) -> BTreeMap<(Division, Tier), i64> {
    let mut received: BTreeMap<_, i64> = BTreeMap::new();
    for one in funds {
        *received.entry((one.county, one.tier)).or_default() += one.amount.as_fen();
    }
    received
}

/// The rows of new funds.
#[must_use]
pub fn rows(funds: &[Funds]) -> Rows {
    Rows::new(TABLE)
        .text("county", all(funds, |funds| funds.county.to_string()))
        .int("tier", all(funds, |funds| funds.tier.number().into()))
        .int("year", all(funds, |funds| funds.year.into()))
        .text("reference", all(funds, |funds| funds.reference.clone()))
        .int("amount_fen", all(funds, |funds| funds.amount.as_fen()))
        .text("received_on", all(funds, |funds| funds.received_on.to_string()))
}
