//! What every service stands on: settings, one error type, callers and their rights, telemetry, the one gRPC door, the
//! broker's connection, a request to a server outside, the database, encryption at rest, departments' references to children, the
//! reading of requests, pages of lists, deadlines, an orderly end.
//!
//! **Architecture Invariant:** the platform knows no service and no message of the domain. What a caller may do it reads
//! from the contract; a port is bound only behind mutual TLS and default deny.

pub mod config;
pub mod error;

pub mod page;
pub mod page_token;
pub mod request;

pub mod access;
pub mod audit;
pub mod identity;
pub mod limits;
pub mod server;

pub mod client;
pub mod nats;
pub mod post;

pub mod database;
pub mod pseudonym;
pub mod secret_file;
pub mod vault;

pub mod shutdown;
pub mod sweeper;
pub mod telemetry;
pub mod watched;

#[cfg(test)]
mod test_audit;
#[cfg(test)]
mod test_authority;
#[cfg(test)]
mod test_bodies;
#[cfg(test)]
mod test_door;
