//! The limits: what the machine gives without us.

pub mod echo;
pub mod jetstream;
pub mod pgbench;
pub mod sqlite;
