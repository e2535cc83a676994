//! The one gRPC door: mutual TLS, callers checked against the contract, deadlines kept, health, reflection, and an
//! orderly, bounded end.

mod accept;
mod bound;
mod builder;
mod deadline;
mod error;
mod open;
#[cfg(test)]
mod tests;
mod tls;

pub use bound::BoundServer;
pub use builder::Server;
pub use deadline::timeout_in;
pub use error::ServerError;
pub use tonic_health::ServingStatus;
pub use tonic_health::server::HealthReporter;
