//! A month's run, step by step.

mod accrue_run;
mod approve_run;
mod cancel_run;
mod check_run;
mod export_payments;
mod holds;
mod open_run;
mod reconcile_run;
mod record_accrued;
mod record_bank_results;

mod explain_payment;
mod list_payments;
mod recompute_run;
mod runs;
mod sentences;
mod year_totals;

pub use accrue_run::Accrual;
pub use cancel_run::CancelRun;
pub use open_run::OpenRun;
pub use record_bank_results::{RecordBankResults, Word};
