//! Nothing waits for ever: what a deadline passed is found here and turned into a decision, which tells its event.
//!
//! A sweep asks the database what is due and hands use cases to the journal. The use case decides once more on the state
//! that the journal loads, so that a second process, a kill or a repetition tells nothing twice.

mod run;
mod sweep;
#[cfg(test)]
mod tests;

pub use run::{Sweeper, SweeperSettings};
pub use sweep::{Sweep, Swept};
