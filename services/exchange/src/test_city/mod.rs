//! A city for this crate's tests: an authority, a real nats-server with the contract's accounts, clients of every kind.

mod authority;
mod broker;

pub(crate) use broker::Broker;
