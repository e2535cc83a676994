//! Where the ledger of migrant children lies.

mod facts;

pub mod listing;
pub mod reading;
pub mod sealed;
pub mod shelf;

pub use shelf::{MigrantNeeds, Migrants};
