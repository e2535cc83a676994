//! The contract's options as the descriptors carry them.
//!
//! This folder knows no generated code, so that the build script can refuse a
//! contract that would leak before any code is generated from it.

pub mod check;
pub mod options;
pub mod rules;

use prost_reflect::{DescriptorPool, MessageDescriptor};

/// The package prefix of everything that is ours.
pub const ROOT: &str = "hutong.";

/// All messages of ours, nested ones included.
pub fn messages(pool: &DescriptorPool) -> impl Iterator<Item = MessageDescriptor> + '_ {
    pool.all_messages().filter(|message| message.full_name().starts_with(ROOT) && !message.is_map_entry())
}
