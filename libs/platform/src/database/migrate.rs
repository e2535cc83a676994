use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement};
use sea_orm_migration::MigratorTrait;

use super::Database;

/// Why a database cannot be brought to this version.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// It was written by a newer version.
    #[error("the database of {service} is newer than this hutong: install the version that wrote it, or a later one")]
    Newer {
        /// The service.
        service: String,
    },
    /// It lacks migrations and nobody asked to run them.
    #[error("the database of {service} lacks {pending} migration(s): run `hutong migrate`")]
    Pending {
        /// The service.
        service: String,
        /// How many.
        pending: usize,
    },
    /// A step failed.
    #[error("cannot migrate the database of {service}")]
    Failed {
        /// The service.
        service: String,
        /// What the database says.
        source: DbErr,
    },
}

impl Database {
    /// Brings the database to this version. Does nothing if it is there already.
    ///
    /// # Errors
    /// If it is newer than this binary, or a step fails.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), MigrationError> {
        let connection = self.for_migrations().await.map_err(|source| self.failed(source))?;
        let migrated = match self.pending::<M>(&connection).await {
            Ok(0) => Ok(()),
            Ok(_) => M::up(&connection, None).await.map_err(|source| self.failed(source)),
            Err(error) => Err(error),
        };
        close(connection).await;
        migrated
    }

    /// Refuses a database that is not at this version.
    ///
    /// # Errors
    /// If it is newer or older than this binary.
    pub async fn require_migrated<M: MigratorTrait>(&self) -> Result<(), MigrationError> {
        let connection = self.for_migrations().await.map_err(|source| self.failed(source))?;
        let pending = self.pending::<M>(&connection).await;
        close(connection).await;
        match pending? {
            0 => Ok(()),
            pending => Err(MigrationError::Pending { service: self.service().to_owned(), pending }),
        }
    }

    async fn pending<M: MigratorTrait>(&self, connection: &DatabaseConnection) -> Result<usize, MigrationError> {
        M::install(connection).await.map_err(|source| self.failed(source))?;
        let statement =
            Statement::from_string(connection.get_database_backend(), "SELECT version FROM seaql_migrations");
        let applied: BTreeSet<String> = connection
            .query_all_raw(statement)
            .await
            .and_then(|rows| rows.iter().map(|row| row.try_get("", "version")).collect())
            .map_err(|source| self.failed(source))?;
        let known: BTreeSet<String> = M::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        if applied.is_subset(&known) {
            Ok(known.len() - applied.len())
        } else {
            Err(MigrationError::Newer { service: self.service().to_owned() })
        }
    }

    fn failed(&self, source: DbErr) -> MigrationError {
        MigrationError::Failed { service: self.service().to_owned(), source }
    }
}

/// A connection that does not close costs nothing but itself.
async fn close(connection: DatabaseConnection) {
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "a database connection did not close");
    }
}
