//! Our own nats-server: a child that is configured from the contract, watched, started again when it dies, and that
//! never outlives us, not even when we are killed.
//!
//! It is spawned through `hutong supervised`, which asks the kernel to end it with its parent and then becomes
//! nats-server. The kernel counts the *thread* that spawned as the parent, therefore one thread lives for the child.

mod error;

mod address;
mod binary;
mod control;
mod launch;
mod refusals;

mod child;
mod supervised;
#[cfg(test)]
mod tests;

pub use control::BrokerControl;
pub use error::BrokerError;
pub use launch::{Broker, BrokerSettings};
pub use refusals::{Operation, Refusal, RefusalLog};
pub use supervised::{SupervisedError, become_supervised};
