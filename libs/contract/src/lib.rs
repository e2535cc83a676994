//! The contract: generated code, and all that is derived from `proto/`.
//!
//! Who may know what is written once, as options beside the fields it governs.
//! Everything here reads those options; nothing repeats them.
//!
//! **Invariant:** no list of departments, events, fields or methods stands in Rust.

mod policy;

pub mod access;
pub mod area;
pub mod catalogue;
pub mod codec;
pub mod column;
pub mod date;
pub mod department;
pub mod event;
pub mod label;
pub mod mailboxes;
pub mod method;
pub mod nats;
pub mod projection;
pub mod redaction;
pub mod references;
pub mod subject;
pub mod validation;

mod contract;
mod descriptors;
mod generated;
mod labelled;
mod places;
mod redacted;
mod wire;

pub use contract::Contract;
pub use descriptors::{FILE_DESCRIPTOR_SET, descriptors};
pub use generated::google;
pub use generated::hutong::contract::v1 as options;
pub use generated::hutong::{audit, evidence, exchange, registry, subsidies};
pub use options::Department;
pub use policy::check;

#[cfg(test)]
mod test_messages;
#[cfg(test)]
mod tests;
