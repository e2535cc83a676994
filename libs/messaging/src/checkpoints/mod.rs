//! Checkpoints of an event log: what it was at a time, signed, so that nobody can change its past without being found out.
//!
//! A checkpoint is made every minute if there is something new, and kept for good. The tree over the events' hashes is not
//! stored but for the roots of whole blocks; a proof hashes two blocks of the log again.
//!
//! A time-stamp authority may add its word to some of them: see [`crate::time_stamps`].
//!
//! Each says where the service's audit ended, so that a copy kept elsewhere tells whether newest entries were taken away.
//!
//! **Invariants:** a checkpoint is never changed or removed; the next one is made only if log and audit continue the last one.

mod make;
mod prove;
mod store;
mod tree;

mod service;
mod start;

pub use prove::{EventProof, Proofs, Wanted};
pub use service::EvidenceHandler;
pub use start::{CheckpointSettings, Checkpointer};
pub use store::{StoredCheckpoint, StoredTimeStamp};

pub use make::LogEvidence;

pub(crate) use store::{kept_after, latest_size};

#[cfg(test)]
pub(crate) mod tests;
