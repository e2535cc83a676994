//! Reads our options from descriptors.

use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumValueDescriptor, FieldDescriptor, MessageDescriptor, MethodDescriptor,
    ReflectMessage as _, Value,
};

/// `google.protobuf.MethodOptions.IdempotencyLevel`.
const NO_SIDE_EFFECTS: i32 = 1;

/// An event's option.
#[derive(Debug, Clone)]
pub struct Event {
    /// `<service>.<entity>.<event>`.
    pub name: String,
    /// Why the fact is carried at all.
    pub purpose: String,
    /// Who outside the platform receives it.
    pub grants: Vec<Grant>,
}

/// One grant of an event.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Department numbers.
    pub recipients: Vec<i32>,
    /// What for.
    pub purpose: String,
    /// On which basis.
    pub legal_basis: String,
    /// The field that must be present; empty for none.
    pub when_present: String,
}

/// A field's mark.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// The level's number; 0 is unmarked.
    pub sensitivity: i32,
    /// A child's reference.
    pub child_ref: bool,
    /// What the event is about.
    pub aggregate: bool,
    /// The division that decides in whose area the message lies.
    pub area: bool,
    /// Department numbers; empty means every recipient.
    pub only: Vec<i32>,
    /// Of what kind the thing is whose id the field holds; empty for none.
    pub located: String,
}

impl Mark {
    /// Whether the field names what lies in an area.
    pub fn names_what_lies(&self) -> bool {
        self.child_ref || self.area || !self.located.is_empty()
    }
}

/// How a column of a workbook is filled in.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// A row without it is refused.
    pub required: bool,
    /// It is a day.
    pub day: bool,
    /// The full name of the enum whose labels may stand in it; empty for any text.
    pub terms: String,
    /// Several of them may.
    pub several: bool,
    /// An example; may be empty.
    pub example: String,
    /// What belongs into it, in Chinese and English.
    pub note: Option<(String, String)>,
}

/// A method's rules.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Department numbers.
    pub callers: Vec<i32>,
    /// Any department, about its own affairs.
    pub any_department: bool,
    /// Service names.
    pub services: Vec<String>,
    /// What for.
    pub purpose: String,
    /// Department numbers that may call in an emergency.
    pub emergency: Vec<i32>,
    /// In whose area its calls lie.
    pub area: Area,
}

/// In whose area a method's calls lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// What the request names decides.
    Named,
    /// In nobody's.
    City,
    /// A department's as a whole.
    Department,
    /// The service sees to it.
    Service,
}

/// A department's entry.
#[derive(Debug, Clone)]
pub struct Department {
    /// The enum value's number.
    pub number: i32,
    /// For example `EDU`.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The highest level's number that it may see.
    pub clearance: i32,
    /// Owns the system.
    pub owner: bool,
}

/// The event option of a message, if it is an event.
pub fn event(message: &MessageDescriptor) -> Option<Event> {
    let option = extension(message.parent_pool(), message.options(), "event")?;
    Some(Event {
        name: text(&option, "type"),
        purpose: text(&option, "purpose"),
        grants: list(&option, "grants")
            .iter()
            .filter_map(Value::as_message)
            .map(|grant| Grant {
                recipients: numbers(grant, "recipients"),
                purpose: text(grant, "purpose"),
                legal_basis: text(grant, "legal_basis"),
                when_present: text(grant, "when_present"),
            })
            .collect(),
    })
}

/// Whether a message is said to hold facts about a person.
pub fn is_personal(message: &MessageDescriptor) -> bool {
    value(message.parent_pool(), &message.options(), "personal").and_then(|value| value.as_bool()).unwrap_or(false)
}

/// A field's mark, if it has one.
pub fn mark(field: &FieldDescriptor) -> Option<Mark> {
    let option = extension(field.parent_pool(), field.options(), "field")?;
    Some(Mark {
        sensitivity: number(&option, "sensitivity"),
        child_ref: flag(&option, "child_ref"),
        aggregate: flag(&option, "aggregate"),
        area: flag(&option, "area"),
        only: numbers(&option, "only"),
        located: text(&option, "located"),
    })
}

