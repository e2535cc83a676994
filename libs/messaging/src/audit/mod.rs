//! The audit of a service: who asked for what of whom, numbered and chained in the order of the commits.
//!
//! An entry is written by the journal: that of a change in the transaction of its effect, any other one as a job of its own,
//! many of which share a transaction. The last entry of each transaction is signed, and with it all before it.
//!
//! **Invariants:** an entry is never changed or removed; the last one is signed; its number is given out as an event's is,
//! by whoever moves the head.

mod alone;
mod seal;
mod store;

mod ends;
mod list;
mod places;
mod service;
mod verify;

pub mod unusual;

pub use alone::AuditAlone;
pub use list::{CallFilter, Totals};
pub use seal::{SealedCall, Signature};
pub use service::AuditHandler;
pub use store::AuditLog;
pub use verify::{Chain, Fault, Verified};

pub(crate) use store::append;

#[cfg(test)]
mod tests;
