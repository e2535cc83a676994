//! The descriptors of `proto/`, from which everything else is derived.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MethodDescriptor};

use crate::policy;

/// The compiled `proto/`, imports included, for reflection services and tools.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The descriptors of the contract.
pub fn descriptors() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build script decoded the same bytes"));
    &POOL
}

/// Every method of the contract's own services by its path, for example `/hutong.registry.v1.ChildService/GetChild`.
pub(crate) fn methods() -> impl Iterator<Item = (String, MethodDescriptor)> {
    methods_of(descriptors())
}

/// As [`methods`], of a set of descriptors.
pub(crate) fn methods_of(pool: &DescriptorPool) -> impl Iterator<Item = (String, MethodDescriptor)> + '_ {
    let services = pool.services().filter(|service| service.full_name().starts_with(policy::ROOT));
    services.flat_map(|service| service.methods().collect::<Vec<_>>()).map(|method| {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        (path, method)
    })
}
