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
    Sqlite { directory: PathBuf },
    Postgres { url: String },
}

impl CityDatabase {
    pub(super) async fn create(backend: Backend, data: &Path) -> Self {
        match backend {
            Backend::Sqlite => Self::Sqlite { directory: data.join("databases") },
            Backend::Postgres => Self::Postgres { url: PostgresServer::shared().create_database().await },
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
            Self::Sqlite { directory } => {
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
