//! Reads a service's event log.

mod erase;

use kernel::Instant;
use platform::database::{Database, any_int};
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, Order, Query};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use crate::seal::{Cover, Hash, Hidden, NewEvent, SealedEvent};

/// The last event of a log, or the last entry of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 if there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A service's event log. It is only ever appended to, by the journal.
#[derive(Debug, Clone)]
pub struct EventLog {
    database: Database,
}

const COLUMNS: &str = "sequence, id, type, aggregate, county, occurred_at, traceparent, body, previous, hash, \
                       signature, key_id, seal, salt, commitment";

impl EventLog {
    /// The log in a service's database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    pub(crate) fn reader(&self) -> &sea_orm::DatabaseConnection {
        self.database.reader()
    }

    /// The last event.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn head(&self) -> Result<Head, ServiceError> {
        Ok(self.stand().await?.log)
    }

    /// The last event, and where the audit ends beside it.
    pub(crate) async fn stand(&self) -> Result<Stand, ServiceError> {
        stand(self.database.reader()).await
    }

    /// Up to `limit` events after a number, in order.
    ///
    /// # Errors
    /// If the database cannot be read, or a row is none that we wrote.
    pub async fn read(&self, after: u64, limit: u64) -> Result<Vec<SealedEvent>, ServiceError> {
        let reader = self.database.reader();
        let statement = Statement::from_sql_and_values(
            reader.get_database_backend(),
            format!("SELECT {COLUMNS} FROM event_log WHERE sequence > $1 ORDER BY sequence LIMIT $2"),
            [sequence_value(after), sequence_value(limit)],
        );
        let rows = reader.query_all_raw(statement).await?;
        rows.iter().map(event).collect()
    }

    /// The events of these numbers that there are, in order.
    ///
    /// # Errors
    /// As [`EventLog::read`].
    pub async fn of(&self, sequences: &[u64]) -> Result<Vec<SealedEvent>, ServiceError> {
        let reader = self.database.reader();
        let numbers = sequences.iter().map(|sequence| i64::try_from(*sequence).unwrap_or(i64::MAX));
        let query = Query::select()
            .expr(Expr::cust(COLUMNS))
            .from("event_log")
            .and_where(any_int(reader.get_database_backend(), "sequence", numbers))
            .order_by("sequence", Order::Asc)
            .to_owned();
        let rows = reader.query_all(&query).await?;
        rows.iter().map(event).collect()
    }

    /// The event of a number.
    ///
    /// # Errors
    /// As [`EventLog::read`].
    pub async fn get(&self, sequence: u64) -> Result<Option<SealedEvent>, ServiceError> {
        let events = self.read(sequence.saturating_sub(1), 1).await?;
        Ok(events.into_iter().find(|event| event.sequence == sequence))
    }
}

/// Where a service's log and its audit end, and how often its database was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    pub(crate) log: Head,
    pub(crate) audit: Head,
    pub(crate) revision: i64,
}

/// How the database stands.
pub(crate) async fn stand(connection: &impl ConnectionTrait) -> Result<Stand, ServiceError> {
    let statement = Statement::from_string(
        connection.get_database_backend(),
        "SELECT sequence, hash, audit_sequence, audit_hash, revision FROM event_log_head WHERE id = 1",
    );
    let row = connection.query_one_raw(statement).await?.ok_or_else(|| inconsistent("event_log_head", "id"))?;
    let head = |sequence, hash| {
        let hash = bytes_of(&row, "event_log_head", hash)?;
        Ok::<_, ServiceError>(Head { sequence: sequence_of(&row, sequence)?, hash })
    };
    Ok(Stand {
        log: head("sequence", "hash")?,
        audit: head("audit_sequence", "audit_hash")?,
        revision: row.try_get("", "revision")?,
    })
}

fn event(row: &QueryResult) -> Result<SealedEvent, ServiceError> {
    let name: String = row.try_get("", "type")?;
    Ok(SealedEvent {
        sequence: sequence_of(row, "sequence")?,
        previous: bytes_of(row, "event_log", "previous")?,
        hash: bytes_of(row, "event_log", "hash")?,
        signature: bytes_of(row, "event_log", "signature")?,
        key_id: row.try_get("", "key_id")?,
        cover: cover(row)?,
        event: NewEvent {
            id: row.try_get("", "id")?,
            event: contract::event::by_name(&name).ok_or_else(|| inconsistent("event_log", "type"))?,
            aggregate: row.try_get("", "aggregate")?,
            county: row.try_get("", "county")?,
            occurred_at: Instant::from_micros(row.try_get("", "occurred_at")?),
            traceparent: row.try_get("", "traceparent")?,
            body: row.try_get::<Vec<u8>>("", "body")?.into(),
        },
    })
}

fn cover(row: &QueryResult) -> Result<Cover, ServiceError> {
    let is_there = |column| row.try_get::<Option<Vec<u8>>>("", column).map(|value| value.is_some());
    let cover = match (row.try_get::<i64>("", "seal")?, is_there("salt")?, is_there("commitment")?) {
        (1, false, false) => Some(Cover::Open),
        (seal, true, false) => Cover::of_seal(seal, Hidden::Salted(bytes_of(row, "event_log", "salt")?)),
        (seal, false, true) => Cover::of_seal(seal, Hidden::Erased(bytes_of(row, "event_log", "commitment")?)),
        _ => None,
    };
    cover.ok_or_else(|| inconsistent("event_log", "seal"))
}

pub(crate) fn sequence_value(sequence: u64) -> sea_orm::Value {
    i64::try_from(sequence).unwrap_or(i64::MAX).into()
}

pub(crate) fn sequence_of(row: &QueryResult, column: &str) -> Result<u64, ServiceError> {
    let value: i64 = row.try_get("", column)?;
    u64::try_from(value).map_err(|_| inconsistent("event_log", column))
}

pub(crate) fn bytes_of<const N: usize>(row: &QueryResult, table: &str, column: &str) -> Result<[u8; N], ServiceError> {
    let value: Vec<u8> = row.try_get("", column)?;
    value.try_into().map_err(|_| inconsistent(table, column))
}

/// A row that we cannot have written.
pub(crate) fn inconsistent(table: &str, column: &str) -> ServiceError {
    ServiceError::internal(DbErr::Custom(format!("inconsistent row: {table}.{column}")))
}
