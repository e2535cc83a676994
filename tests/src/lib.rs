//! The suite's harness: real servers, a whole city, and what looks at them from outside.
//!
//! **Architecture Invariant:** nothing here is a double of our own code. The binary, nats-server, PostgreSQL and the OTLP
//! receiver are what a city runs; what is missing on the machine fails the suite with how to get it.

pub mod keeper;
pub mod nats;
pub mod otlp;
pub mod postgres;
pub mod tools;
pub mod wait;

mod port;

pub use port::free_port;
