//! Who may call what, and read what of the answer: the caller of each connection, the contract's table of callers and levels
//! of fields, default deny.

mod caller;
mod layer;
mod redact;
#[cfg(test)]
mod tests;

pub use caller::{Caller, Connection};
pub use layer::{AccessLayer, AccessService};
pub use redact::{REDACTED, Redacting, RedactionLayer, RedactionService};
