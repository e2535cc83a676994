//! A bank that is none, for tests and the demo.

mod simulated;

pub use simulated::{Habits, SimulatedBank};
