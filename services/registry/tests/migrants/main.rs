//! The ledger of migrant children: its rules against naive oracles, its services over a journal on SQLite.

#[expect(dead_code, reason = "the office serves other suites too")]
#[path = "../office/mod.rs"]
mod office;

mod desk;

mod standing;
mod whereabouts;

mod ledger;
mod liaison;
mod reconciling;
mod reporting;
