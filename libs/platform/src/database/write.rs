use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, StatementBuilder};
use sea_query_sqlx::SqlxValues;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::Rows;
use super::bulk::{as_one_statement, as_script};
use super::writer::Slot;

/// One write: all of it is committed, or nothing.
///
/// Round trips are what a small write costs, so that it has two phases. First it reads, outside of any transaction. What
/// it writes is kept back until the commit and sent with one message. Another process may have written in between: a
/// write that builds on what it read must [`Rows::advance`] a counter, which fails the commit if somebody else did so
/// first.
#[derive(Debug)]
pub struct Write {
    backend: DbBackend,
    slot: Mutex<OwnedMutexGuard<Slot>>,
    first: Vec<Statement>,
    later: Vec<Rows>,
    last: Vec<Statement>,
}

impl Write {
    pub(super) async fn begin(backend: DbBackend, mut slot: OwnedMutexGuard<Slot>) -> Result<Self, DbErr> {
        slot.begin().await?;
        Ok(Self { backend, slot: Mutex::new(slot), first: Vec::new(), later: Vec::new(), last: Vec::new() })
    }

    /// A statement that the commit carries out before it writes rows.
    pub fn first(&mut self, statement: &impl StatementBuilder) {
        self.first.push(self.backend.build(statement));
    }

    /// A statement that the commit carries out after all else: what it removes is gone, whoever writes it in the same commit.
    pub fn last(&mut self, statement: &impl StatementBuilder) {
        self.last.push(self.backend.build(statement));
    }

    /// Keeps rows for the commit.
    pub(super) fn later(&mut self, rows: Rows) {
        if !rows.is_empty() {
            self.later.push(rows);
        }
    }

    /// Writes what was kept back, all or nothing.
    ///
    /// # Errors
    /// If a row breaks a constraint or a counter had moved, or if the database fails.
    pub async fn commit(mut self) -> Result<(), DbErr> {
        let slot = self.slot.get_mut();
        slot.doubt();
        match self.backend {
            DbBackend::Postgres => {
                let connection = slot.connection()?;
                // One statement is a transaction by itself.
                let alone = self.first.is_empty() && self.last.is_empty();
                if !alone {
                    connection.execute_unprepared("BEGIN").await?;
                }
                for mut statement in self.first {
                    let values = values_of(&mut statement);
                    connection.execute(&statement.sql, values).await?;
                }
                if let Some((sql, values)) = as_one_statement(self.later) {
                    connection.execute(&sql, SqlxValues(values)).await?;
                }
                for mut statement in self.last {
                    let values = values_of(&mut statement);
                    connection.execute(&statement.sql, values).await?;
                }
                if !alone {
                    connection.execute_unprepared("COMMIT").await?;
                }
            }
            _ => {
                // A deferred transaction that reads, then writes, fails at once under contention.
                let mut script = "BEGIN IMMEDIATE; ".to_owned();
                let mut values = Vec::new();
                for mut statement in self.first {
                    values.extend(values_of(&mut statement).0);
                    script.push_str(&statement.sql);
                    script.push_str("; ");
                }
                let (rows, more) = as_script(self.later);
                values.extend(more);
                script.push_str(&rows);
                for mut statement in self.last {
                    values.extend(values_of(&mut statement).0);
                    script.push_str(&statement.sql);
                    script.push_str("; ");
                }
                script.push_str("COMMIT");
                let values = SqlxValues(sea_orm::sea_query::Values(values));
                slot.connection()?.execute(&script, values).await?;
            }
        }
        slot.trust();
        Ok(())
    }
}

fn values_of(statement: &mut Statement) -> SqlxValues {
    SqlxValues(statement.values.take().unwrap_or(sea_orm::sea_query::Values(Vec::new())))
}

/// Reads. What is written goes through [`Rows`] or [`Write::first`].
#[async_trait::async_trait]
impl ConnectionTrait for Write {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(writes_later())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(writes_later())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, mut statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let values = values_of(&mut statement);
        let mut slot = self.slot.lock().await;
        let rows = slot.connection()?.query(&statement.sql, values).await;
        if rows.is_err() {
            slot.doubt();
        }
        rows
    }
}

fn writes_later() -> DbErr {
    DbErr::Custom("a write reads first: what it writes goes through Rows or Write::first".to_owned())
}
