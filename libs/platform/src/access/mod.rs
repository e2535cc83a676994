//! Who may call what: the caller of each connection, the contract's table of callers, default deny.

mod caller;
mod layer;
#[cfg(test)]
mod tests;

pub use caller::{Caller, Connection};
pub use layer::{AccessLayer, AccessService};
