//! Brings the event log into the stream `EVT_<SERVICE>`.
//!
//! Nothing is marked as published: the relay compares the stream's last sequence with the log and
//! goes on from there. Every publish says which sequence it expects, so that order, gaps and a
//! second relay are the broker's to refuse. A stream that is ahead of the log, or that differs
//! from it, is not ours to mend: the relay halts with an alarm.

pub mod headers;

mod publish;
mod start;
mod status;
mod stream;

pub use start::{Relay, RelaySettings};
pub use status::{Contradiction, RelayStatus};
