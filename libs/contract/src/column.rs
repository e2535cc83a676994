//! The columns of the offices' workbooks.

use prost_reflect::FieldDescriptor;

use crate::{descriptors, policy};

/// The columns of a row message: the Chinese header and the field, in the fields' order.
///
/// # Panics
/// If the message is not of the contract: a fault of the caller's code.
pub fn of<M: prost::Name>() -> Vec<(String, FieldDescriptor)> {
    descriptors()
        .get_message_by_name(&M::full_name())
        .expect("a message of the contract")
        .fields()
        .filter_map(|field| policy::options::column(&field).map(|header| (header, field)))
        .collect()
}
