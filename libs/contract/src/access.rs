//! Who may call which method.

use std::collections::HashMap;

use prost_reflect::DescriptorPool;

use crate::contract::Contract;
use crate::options::Department;
use crate::{descriptors, policy};

/// The callers of one method. Whoever is not named may not call it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Callers {
    /// These departments.
    pub departments: Vec<Department>,
    /// Any department, about its own affairs.
    pub any_department: bool,
    /// These services, by name.
    pub services: Vec<String>,
    /// What the call is for.
    pub purpose: String,
    /// These departments may call in an emergency, and say why.
    pub emergency: Vec<Department>,
}

impl Callers {
    /// Whether a department may call.
    pub fn allow_department(&self, department: Department) -> bool {
        self.any_department || self.departments.contains(&department)
    }

    /// Whether a department may call in an emergency.
    pub fn allow_in_emergency(&self, department: Department) -> bool {
        self.emergency.contains(&department)
    }

    /// Whether a service may call.
    pub fn allow_service(&self, service: &str) -> bool {
        self.services.iter().any(|name| name == service)
    }
}

/// The callers of a method by its path, for example
/// `/hutong.registry.v1.ChildService/GetChild`; `None` if the contract has no such method.
pub fn callers(path: &str) -> Option<&'static Callers> {
    methods().get(path)
}

/// A method of the contract as it spells it, with its callers; `None` if it has no such method.
pub fn method(path: &str) -> Option<(&'static str, &'static Callers)> {
    methods().get_key_value(path).map(|(path, callers)| (path.as_str(), callers))
}

/// The service that a path belongs to, whether or not there is such a method: `registry` of
/// `/hutong.registry.v1.ChildService/GetChild`.
pub fn service_of(path: &str) -> Option<&str> {
    path.strip_prefix("/hutong.")?.split('.').next()
}

/// All methods of the contract with their callers.
pub fn methods() -> &'static HashMap<String, Callers> {
    &Contract::in_force().callers
}

/// Those of a set of descriptors.
pub(crate) fn read(descriptors: &DescriptorPool) -> HashMap<String, Callers> {
    descriptors::methods_of(descriptors)
        .filter_map(|(path, method)| {
            let rules = policy::options::rules(&method)?;
            let departments =
                |numbers: &[i32]| numbers.iter().filter_map(|number| Department::try_from(*number).ok()).collect();
            Some((
                path,
                Callers {
                    departments: departments(&rules.callers),
                    emergency: departments(&rules.emergency),
                    any_department: rules.any_department,
                    services: rules.services,
                    purpose: rules.purpose,
                },
            ))
        })
        .collect()
}
