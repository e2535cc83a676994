//! Hutong's figures: the real binary, called as any client would.

mod calls;

pub mod delivery;
pub mod door;
pub mod evidence;
pub mod footprint;
pub mod import;
pub mod refill;
pub mod relay;

pub use calls::{Caller, channels, get, register};
