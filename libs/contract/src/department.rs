//! The departments of the contract.

use prost_reflect::DescriptorPool;

use crate::contract::Contract;
use crate::options::{Department, Sensitivity};
use crate::policy;

/// What the contract says of a department.
#[derive(Debug, Clone)]
pub struct DepartmentEntry {
    /// The department.
    pub department: Department,
    /// Its code in certificates, accounts and files, for example `EDU`.
    pub code: String,
    /// Its Chinese name.
    pub zh: String,
    /// Its English name.
    pub en: String,
    /// The most sensitive level that it may see.
    pub clearance: Sensitivity,
    /// It owns the system: it calls the services and has no mailbox.
    pub owner: bool,
}

/// All departments, in the contract's order.
pub fn all() -> &'static [DepartmentEntry] {
    &Contract::in_force().departments
}

/// Those of a set of descriptors.
pub(crate) fn read(descriptors: &DescriptorPool) -> Vec<DepartmentEntry> {
    policy::options::departments(descriptors)
        .into_iter()
        .map(|entry| DepartmentEntry {
            department: Department::try_from(entry.number).expect("the enum was generated from the same descriptors"),
            clearance: Sensitivity::try_from(entry.clearance)
                .expect("the enum was generated from the same descriptors"),
            code: entry.code,
            zh: entry.zh,
            en: entry.en,
            owner: entry.owner,
        })
        .collect()
}

/// The department of a code; `None` if the contract has none.
pub fn from_code(code: &str) -> Option<Department> {
    all().iter().find(|entry| entry.code == code).map(|entry| entry.department)
}

/// The entry of a department; `None` for `Unspecified` alone.
pub fn entry(department: Department) -> Option<&'static DepartmentEntry> {
    all().iter().find(|entry| entry.department == department)
}

/// The department that owns the system.
pub fn owner() -> &'static DepartmentEntry {
    all().iter().find(|entry| entry.owner).expect("the build refuses a contract without an owner")
}

impl Department {
    /// The code in certificates, accounts and files; empty for `Unspecified`.
    pub fn code(self) -> &'static str {
        entry(self).map_or("", |entry| entry.code.as_str())
    }

    /// The department of a code; `None` if the contract has none.
    pub fn from_code(code: &str) -> Option<Self> {
        from_code(code)
    }
}
