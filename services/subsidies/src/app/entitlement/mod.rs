//! What children are due, and to whom it is paid.

mod get_entitlement;
mod record_other_grant;
mod set_payees;

pub use record_other_grant::RecordOtherGrant;
pub use set_payees::SetPayees;
