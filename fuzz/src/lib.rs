//! One fuzz target for each decoder that meets bytes of somebody else. See README.md.
//!
//! A decoder's module has [`Decoder::take`], which feeds it bytes and holds its law, and [`Decoder::seeds`], which are valid
//! bytes made by the code that writes them. `targets/` gives each to libFuzzer; the tests feed each its own seeds.

pub mod decoder;

mod authority;
mod key;
mod message;
mod shape;

/// A decoder under test.
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    /// Its target's name.
    pub name: &'static str,
    /// Feeds it bytes; panics if its law does not hold.
    pub take: fn(&[u8]),
    /// Bytes that it takes.
    pub seeds: fn() -> Vec<Vec<u8>>,
}
