use std::sync::Arc;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use sea_orm::{DbErr, ExecResult, QueryResult, RuntimeErr};
use sea_query_sqlx::SqlxValues;

/// How the writing connection is made.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres(Box<PgConnectOptions>),
}

/// The writing connection. It is kept between writes: a pool asks it whether it still lives after each of them, which
/// costs a round trip.
#[derive(Debug)]
pub(super) struct Slot {
    target: Target,
    connection: Option<Connection>,
    /// What was begun on the connection may not have ended.
    uncertain: bool,
}

#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Slot {
    /// The connection is made by the first write: it belongs to the thread that made it.
    pub(super) fn new(target: Target) -> Self {
        Self { target, connection: None, uncertain: false }
    }

    /// Makes the connection anew if the last write failed: whatever it had begun ends with the old one.
    pub(super) async fn begin(&mut self) -> Result<(), DbErr> {
        if self.uncertain {
            self.connection = None;
        }
        if self.connection.is_none() {
            self.connection = Some(Connection::open(&self.target).await?);
            self.uncertain = false;
        }
        Ok(())
    }

    /// The connection of the write that began.
    pub(super) fn connection(&mut self) -> Result<&mut Connection, DbErr> {
        self.connection.as_mut().ok_or_else(|| DbErr::Conn(RuntimeErr::Internal("no write began".to_owned())))
    }

    /// The connection may be broken, or in the middle of something: unless it is trusted again, the next write gets another.
    pub(super) fn doubt(&mut self) {
        self.uncertain = true;
    }

    /// All that was begun on the connection has ended.
    pub(super) fn trust(&mut self) {
        self.uncertain = false;
    }

    pub(super) async fn close(&mut self) -> Result<(), DbErr> {
        match self.connection.take() {
            Some(connection) => connection.close().await,
            None => Ok(()),
        }
    }
}

impl Connection {
    pub(super) async fn open(target: &Target) -> Result<Self, DbErr> {
        let opened = match target {
            Target::Sqlite(options) => options.connect().await.map(|connection| Self::Sqlite(Box::new(connection))),
            Target::Postgres(options) => options.connect().await.map(|connection| Self::Postgres(Box::new(connection))),
        };
        opened.map_err(connection_failed)
    }

    pub(super) async fn close(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        }
        .map_err(connection_failed)
    }

    pub(super) async fn execute(&mut self, sql: &str, values: SqlxValues) -> Result<ExecResult, DbErr> {
        let query = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(connection) => {
                sqlx::query_with(query, values).execute(&mut **connection).await.map(ExecResult::from)
            }
            Self::Postgres(connection) => {
                sqlx::query_with(query, values).execute(&mut **connection).await.map(ExecResult::from)
            }
        }
        .map_err(exec_failed)
    }

    pub(super) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(connection) => connection.execute(AssertSqlSafe(sql)).await.map(ExecResult::from),
            Self::Postgres(connection) => connection.execute(AssertSqlSafe(sql)).await.map(ExecResult::from),
        }
        .map_err(exec_failed)
    }

    pub(super) async fn query(&mut self, sql: &str, values: SqlxValues) -> Result<Vec<QueryResult>, DbErr> {
        let query = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(connection) => {
                let rows = sqlx::query_with(query, values).fetch_all(&mut **connection).await;
                rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
            }
            Self::Postgres(connection) => {
                let rows = sqlx::query_with(query, values).fetch_all(&mut **connection).await;
                rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
            }
        }
        .map_err(query_failed)
    }
}

pub(super) fn connection_failed(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

fn exec_failed(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

fn query_failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
