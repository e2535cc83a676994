use contract::event::{EventType, by_name};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, QueryResult, Statement};
use uuid::Uuid;

use super::City;

/// One sealed event of a service's log, as its database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// From 1, without gaps.
    pub sequence: u64,
    /// The event.
    pub id: Uuid,
    /// `registry.child.registered`.
    pub kind: String,
    /// The entity that it is about.
    pub aggregate: Uuid,
    /// Six digits.
    pub county: String,
    /// The message.
    pub body: Vec<u8>,
    /// The chain's hash up to this event.
    pub hash: Vec<u8>,
    /// What it said was erased.
    pub is_erased: bool,
}

impl LoggedEvent {
    /// Its type in the contract.
    ///
    /// # Panics
    /// If the contract has no such type.
    #[must_use]
    pub fn event_type(&self) -> &'static EventType {
        by_name(&self.kind).expect("the log holds events of the contract only")
    }

    /// The subject under which everyone gets it.
    #[must_use]
    pub fn subject(&self) -> String {
        contract::subject::event(self.event_type(), &self.county)
    }
}

impl FromQueryResult for LoggedEvent {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let sequence: i64 = row.try_get(prefix, "sequence")?;
        Ok(Self {
            sequence: sequence.try_into().expect("sequences are positive"),
            id: row.try_get(prefix, "id")?,
            kind: row.try_get(prefix, "type")?,
            aggregate: row.try_get(prefix, "aggregate")?,
            county: row.try_get(prefix, "county")?,
            body: row.try_get(prefix, "body")?,
            hash: row.try_get(prefix, "hash")?,
            is_erased: row.try_get::<Option<Vec<u8>>>(prefix, "commitment")?.is_some(),
        })
    }
}

impl City {
    /// The registry's database, looked into from outside.
    pub async fn registry_database(&self) -> DatabaseConnection {
        self.database.open("registry").await
    }

    /// The registry's whole event log.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn event_log(&self) -> Vec<LoggedEvent> {
        let database = self.registry_database().await;
        let sql =
            "SELECT sequence, id, type, aggregate, county, body, hash, commitment FROM event_log ORDER BY sequence";
        let statement = Statement::from_string(database.get_database_backend(), sql);
        let rows = database.query_all_raw(statement).await.expect("the event log can be read");
        let events = rows.iter().map(|row| LoggedEvent::from_query_result(row, "").expect("a row of the event log"));
        let events = events.collect();
        database.close().await.expect("an idle connection closes");
        events
    }
}
