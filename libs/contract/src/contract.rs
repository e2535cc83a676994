use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

use crate::access::{self, Callers};
use crate::department::{self, DepartmentEntry};
use crate::descriptors;
use crate::event::{self, EventType};

/// Who may know and call what, as one set of descriptors says it. There is one in force, that of this build; what changes when it
/// is changed shows beside another.
#[derive(Debug)]
pub struct Contract {
    /// The departments, in the contract's order.
    pub departments: Vec<DepartmentEntry>,
    /// The types of events, by name.
    pub events: Vec<EventType>,
    /// The callers of each method, by its path.
    pub callers: HashMap<String, Callers>,
}

impl Contract {
    /// What descriptors say.
    ///
    /// # Panics
    /// If [`check`](crate::check::check) finds a fault with them, or they have a department or a level that this build has not.
    #[must_use]
    pub fn of(descriptors: &DescriptorPool) -> Self {
        Self {
            departments: department::read(descriptors),
            events: event::read(descriptors),
            callers: access::read(descriptors),
        }
    }

    /// That of this build.
    pub fn in_force() -> &'static Self {
        static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::of(descriptors()));
        &CONTRACT
    }
}

#[cfg(test)]
mod tests;
