//! Files of one child, and files of two: merged and parted, found, compared and told apart.

#[expect(dead_code, reason = "the office serves other suites too")]
#[path = "../office/mod.rs"]
mod office;

mod finding;
mod keys;
mod parting;
