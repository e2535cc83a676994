//! Versions of standards.

use kernel::{Fen, Instant, Tier};
use platform::database::Rows;
use platform::error::ServiceError;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Query;

use super::row::{Row, all};
use crate::domain::{Standard, Standards};

const TABLE: &str = "standard";

/// All versions.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn load(connection: &impl ConnectionTrait) -> Result<Standards, ServiceError> {
    let columns = ["id", "tier", "area", "from_month", "monthly_fen", "legal_basis", "published_at", "previous_fen"];
    let query = Query::select().columns(columns).from(TABLE).to_owned();
    let rows = connection.query_all(&query).await?;
    let versions = rows.iter().map(|row| {
        let row = Row { table: TABLE, row };
        Ok(Standard {
            id: row.id("id")?,
            tier: row.number("tier", Tier::from_number)?,
            area: row.parsed("area")?,
            from: row.parsed("from_month")?,
            monthly: Fen::new(row.get("monthly_fen")?),
            legal_basis: row.get("legal_basis")?,
            published: Instant::from_micros(row.get("published_at")?),
            previous: row.get::<Option<i64>>("previous_fen")?.map(Fen::new),
        })
    });
    Ok(Standards::of(versions.collect::<Result<_, ServiceError>>()?))
}

/// The rows of new versions.
#[must_use]
pub fn rows(versions: &[Standard]) -> Rows {
    Rows::new(TABLE)
        .uuid("id", all(versions, |standard| standard.id.as_uuid()))
        .int("tier", all(versions, |standard| standard.tier.number().into()))
        .text("area", all(versions, |standard| standard.area.to_string()))
        .text("from_month", all(versions, |standard| standard.from.to_string()))
        .int("monthly_fen", all(versions, |standard| standard.monthly.as_fen()))
        .text("legal_basis", all(versions, |standard| standard.legal_basis.clone()))
        .int("published_at", all(versions, |standard| standard.published.as_micros()))
        .optional_int("previous_fen", all(versions, |standard| standard.previous.map(Fen::as_fen)))
}
