//! How a fact travels: written with the state it belongs to, sealed, relayed, delivered, applied once.
//!
//! ```text
//! use case ─► journal (one transaction: state + sealed events) ─► relay ─► EVT_<SERVICE>
//!                                                                   └► inbox of another service
//!                                                                   └► exchange ─► mailbox
//! ```
//!
//! **Invariants:** the database is the truth and the broker a cache of it; a sequence number is
//! given out in commit order, without gaps; nothing is marked as published.

pub mod seal;

pub mod journal;
pub mod log;
pub mod migration;
pub mod mutation;

pub mod relay;

pub mod inbox;
pub mod mailbox;

pub mod teller;

pub mod audit;
pub mod checkpoints;
pub mod time_stamps;

pub mod emergency;
pub mod retention;

#[cfg(test)]
mod test_ledger;
