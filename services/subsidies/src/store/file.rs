//! What was learnt of children, one row a child.

use std::collections::BTreeSet;

use kernel::{CategoryRecordId, ChildId, Fen, Instant, Tier};
use messaging::journal::Aggregate;
use platform::database::{Rows, any_uuid};
use platform::error::ServiceError;
use prost::Message;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::row::{InconsistentRow, Row, all, county_number, county_of, day_number, day_of, month_number, month_of};
use crate::domain::file::{ChildFile, Fact, Learnt, OtherGrant};

const TABLE: &str = "child_file";

/// What was learnt of a child, as it lies in the database.
#[derive(Clone, PartialEq, Eq, Message)]
struct StoredFacts {
    #[prost(message, repeated, tag = "1")]
    facts: Vec<StoredFact>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredFact {
    #[prost(int64, tag = "1")]
    at: i64,
    #[prost(enumeration = "Kind", tag = "2")]
    kind: i32,
    #[prost(bytes = "vec", tag = "3")]
    record: Vec<u8>,
    #[prost(int32, tag = "4")]
    tier: i32,
    #[prost(int32, tag = "5")]
    from: i32,
    #[prost(int32, optional, tag = "6")]
    until: Option<i32>,
    #[prost(uint32, tag = "7")]
    county: u32,
    #[prost(uint32, tag = "8")]
    from_county: u32,
    #[prost(int32, tag = "9")]
    day: i32,
    #[prost(int64, tag = "10")]
    fen: i64,
    #[prost(string, tag = "11")]
    source: String,
}

/// The numbers are the table's own and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
enum Kind {
    None = 0,
    Registered = 1,
    Moved = 2,
    Confirmed = 3,
    Ended = 4,
    Closed = 5,
    OtherGrant = 6,
}

impl Aggregate for ChildFile {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.child
    }
}

fn stored(learnt: &Learnt) -> StoredFact {
    let fact = StoredFact { at: learnt.at.as_micros(), ..StoredFact::default() };
    match &learnt.fact {
        Fact::Registered { county } => {
            StoredFact { kind: Kind::Registered.into(), county: county_number(*county), ..fact }
        }
        Fact::Moved { from, to, on } => StoredFact {
            kind: Kind::Moved.into(),
            county: county_number(*to),
            from_county: county_number(*from),
            day: day_number(*on),
            ..fact
        },
        Fact::Confirmed { record, tier, from } => StoredFact {
            kind: Kind::Confirmed.into(),
            record: record.as_uuid().as_bytes().to_vec(),
            tier: tier.number(),
            from: month_number(*from),
            ..fact
        },
        Fact::Ended { record, until } => StoredFact {
            kind: Kind::Ended.into(),
            record: record.as_uuid().as_bytes().to_vec(),
            until: Some(month_number(*until)),
            ..fact
        },
        Fact::Closed { on } => StoredFact { kind: Kind::Closed.into(), day: day_number(*on), ..fact },
        Fact::OtherGrant(OtherGrant { monthly, from, until, source }) => StoredFact {
            kind: Kind::OtherGrant.into(),
            from: month_number(*from),
            until: until.map(month_number),
            fen: monthly.as_fen(),
            source: source.clone(),
            ..fact
        },
    }
}

fn learnt(stored: StoredFact) -> Option<Learnt> {
    let record = |bytes: &[u8]| Uuid::from_slice(bytes).ok().map(CategoryRecordId::from_uuid);
    let fact = match stored.kind() {
        Kind::None => return None,
        Kind::Registered => Fact::Registered { county: county_of(stored.county)? },
        Kind::Moved => {
            Fact::Moved { from: county_of(stored.from_county)?, to: county_of(stored.county)?, on: day_of(stored.day)? }
        }
        Kind::Confirmed => Fact::Confirmed {
            record: record(&stored.record)?,
            tier: Tier::from_number(stored.tier)?,
            from: month_of(stored.from)?,
        },
        Kind::Ended => Fact::Ended { record: record(&stored.record)?, until: month_of(stored.until?)? },
        Kind::Closed => Fact::Closed { on: day_of(stored.day)? },
        Kind::OtherGrant => Fact::OtherGrant(OtherGrant {
            monthly: Fen::new(stored.fen),
            from: month_of(stored.from)?,
            until: match stored.until {
                None => None,
                Some(until) => Some(month_of(until)?),
            },
            source: stored.source,
        }),
    };
    Some(Learnt { at: Instant::from_micros(stored.at), fact })
}

/// The rows of files.
#[must_use]
pub fn rows(files: &[&ChildFile]) -> Rows {
    Rows::new(TABLE)
        .uuid("id", all(files, |file| file.child.as_uuid()))
        .blob(
            "facts",
            all(files, |file| StoredFacts { facts: file.learnt.iter().map(stored).collect() }.encode_to_vec()),
        )
        .int("changed_at", all(files, |file| file.changed.as_micros()))
}

fn select() -> SelectStatement {
    Query::select().columns(["id", "facts", "changed_at"]).from(TABLE).to_owned()
}

fn read(row: &QueryResult) -> Result<ChildFile, ServiceError> {
    let row = Row { table: TABLE, row };
    let wrong = || InconsistentRow { table: TABLE, column: "facts" };
    let facts = StoredFacts::decode(row.get::<Vec<u8>>("facts")?.as_slice()).map_err(|_| wrong())?;
    Ok(ChildFile {
        child: row.id("id")?,
        learnt: facts.facts.into_iter().map(learnt).collect::<Option<_>>().ok_or_else(wrong)?,
        changed: Instant::from_micros(row.get("changed_at")?),
    })
}

/// These files, as far as there are some.
///
/// # Errors
/// If the database fails, or holds what we cannot have written.
pub async fn load(
    connection: &impl ConnectionTrait,
    children: &BTreeSet<ChildId>,
) -> Result<Vec<ChildFile>, ServiceError> {
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let ids = children.iter().map(|child| child.as_uuid());
    let query = select().and_where(any_uuid(connection.get_database_backend(), "id", ids)).to_owned();
    connection.query_all(&query).await?.iter().map(read).collect()
}

/// Up to `limit` files after a child, by id.
///
/// # Errors
/// As [`load`].
pub async fn page(
    connection: &impl ConnectionTrait,
    after: Option<ChildId>,
    limit: u64,
) -> Result<Vec<ChildFile>, ServiceError> {
    let mut query = select();
    if let Some(after) = after {
        query.and_where(Expr::col("id").gt(after.as_uuid()));
    }
    query.order_by("id", Order::Asc).limit(limit);
    connection.query_all(&query).await?.iter().map(read).collect()
}

/// How many files there are.
///
/// # Errors
/// If the database fails.
pub async fn count(connection: &impl ConnectionTrait) -> Result<u64, ServiceError> {
    let query = Query::select().expr_as(Expr::cust("COUNT(*)"), "files").from(TABLE).to_owned();
    let row = connection.query_one(&query).await?;
    row.map_or(Ok(0), |row| Row { table: TABLE, row: &row }.count("files"))
}

/// Children of whom something changed after an instant.
///
/// # Errors
/// If the database fails.
pub async fn changed_since(
    connection: &impl ConnectionTrait,
    known: Instant,
) -> Result<BTreeSet<ChildId>, ServiceError> {
    let query =
        Query::select().column("id").from(TABLE).and_where(Expr::col("changed_at").gt(known.as_micros())).to_owned();
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| Row { table: TABLE, row }.id("id")).collect()
}
