//! Deadlines, workers and their visits, over a journal on a database of its own.

#[expect(dead_code, reason = "the office serves other suites too")]
#[path = "../office/mod.rs"]
mod office;

mod deadlines;
mod sweeper;
