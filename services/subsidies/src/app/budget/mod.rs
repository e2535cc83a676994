//! What counties have for their payments.

mod get_budget;
mod record_funds;

pub use get_budget::{ALERT_MONTHS, Standing};
pub use record_funds::RecordFunds;
