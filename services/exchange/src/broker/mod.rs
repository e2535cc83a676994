//! What the exchange does with the broker: streams of mailboxes, writes into them, reads of event streams.

mod account;
mod error;
mod provisioning;
#[cfg(test)]
mod tests;

pub(crate) use account::Account;
pub(crate) use error::BrokerError;
pub(crate) use provisioning::{delete, provision};
