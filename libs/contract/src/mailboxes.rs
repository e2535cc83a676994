//! Which mailboxes a city has: the contract's departments, as `departments.toml` edits them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kernel::Division;
use serde::Deserialize;

use crate::contract::Contract;
use crate::department::DepartmentEntry;
use crate::event::EventType;
use crate::options::Department;
use crate::projection::Projection;

/// How a mailbox's messages are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `application/protobuf`.
    #[default]
    Protobuf,
    /// `application/json`: canonical protobuf JSON.
    Json,
}

/// One mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxEntry {
    /// `EDU`, or with an area `EDU-371621`: the code in certificates and accounts.
    pub code: String,
    /// Whose it is.
    pub department: Department,
    /// Whose events it gets; `None` for the whole city.
    pub area: Option<Division>,
    /// How its messages are encoded.
    pub format: Format,
    /// Further codes whose certificates open it: of offices that were merged into this one, or that it was renamed to.
    pub also: Vec<String>,
    /// The contract that says what it gets.
    contract: Under,
}

/// A contract is compared as what it is, not by what it says: there is one of a kind.
#[derive(Clone, Copy)]
struct Under(&'static Contract);

impl fmt::Debug for Under {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contract")
    }
}

impl PartialEq for Under {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Under {}

impl MailboxEntry {
    /// All codes whose certificates open it, its own first.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.code.as_str()).chain(self.also.iter().map(String::as_str))
    }

    /// The types that its department is granted, with its view of each.
    pub fn grants(&self) -> Vec<(&'static EventType, Projection)> {
        let Under(contract) = self.contract;
        contract
            .events
            .iter()
            .filter_map(|event| Projection::new(event, self.department).map(|view| (event, view)))
            .collect()
    }

    /// Whether events of a county are in its area.
    pub fn covers(&self, county: &str) -> bool {
        match (&self.area, county.parse::<Division>()) {
            (None, _) => true,
            (Some(area), Ok(county)) => area.contains(&county),
            (Some(_), Err(_)) => false,
        }
    }
}

/// All mailboxes of a city, by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailboxes {
    contract: Under,
    entries: BTreeMap<String, MailboxEntry>,
}

/// Why a `departments.toml` is refused.
#[derive(Debug, thiserror::Error)]
pub enum MailboxesError {
    /// Not TOML, or a key that is not known.
    #[error("{0}")]
    Syntax(String),
    /// An entry that makes no sense.
    #[error("mailbox {code}: {fault}")]
    Entry {
        /// The entry's code.
        code: String,
        /// What is wrong, and what is expected.
        fault: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    mailbox: Vec<FileEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    code: String,
    area: Option<String>,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default = "enabled")]
    enabled: bool,
}

fn enabled() -> bool {
    true
}

impl Default for Mailboxes {
    /// One mailbox for each department of the contract but the owner.
    fn default() -> Self {
        Self::under(Contract::in_force())
    }
}

impl Mailboxes {
    /// One mailbox for each department of a contract but the owner.
    #[must_use]
    pub fn under(contract: &'static Contract) -> Self {
        let departments = contract.departments.iter().filter(|entry| !entry.owner);
        let contract = Under(contract);
        let entries = departments.map(|entry| MailboxEntry {
            code: entry.code.clone(),
            department: entry.department,
            area: None,
            format: Format::default(),
            also: Vec::new(),
            contract,
        });
        Self { contract, entries: entries.map(|entry| (entry.code.clone(), entry)).collect() }
    }

    /// The default mailboxes, changed by the text of a `departments.toml`.
    ///
    /// # Errors
    /// Names the entry and what is expected of it.
    pub fn parse(text: &str) -> Result<Self, MailboxesError> {
        Self::default().changed_by(text)
    }

    /// These, changed by the text of a `departments.toml`.
    ///
    /// # Errors
    /// As [`Mailboxes::parse`].
    pub fn changed_by(mut self, text: &str) -> Result<Self, MailboxesError> {
        let file: File = toml::from_str(text).map_err(|error| MailboxesError::Syntax(error.to_string()))?;
        for entry in file.mailbox {
            self.apply(&entry)?;
        }
        self.check_also()?;
        Ok(self)
    }

    /// Each code opens one mailbox: nobody may have to guess which.
    fn check_also(&self) -> Result<(), MailboxesError> {
        let mut seen = BTreeSet::new();
        for entry in self.iter() {
            for code in &entry.also {
                let fault = |fault: String| Err(MailboxesError::Entry { code: entry.code.clone(), fault });
                let (letters, area) = code.split_once('-').map_or((code.as_str(), None), |(one, two)| (one, Some(two)));
                if self.department(letters).map(|of| of.department) != Some(entry.department) {
                    return fault(format!("also names {code}, which is no office of the same department"));
                }
                if area.is_some_and(|area| area.parse::<Division>().is_err()) {
                    return fault(format!("also names {code}, which ends in no division code"));
                }
                if self.get(code).is_some() || !seen.insert(code) {
                    return fault(format!(
                        "also names {code}, which opens another mailbox: take that one away (enabled = false) first"
                    ));
                }
            }
        }
        Ok(())
    }

    fn department(&self, code: &str) -> Option<&'static DepartmentEntry> {
        let Under(contract) = self.contract;
        contract.departments.iter().find(|entry| entry.code == code)
    }

    fn apply(&mut self, entry: &FileEntry) -> Result<(), MailboxesError> {
        let fault = |fault: &str| MailboxesError::Entry { code: entry.code.clone(), fault: fault.to_owned() };
        let (department, suffix) = match entry.code.split_once('-') {
            Some((department, suffix)) => (department, Some(suffix)),
            None => (entry.code.as_str(), None),
        };
        let DepartmentEntry { department, owner, .. } = *self
            .department(department)
            .ok_or_else(|| fault("the code must begin with a department's code of the contract, for example EDU"))?;
        if owner {
            return Err(fault("the department that owns the system has no mailbox"));
        }
        let area = suffix.or(entry.area.as_deref());
        let area = area
            .map(|area| {
                area.parse::<Division>()
                    .map_err(|_| fault("the area must be a division code of 2, 4, 6, 9 or 12 digits"))
            })
            .transpose()?;
        if let (Some(suffix), Some(area)) = (suffix, entry.area.as_deref())
            && suffix != area
        {
            return Err(fault("the code's suffix and the area differ"));
        }
        if entry.enabled {
            self.entries.insert(
                entry.code.clone(),
                MailboxEntry {
                    code: entry.code.clone(),
                    department,
                    area,
                    format: entry.format,
                    also: entry.also.clone(),
                    contract: self.contract,
                },
            );
        } else {
            self.entries.remove(&entry.code);
        }
        Ok(())
    }

    /// All entries, by code.
    pub fn iter(&self) -> impl Iterator<Item = &MailboxEntry> {
        self.entries.values()
    }

    /// The entry that a certificate of this code opens: by its own code, or because it goes on under another.
    pub fn opened_by(&self, code: &str) -> Option<&MailboxEntry> {
        self.get(code).or_else(|| self.iter().find(|entry| entry.also.iter().any(|also| also == code)))
    }

    /// One entry.
    pub fn get(&self, code: &str) -> Option<&MailboxEntry> {
        self.entries.get(code)
    }
}
