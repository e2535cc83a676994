//! The word of a third party (RFC 3161) on checkpoints: that what a log was existed by a time which is not the city's own to say.
//!
//! The latest checkpoint goes to a time-stamp authority now and then, as a hash; its answer is proved before it is kept beside
//! the checkpoint. A checkpoint covers all events before it, so that one word is enough for all since the last one. Nothing
//! waits for it: while it does not come, evidence rests on the city's word alone, and after a while there is an alarm.

mod ask;
mod due;
mod metrics;
mod stamper;

pub use stamper::TimeStamper;
