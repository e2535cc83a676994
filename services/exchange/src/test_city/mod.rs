//! A city for this crate's tests: an authority, a real nats-server with the contract's accounts, clients of every kind, the
//! registry's log, an exchange, departments that read.

mod authority;
mod broker;
mod city;
mod log;

pub(crate) use broker::Broker;
pub(crate) use city::{City, Received};
pub(crate) use log::{COUNTIES, Log};
