//! Comparisons of the ledger of migrant children with other lists.

pub mod abandon_reconciliations;
pub mod finish_reconciliation;
pub mod send_rows;
pub mod start_reconciliation;

pub mod get_reconciliation;
pub mod list_results;

pub mod answer;
pub mod refusal;
