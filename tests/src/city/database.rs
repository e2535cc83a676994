use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::postgres::PostgresServer;

/// On which database a city runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file for each service, in the city's directory.
    Sqlite,
    /// A database of the run's server, a schema for each service.
    Postgres,
}

/// Where a city's services keep their state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CityDatabase {
    Sqlite { directory: PathBuf, looked_at: Option<PathBuf> },
    Postgres { url: String },
}

impl CityDatabase {
    pub(super) async fn create(backend: Backend, data: &Path) -> Self {
        match backend {
            Backend::Sqlite => Self::Sqlite { directory: data.join("databases"), looked_at: None },
            Backend::Postgres => Self::Postgres { url: PostgresServer::shared().create_database().await },
        }
    }

    pub(super) async fn create_on(server: &PostgresServer) -> Self {
        Self::Postgres { url: server.create_database().await }
    }

    /// The files lie in a process's own mount of their directory. SQLite follows no path through a process, so copies
    /// are looked at.
    pub(super) fn within(&mut self, pid: i32, copies: PathBuf) {
        if let Self::Sqlite { directory, looked_at } = self {
            let below = directory.strip_prefix("/").unwrap_or(directory);
            *directory = Path::new(&format!("/proc/{pid}/root")).join(below);
            *looked_at = Some(copies);
        }
    }

    /// The setting `database.url`.
    pub(super) fn setting(&self) -> &str {
        match self {
            Self::Sqlite { .. } => "",
            Self::Postgres { url } => url,
        }
    }

    /// A look into a service's tables from outside, beside the running service.
    pub(super) async fn open(&self, service: &str) -> DatabaseConnection {
        let mut options = match self {
            Self::Sqlite { directory, looked_at } => {
                let directory = match looked_at {
                    None => directory,
                    Some(copies) => copy(directory, copies, service),
                };
                ConnectOptions::new(format!("sqlite://{}?mode=rw", directory.join(format!("{service}.db")).display()))
            }
            Self::Postgres { url } => {
                let mut options = ConnectOptions::new(url);
                options.set_schema_search_path(service);
                options
            }
        };
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.expect("a city's database can be looked into")
    }
}

fn copy<'a>(directory: &Path, copies: &'a PathBuf, service: &str) -> &'a PathBuf {
    std::fs::create_dir_all(copies).expect("a temporary folder can be written");
    for name in [format!("{service}.db"), format!("{service}.db-wal")] {
        std::fs::copy(directory.join(&name), copies.join(&name)).expect("a city at rest has both files");
    }
    copies
}
