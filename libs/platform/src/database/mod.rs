//! A service's own database: SQLite in the data directory, or a schema in PostgreSQL.
//!
//! **Architecture Invariant:** a service has exactly one writing connection. Everything that
//! writes goes through it, in group commits; readers never wait for it.

mod bulk;
mod failure;
mod migrate;
mod open;
mod write;
mod writer;

pub use bulk::{Rows, any_blob, any_int, any_text, any_uuid};
pub use failure::UNAVAILABLE;
pub use migrate::MigrationError;
pub use open::{Database, DatabaseError, Dialect};
pub use write::Write;
