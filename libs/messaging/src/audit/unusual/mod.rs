//! What of an audit is out of the ordinary: told, and nobody refused.
//!
//! The judge is a function of the entries and of how far time has gone: the calls of one caller within an hour or a night are
//! counted together, in whatever order they come. The watch reads the audit behind its writers and commits what is found, the
//! service's event of it and how far it has come together.
//!
//! **Invariants:** a finding is told once, whoever is killed when; neither an event nor a log names an actor or a child.

mod finding;
mod judge;
mod tally;
mod window;

mod list;
mod store;

mod metrics;
mod watch;

pub use finding::Unusual;
pub use watch::{Tell, Watch, WatchSettings, Watcher};

pub(super) use list::{FoundFilter, Listed};

#[cfg(test)]
mod tests;
