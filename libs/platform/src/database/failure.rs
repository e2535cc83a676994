use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::error::ServiceError;

/// SQLSTATE of a full disk, and SQLite's code of it.
const DISK_FULL: [&str; 2] = ["53100", "13"];

/// The reason of a failure for want of a connection.
pub const UNAVAILABLE: &str = "DATABASE_UNAVAILABLE";

/// How SQLSTATEs begin with which a server that stops ends our connection.
const SERVER_ENDS: &str = "57P";

impl From<DbErr> for ServiceError {
    /// A caller learns whether to try again, never what the database says.
    fn from(error: DbErr) -> Self {
        if is_full(&error) {
            tracing::error!("the disk of the database is full");
            return ServiceError::unavailable("STORAGE_FULL", "the storage is full, nothing was changed")
                .with_source(error);
        }
        if is_unreachable(&error) {
            return ServiceError::unavailable(UNAVAILABLE, "the database cannot be reached, try again")
                .with_source(error);
        }
        ServiceError::internal(error)
    }
}

fn is_full(error: &DbErr) -> bool {
    code(error).is_some_and(|code| DISK_FULL.contains(&code.as_str()))
}

/// There is no connection, or it broke.
fn is_unreachable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
            match inner.as_ref() {
                sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => true,
                _ => code(error).is_some_and(|code| code.starts_with(SERVER_ENDS)),
            }
        }
        _ => false,
    }
}

/// What the database calls the failure.
fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = error else {
        return None;
    };
    let sqlx::Error::Database(database) = inner.as_ref() else {
        return None;
    };
    Some(database.code()?.into_owned())
}
