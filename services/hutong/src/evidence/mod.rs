//! Evidence for a court: a department's mailbox with all that proves it, in one file.

mod error;
mod keys;
mod log_places;
mod places;
mod selection;
mod spool;

mod export;
mod kept;

pub use error::EvidenceError;
pub use export::{Exported, Source, export};
pub use kept::read_checkpoints;
pub(crate) use keys::public_key;
pub use keys::{city_keys, read_authority, read_keys};
pub use selection::Selection;
