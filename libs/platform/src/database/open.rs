use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};

use crate::config::DatabaseConfig;

/// Which SQL a statement must speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL, one schema for each service.
    Postgres,
}

/// A service's database.
#[derive(Debug, Clone)]
pub struct Database {
    service: String,
    dialect: Dialect,
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The directory of the database cannot be made.
    #[error("cannot make the directory {path} for the database")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database does not answer, or refuses.
    #[error("cannot open the database of {service}: check that it runs and that database.url is right")]
    Open {
        /// The service.
        service: String,
        /// What the database says.
        source: DbErr,
    },
}

impl Database {
    /// Opens a service's database and makes it if there is none.
    ///
    /// SQLite lies at `<data_directory>/databases/<service>.db`; PostgreSQL has a schema named
    /// after the service.
    ///
    /// # Errors
    /// If it cannot be reached or made.
    pub async fn open(config: &DatabaseConfig, service: &str, data_directory: &Path) -> Result<Self, DatabaseError> {
        let opened = match &config.url {
            Some(url) => open_postgres(url, service, config.read_connections).await,
            None => {
                let directory = data_directory.join("databases");
                std::fs::create_dir_all(&directory)
                    .map_err(|source| DatabaseError::Directory { path: directory.clone(), source })?;
                open_sqlite(&directory.join(format!("{service}.db")), config.read_connections).await
            }
        };
        let (dialect, writer, reader) =
            opened.map_err(|source| DatabaseError::Open { service: service.to_owned(), source })?;
        Ok(Self { service: service.to_owned(), dialect, reader, writer })
    }

    /// The service whose database it is.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Which SQL it speaks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Connections for reading.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// The one connection for writing, for migrations.
    pub(super) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a write. There is one at a time; others wait.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let immediate = match self.dialect {
            // A deferred transaction that reads, then writes, fails at once under contention.
            Dialect::Sqlite => Some(SqliteTransactionMode::Immediate),
            Dialect::Postgres => None,
        };
        self.writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: immediate,
                ..TransactionOptions::default()
            })
            .await
    }

    /// Closes all connections.
    pub async fn close(self) {
        for connection in [self.reader, self.writer] {
            if let Err(error) = connection.close().await {
                tracing::warn!(service = self.service, %error, "a database connection did not close");
            }
        }
    }
}

type Opened = (Dialect, DatabaseConnection, DatabaseConnection);

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .connect_timeout(Duration::from_secs(10))
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None);
    options
}

async fn open_sqlite(file: &Path, read_connections: u32) -> Result<Opened, DbErr> {
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let mut write = options(&url, 1);
    write.map_sqlx_sqlite_opts(|options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            // An answered write survives a power failure.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200)
    });
    let writer = sea_orm::Database::connect(write).await?;
    let mut read = options(&url, read_connections);
    read.map_sqlx_sqlite_opts(|options| {
        options.read_only(true).busy_timeout(Duration::from_secs(10)).statement_cache_capacity(200)
    });
    let reader = sea_orm::Database::connect(read).await?;
    Ok((Dialect::Sqlite, writer, reader))
}

async fn open_postgres(url: &str, service: &str, read_connections: u32) -> Result<Opened, DbErr> {
    let mut write = options(url, 1);
    write.set_schema_search_path(service).set_application_name(format!("hutong {service} writer"));
    let writer = sea_orm::Database::connect(write).await?;
    writer.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS \"{service}\"")).await?;
    let mut read = options(url, read_connections);
    read.set_schema_search_path(service).set_application_name(format!("hutong {service} reader"));
    let reader = sea_orm::Database::connect(read).await?;
    Ok((Dialect::Postgres, writer, reader))
}