/// The header of a field's column in workbooks.
pub fn column(field: &FieldDescriptor) -> Option<String> {
    value(field.parent_pool(), &field.options(), "column")?.as_str().map(str::to_owned)
}

/// How a column is filled in.
pub fn cell(field: &FieldDescriptor) -> Cell {
    let Some(option) = extension(field.parent_pool(), field.options(), "cell") else {
        return Cell::default();
    };
    let note = option.get_field_by_name("note").and_then(|value| value.as_message().cloned());
    Cell {
        required: flag(&option, "required"),
        day: flag(&option, "day"),
        terms: text(&option, "terms"),
        several: flag(&option, "several"),
        example: text(&option, "example"),
        note: note.filter(|_| option.has_field_by_name("note")).map(|note| (text(&note, "zh"), text(&note, "en"))),
    }
}

/// A method's rules, if it has any.
pub fn rules(method: &MethodDescriptor) -> Option<Rules> {
    let option = extension(method.parent_pool(), method.options(), "rules")?;
    Some(Rules {
        callers: numbers(&option, "callers"),
        any_department: flag(&option, "any_department"),
        services: list(&option, "services").iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        purpose: text(&option, "purpose"),
        emergency: numbers(&option, "emergency"),
        area: match number(&option, "area") {
            1 => Area::City,
            2 => Area::Department,
            3 => Area::Service,
            _ => Area::Named,
        },
    })
}

/// Whether a method is said to change nothing.
pub fn has_no_side_effects(method: &MethodDescriptor) -> bool {
    number(&method.options(), "idempotency_level") == NO_SIDE_EFFECTS
}

/// An enum value's names for people, Chinese and English.
pub fn label(value: &EnumValueDescriptor) -> Option<(String, String)> {
    let option = extension(value.parent_pool(), value.options(), "label")?;
    Some((text(&option, "zh"), text(&option, "en")))
}

/// The departments, in their order. Values without an entry are left out.
pub fn departments(pool: &DescriptorPool) -> Vec<Department> {
    let Some(departments) = pool.get_enum_by_name("hutong.contract.v1.Department") else {
        return Vec::new();
    };
    departments
        .values()
        .filter_map(|value| {
            let option = extension(pool, value.options(), "department")?;
            Some(Department {
                number: value.number(),
                code: text(&option, "code"),
                zh: text(&option, "zh"),
                en: text(&option, "en"),
                clearance: number(&option, "clearance"),
                owner: flag(&option, "owner"),
            })
        })
        .collect()
}

fn extension(pool: &DescriptorPool, options: DynamicMessage, name: &str) -> Option<DynamicMessage> {
    value(pool, &options, name)?.as_message().cloned()
}

fn value(pool: &DescriptorPool, options: &DynamicMessage, name: &str) -> Option<Value> {
    let extension = pool
        .get_message_by_name(options.descriptor().full_name())?
        .extensions()
        .find(|extension| extension.full_name() == format!("hutong.contract.v1.{name}"))?;
    options.has_extension(&extension).then(|| options.get_extension(&extension).into_owned())
}

fn text(message: &DynamicMessage, field: &str) -> String {
    message.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn flag(message: &DynamicMessage, field: &str) -> bool {
    message.get_field_by_name(field).and_then(|value| value.as_bool()).unwrap_or_default()
}

fn number(message: &DynamicMessage, field: &str) -> i32 {
    message.get_field_by_name(field).and_then(|value| value.as_enum_number()).unwrap_or_default()
}

fn list(message: &DynamicMessage, field: &str) -> Vec<Value> {
    message.get_field_by_name(field).and_then(|value| value.as_list().map(<[Value]>::to_vec)).unwrap_or_default()
}

fn numbers(message: &DynamicMessage, field: &str) -> Vec<i32> {
    list(message, field).iter().filter_map(Value::as_enum_number).collect()
}
