//! Who asked for what of whom: every call that comes to the door has an entry, before its answer leaves.
//!
//! A change is recorded by the journal that carries it out, in the transaction of its effect. All else is recorded by the
//! door's outermost layer: reads, what limits and access refuse, what a rule refuses, repetitions, calls that break or are
//! broken off. So nothing that a service forgets stays unrecorded.
//!
//! **Architecture Invariant:** an answer whose entry cannot be written does not leave.

mod body;
mod call;
mod entry;
mod layer;
mod recorder;
mod repeats;
#[cfg(test)]
mod tests;
mod trail;

pub use call::{ACTOR, Call, EMERGENCY_PURPOSE, actor};
pub use entry::Entry;
pub use layer::{AuditLayer, AuditService};
pub use recorder::{Recorded, Recorder, Recorders};
pub use trail::Trail;
