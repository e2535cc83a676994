use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    TransactionTrait as _,
};
use tokio::sync::Mutex;

use super::Write;
use super::writer::{Connection, Slot, Target, connection_failed};
use crate::config::DatabaseConfig;

/// How long connections may take to close.
const CLOSES_WITHIN: Duration = Duration::from_secs(3);

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
    writer: Arc<Mutex<Slot>>,
    url: String,
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
        let Opened { dialect, url, writer, reader } =
            opened.map_err(|source| DatabaseError::Open { service: service.to_owned(), source })?;
        Ok(Self { service: service.to_owned(), dialect, reader, writer: Arc::new(Mutex::new(writer)), url })
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

    /// A reading of one moment: several statements see the same state.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        match self.dialect {
            Dialect::Postgres => {
                let (level, mode) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
                self.reader.begin_with_config(Some(level), Some(mode)).await
            }
            // A reading transaction of SQLite is one moment by itself.
            Dialect::Sqlite => self.reader.begin().await,
        }
    }

    /// A connection for migrations, which sea-orm runs on connections of its own alone. To be closed.
    pub(super) async fn for_migrations(&self) -> Result<DatabaseConnection, DbErr> {
        let mut options = options(&self.url, 1);
        if self.dialect == Dialect::Postgres {
            options.set_schema_search_path(&self.service);
        }
        sea_orm::Database::connect(options).await
    }

    /// Begins a write. There is one at a time; others wait.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn begin(&self) -> Result<Write, DbErr> {
        let slot = Arc::clone(&self.writer).lock_owned().await;
        Write::begin(self.dialect.backend(), slot).await
    }

    /// Closes all connections. A server that has gone does not hold us up.
    pub async fn close(self) {
        let both = async { (self.reader.close().await, self.writer.lock().await.close().await) };
        match tokio::time::timeout(CLOSES_WITHIN, both).await {
            Ok((Ok(()), Ok(()))) => {}
            Ok((Err(error), _) | (_, Err(error))) => {
                tracing::warn!(service = self.service, %error, "a database connection did not close");
            }
            Err(_) => tracing::warn!(service = self.service, "the database's connections did not close in time"),
        }
    }
}

impl Dialect {
    fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }
}

/// KiB (negative) of pages that SQLite's writer keeps: keyed hashes are written all over their indexes, and each page that
/// was forgotten is read again.
const WRITER_CACHE: &str = "-32000";

/// Pages in the write-ahead log before they are copied into the file. A page that many commits change is then copied once;
/// with SQLite's own 1,000 an import into 200,000 files spends more than half of its time on copies.
const CHECKPOINT_PAGES: &str = "8000";

/// How a reader's statements are planned. They are small and many, so that to compile one takes longer than to run it. A
/// row that an index names is in memory or on a disk that does not spin: PostgreSQL's own price for it is a spinning
/// disk's, and makes it walk through whole tables with several processes for the first page of a list.
const READING: [(&str, &str); 2] = [("jit", "off"), ("random_page_cost", "1.1")];

struct Opened {
    dialect: Dialect,
    url: String,
    writer: Slot,
    reader: DatabaseConnection,
}

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
    let write = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An answered write survives a power failure.
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(200)
        .disable_statement_logging();
    let target = Target::Sqlite(Box::new(write));
    // The file is made before anybody reads it.
    Connection::open(&target).await?.close().await?;
    let mut read = options(&url, read_connections);
    read.map_sqlx_sqlite_opts(|options| {
        options.read_only(true).busy_timeout(Duration::from_secs(10)).statement_cache_capacity(200)
    });
    let reader = sea_orm::Database::connect(read).await?;
    Ok(Opened { dialect: Dialect::Sqlite, url, writer: Slot::new(target), reader })
}

async fn open_postgres(url: &str, service: &str, read_connections: u32) -> Result<Opened, DbErr> {
    let write: PgConnectOptions = url.parse().map_err(connection_failed)?;
    let write = write
        .options([
            ("search_path", service),
            // A write's statements are always the same: to plan them anew for each group costs as much as to run them.
            ("plan_cache_mode", "force_generic_plan"),
            // All that it reads is found by keys, in tables that may still be empty when the plan is made.
            ("enable_seqscan", "off"),
            ("jit", "off"),
        ])
        .application_name(&format!("hutong {service} writer"))
        .disable_statement_logging();
    let target = Target::Postgres(Box::new(write));
    let mut first = Connection::open(&target).await?;
    first.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS \"{service}\"")).await?;
    first.close().await?;
    let mut read = options(url, read_connections);
    read.set_schema_search_path(service).set_application_name(format!("hutong {service} reader"));
    read.map_sqlx_postgres_opts(|options| options.options(READING));
    let reader = sea_orm::Database::connect(read).await?;
    Ok(Opened { dialect: Dialect::Postgres, url: url.to_owned(), writer: Slot::new(target), reader })
}
