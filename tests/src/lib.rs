//! The suite's harness: real servers, a whole city, and what looks at them from outside.
//!
//! **Architecture Invariant:** nothing here is a double of our own code. The binary, nats-server, PostgreSQL and the OTLP
//! receiver are what a city runs; what is missing on the machine fails the suite with how to get it.

mod bounded;
mod chance;
pub mod city;
pub mod command;
pub mod refusal;
pub mod wait;

pub mod nats;
pub mod otlp;
pub mod postgres;
pub mod time_stamp_authority;

pub mod keeper;
pub mod tools;

pub mod bench;
pub mod evidence;

mod port;

pub use bounded::bounded;
pub use chance::Chance;
pub use port::free_port;
