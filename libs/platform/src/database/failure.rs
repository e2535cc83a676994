use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::error::ServiceError;

/// SQLSTATE of a full disk, and SQLite's code of it.
const DISK_FULL: [&str; 2] = ["53100", "13"];

impl From<DbErr> for ServiceError {
    /// A caller learns whether to try again, never what the database says.
    fn from(error: DbErr) -> Self {
        if is_full(&error) {
            tracing::error!("the disk of the database is full");
            return ServiceError::unavailable("STORAGE_FULL", "the storage is full, nothing was changed")
                .with_source(error);
        }
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => {
                ServiceError::unavailable("DATABASE_UNAVAILABLE", "the database cannot be reached, try again")
                    .with_source(error)
            }
            other => ServiceError::internal(other),
        }
    }
}

/// Whether a write failed because a row with its key exists.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn is_full(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = error else {
        return false;
    };
    let sqlx::Error::Database(database) = inner.as_ref() else {
        return false;
    };
    database.code().is_some_and(|code| DISK_FULL.contains(&code.as_ref()))
}
