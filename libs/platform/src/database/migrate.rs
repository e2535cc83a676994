use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, DbErr, Statement};
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
        match self.pending::<M>().await? {
            0 => Ok(()),
            _ => M::up(self.writer(), None).await.map_err(|source| self.failed(source)),
        }
    }

    /// Refuses a database that is not at this version.
    ///
    /// # Errors
    /// If it is newer or older than this binary.
    pub async fn require_migrated<M: MigratorTrait>(&self) -> Result<(), MigrationError> {
        match self.pending::<M>().await? {
            0 => Ok(()),
            pending => Err(MigrationError::Pending { service: self.service().to_owned(), pending }),
        }
    }

    async fn pending<M: MigratorTrait>(&self) -> Result<usize, MigrationError> {
        M::install(self.writer()).await.map_err(|source| self.failed(source))?;
        let statement =
            Statement::from_string(self.writer().get_database_backend(), "SELECT version FROM seaql_migrations");
        let applied: BTreeSet<String> = self
            .writer()
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
