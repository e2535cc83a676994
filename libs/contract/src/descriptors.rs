//! The descriptors of `proto/`, from which everything else is derived.

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

/// The compiled `proto/`, imports included, for reflection services and tools.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The descriptors of the contract.
pub fn descriptors() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build script decoded the same bytes"));
    &POOL
}
