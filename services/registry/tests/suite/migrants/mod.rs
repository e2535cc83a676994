//! The ledger of migrant children: its rules against naive oracles, its services over a journal on SQLite.

mod desk;

mod standing;
mod whereabouts;

mod ledger;
mod liaison;
mod reconciling;
mod reporting;
