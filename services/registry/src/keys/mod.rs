//! The vault's keys at work: what each of them still seals, and everything sealed anew when a new one has come.
//!
//! A key is changed in three steps, each safe while the city runs. A new key is put first into the key file; every group of
//! writes looks at the file before it begins, so that what is committed from then on is sealed with it. Then all that older
//! keys seal is sealed anew, in small parts through the journal, by the running registry itself or by a command. At last
//! the old key is taken out of the file, if nothing needs it.

mod keeper;
mod resealer;

pub use keeper::{KeyKeeper, KeyStatus, KeysError, Progress, VaultStatus};
pub use resealer::Resealer;
