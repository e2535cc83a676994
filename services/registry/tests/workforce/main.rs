//! Deadlines, workers and their visits. What touches a database is proved on both in the end-to-end suite.

#[expect(dead_code, reason = "the office serves other suites too")]
#[path = "../office/mod.rs"]
mod office;

mod deadlines;
mod properties;
mod sweeper;
