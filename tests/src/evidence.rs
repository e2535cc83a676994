//! Evidence files made by the real seal and the real exchange's messages, and every way in which one may be tampered with.

mod mutation;
mod sample;

pub use mutation::{KINDS, mutate, refit};
pub use sample::Sample;
