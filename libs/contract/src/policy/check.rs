//! Refuses a contract that would leak.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::options::{self, Area, Department, Event, Grant};
use super::rules::MessageRules;

/// A fault of the contract, with the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The proto file.
    pub file: String,
    /// The message, field, method or enum value, by its full name.
    pub place: String,
    /// What is wrong, and what to do.
    pub fault: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.place, self.fault)
    }
}

/// All faults of a contract; none means it may be built.
pub fn check(pool: &DescriptorPool) -> Vec<Finding> {
    let mut check = Check {
        departments: options::departments(pool).into_iter().map(|department| (department.number, department)).collect(),
        findings: Vec::new(),
        event_names: BTreeMap::new(),
    };
    check.departments(pool);
    for message in super::messages(pool) {
        check.message(&message);
    }
    check.methods(pool);
    check.findings
}

struct Check {
    departments: BTreeMap<i32, Department>,
    findings: Vec<Finding>,
    event_names: BTreeMap<String, String>,
}

impl Check {
    fn find(&mut self, file: &str, place: &str, fault: impl Into<String>) {
        self.findings.push(Finding { file: file.to_owned(), place: place.to_owned(), fault: fault.into() });
    }

    fn departments(&mut self, pool: &DescriptorPool) {
        let Some(kind) = pool.get_enum_by_name("hutong.contract.v1.Department") else {
            return;
        };
        let file = kind.parent_file().name().to_owned();
        let mut codes = BTreeSet::new();
        for value in kind.values().filter(|value| value.number() != 0) {
            match self.departments.get(&value.number()).cloned() {
                None => self.find(&file, value.full_name(), "has no (department) entry"),
                Some(entry) => {
                    if entry.code.is_empty() || !entry.code.bytes().all(|b| b.is_ascii_uppercase()) {
                        self.find(&file, value.full_name(), "needs a code of capital letters");
                    }
                    if !codes.insert(entry.code) {
                        self.find(&file, value.full_name(), "has a code that another department has");
                    }
                    if entry.clearance == 0 {
                        self.find(&file, value.full_name(), "has no clearance");
                    }
                }
            }
        }
        let owners = self.departments.values().filter(|entry| entry.owner).count();
        if owners != 1 {
            self.find(&file, kind.full_name(), format!("needs one owner, has {owners}"));
        }
    }

    fn message(&mut self, message: &MessageDescriptor) {
        let file = message.parent_file().name().to_owned();
        if let Err(fault) = MessageRules::compile(message) {
            self.find(&file, message.full_name(), format!("(buf.validate) {fault}"));
        }
        let event = options::event(message);
        let personal = options::is_personal(message) || event.is_some();
        for field in message.fields() {
            let mark = options::mark(&field);
            if personal && mark.as_ref().is_none_or(|mark| mark.sensitivity == 0) {
                self.find(
                    &file,
                    field.full_name(),
                    "is not marked: its message is personal, give it a (hutong.contract.v1.field).sensitivity",
                );
            }
            if !personal && holds_personal(&field) {
                self.find(
                    &file,
                    field.full_name(),
                    "holds a personal message: mark the message that contains it as personal too",
                );
            }
            if mark.is_some_and(|mark| mark.names_what_lies() && field.kind() != Kind::String) {
                self.find(&file, field.full_name(), "is a child_ref, located or area, and must be a string");
            }
        }
        if let Some(event) = event {
            self.event(&file, message, &event);
        }
    }

    fn event(&mut self, file: &str, message: &MessageDescriptor, event: &Event) {
        let place = message.full_name().to_owned();
        let service = message.package_name().split('.').nth(1).unwrap_or_default();
        let parts: Vec<&str> = event.name.split('.').collect();
        let well_formed = parts.len() == 3
            && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        if !well_formed || parts.first() != Some(&service) {
            self.find(file, &place, format!("needs a type of the form {service}.<entity>.<event>"));
        }
        if let Some(other) = self.event_names.insert(event.name.clone(), place.clone()) {
            self.find(file, &place, format!("has the type of {other}"));
        }
        if event.purpose.trim().is_empty() {
            self.find(file, &place, "names no purpose");
        }
        for (what, count) in
            [("aggregate", count(message, |mark| mark.aggregate)), ("area", count(message, |mark| mark.area))]
        {
            if count != 1 {
                self.find(file, &place, format!("needs one field marked {what}, has {count}"));
            }
        }
        for grant in &event.grants {
            self.grant(file, message, event, grant);
        }
    }

    fn grant(&mut self, file: &str, message: &MessageDescriptor, event: &Event, grant: &Grant) {
        let place = message.full_name().to_owned();
        if grant.recipients.is_empty() {
            self.find(file, &place, "has a grant without recipients");
        }
        if grant.purpose.trim().is_empty() {
            self.find(file, &place, "names no purpose in a grant");
        }
        if grant.legal_basis.trim().is_empty() {
            self.find(file, &place, "names no legal_basis in a grant");
        }
        if !grant.when_present.is_empty() && message.get_field_by_name(&grant.when_present).is_none() {
            self.find(file, &place, format!("has a grant when_present {}, which is no field", grant.when_present));
        }
        for number in &grant.recipients {
            let Some(recipient) = self.departments.get(number).cloned() else {
                self.find(file, &place, "grants to a department that does not exist");
                continue;
            };
            if recipient.owner {
                self.find(file, &place, format!("grants to {}, which owns the system", recipient.code));
            }
            for field in message.fields() {
                self.clearance(file, &field, &recipient, &mut Vec::new());
            }
        }
        let recipients: BTreeSet<i32> = event.grants.iter().flat_map(|g| g.recipients.clone()).collect();
        for field in message.fields() {
            let only = options::mark(&field).unwrap_or_default().only;
            if only.iter().any(|number| !recipients.contains(number)) {
                self.find(file, field.full_name(), "is marked only for a department that is no recipient");
            }
        }
    }

    /// A field that a recipient gets must not exceed its clearance, nor must anything in it.
    fn clearance(&mut self, file: &str, field: &FieldDescriptor, recipient: &Department, within: &mut Vec<String>) {
        let mark = options::mark(field).unwrap_or_default();
        if !mark.only.is_empty() && !mark.only.contains(&recipient.number) {
            return;
        }
        if mark.sensitivity > recipient.clearance {
            self.find(
                file,
                field.full_name(),
                format!(
                    "has level {} and would reach {}, whose clearance is {}",
                    mark.sensitivity, recipient.code, recipient.clearance
                ),
            );
        }
        if let Kind::Message(inner) = field.kind()
            && inner.full_name().starts_with(super::ROOT)
            && !within.contains(&inner.full_name().to_owned())
        {
            within.push(inner.full_name().to_owned());
            for field in inner.fields() {
                self.clearance(file, &field, recipient, within);
            }
        }
    }

    fn methods(&mut self, pool: &DescriptorPool) {
        for service in pool.services().filter(|s| s.full_name().starts_with(super::ROOT)) {
            let file = service.parent_file().name().to_owned();
            for method in service.methods() {
                let place = method.full_name().to_owned();
                let Some(rules) = options::rules(&method) else {
                    self.find(&file, &place, "has no (hutong.contract.v1.rules): say who may call it");
                    continue;
                };
                if rules.callers.is_empty() && !rules.any_department && rules.services.is_empty() {
                    self.find(&file, &place, "may be called by nobody: name callers");
                }
                if rules.purpose.trim().is_empty() {
                    self.find(&file, &place, "names no purpose");
                }
                let mut named = rules.callers.iter().chain(&rules.emergency);
                if named.any(|number| !self.departments.contains_key(number)) {
                    self.find(&file, &place, "names a caller that does not exist");
                }
                if !rules.emergency.is_empty() && !options::has_no_side_effects(&method) {
                    self.find(&file, &place, "is open in an emergency and must have NO_SIDE_EFFECTS");
                }
                if rules.emergency.iter().any(|number| rules.any_department || rules.callers.contains(number)) {
                    self.find(&file, &place, "is open in an emergency to a caller that may call it anyway");
                }
                if rules.area == Area::Named && (rules.any_department || !rules.callers.is_empty()) {
                    self.area(&file, &method);
                }
            }
        }
    }

    /// Offices of an area are let in by what a request names.
    fn area(&mut self, file: &str, method: &MethodDescriptor) {
        if method.is_client_streaming() {
            self.find(file, method.full_name(), "takes a stream and must say in whose (rules).area it lies");
        } else if !names_what_lies(&method.input(), &mut BTreeSet::new()) {
            self.find(
                file,
                method.full_name(),
                "has a request that names nothing that lies in an area: mark a field as child_ref, located or area, or say \
                 in whose (rules).area it lies",
            );
        }
    }
}

/// Whether a message, or one within it, names what lies in an area.
fn names_what_lies(message: &MessageDescriptor, looked_into: &mut BTreeSet<String>) -> bool {
    looked_into.insert(message.full_name().to_owned())
        && message.fields().any(|field| match field.kind() {
            Kind::Message(inner) => names_what_lies(&inner, looked_into),
            _ => options::mark(&field).is_some_and(|mark| mark.names_what_lies()),
        })
}

fn count(message: &MessageDescriptor, holds: impl Fn(&options::Mark) -> bool) -> usize {
    message.fields().filter(|field| options::mark(field).is_some_and(|mark| holds(&mark))).count()
}

fn holds_personal(field: &FieldDescriptor) -> bool {
    matches!(field.kind(), Kind::Message(inner) if options::is_personal(&inner))
}
