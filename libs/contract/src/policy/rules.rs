//! The `buf.validate` rules that Hutong uses, compiled from the descriptors.
//!
//! The rules are interpreted here because the maintained crate for them builds
//! only where `protoc` is installed. A rule that is not known here fails the
//! build: no rule in `proto/` is ever silently ignored.

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor, ReflectMessage as _,
    Value,
};
use regex::Regex;

/// What is wrong with a value: the path of the field and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// For example `profile.full_name` or `children[3]`.
    pub field: String,
    /// For example `must have at least 1 character`. Never the value.
    pub expected: String,
}

/// The rules of one message type.
#[derive(Debug)]
pub struct MessageRules {
    fields: Vec<(FieldDescriptor, FieldRules)>,
    required_oneofs: Vec<OneofDescriptor>,
}

#[derive(Debug, Default)]
struct FieldRules {
    required: bool,
    ignore_zero: bool,
    ignore_always: bool,
    constraints: Vec<Constraint>,
    items: Vec<Constraint>,
}

#[derive(Debug)]
enum Constraint {
    MinimumLength(u64),
    MaximumLength(u64),
    Pattern(Regex),
    Uuid,
    DefinedOnly,
    NotIn(Vec<i32>),
    AtLeast(i64),
    AtMost(i64),
    MinimumItems(u64),
    MaximumItems(u64),
}

impl MessageRules {
    /// Compiles the rules of a message.
    ///
    /// # Errors
    /// Names the field and the rule that is not known or does not compile.
    pub fn compile(message: &MessageDescriptor) -> Result<Self, String> {
        let mut fields = Vec::new();
        for field in message.fields() {
            let rules = compile_field(&field).map_err(|fault| format!("{}: {fault}", field.name()))?;
            fields.push((field, rules));
        }
        let mut required_oneofs = Vec::new();
        for oneof in message.oneofs() {
            let Some(option) = extension(message.parent_pool(), &oneof.options(), "buf.validate.oneof") else {
                continue;
            };
            for (rule, value) in option.fields() {
                match (rule.name(), value.as_bool()) {
                    ("required", Some(true)) => required_oneofs.push(oneof.clone()),
                    (name, _) => {
                        return Err(format!("{}: unknown rule oneof.{name}", oneof.name()));
                    }
                }
            }
        }
        Ok(Self { fields, required_oneofs })
    }

    /// Checks a message and the messages in it.
    pub fn check(
        &self,
        message: &DynamicMessage,
        nested: &impl Fn(&MessageDescriptor) -> Option<&'static MessageRules>,
        path: &str,
        violations: &mut Vec<Violation>,
    ) {
        for oneof in &self.required_oneofs {
            if !oneof.fields().any(|field| message.has_field(&field)) {
                violations.push(Violation {
                    field: join(path, oneof.name()),
                    expected: "one of its fields must be set".to_owned(),
                });
            }
        }
        for (field, rules) in &self.fields {
            let present = message.has_field(field);
            let path = join(path, field.name());
            if rules.required && !present {
                violations.push(Violation { field: path, expected: "must be set".to_owned() });
                continue;
            }
            let in_oneof = field.containing_oneof().is_some();
            if rules.ignore_always || (!present && (rules.ignore_zero || in_oneof || field.supports_presence())) {
                continue;
            }
            let value = message.get_field(field);
            for constraint in &rules.constraints {
                check_constraint(constraint, field, &value, &path, violations);
            }
            check_items(rules, field, &value, &path, nested, violations);
        }
    }
}

fn check_items(
    rules: &FieldRules,
    field: &FieldDescriptor,
    value: &Value,
    path: &str,
    nested: &impl Fn(&MessageDescriptor) -> Option<&'static MessageRules>,
    violations: &mut Vec<Violation>,
) {
    match value {
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}[{index}]");
                for constraint in &rules.items {
                    check_constraint(constraint, field, item, &path, violations);
                }
                check_nested(item, &path, nested, violations);
            }
        }
        other => check_nested(other, path, nested, violations),
    }
}

fn check_nested(
    value: &Value,
    path: &str,
    nested: &impl Fn(&MessageDescriptor) -> Option<&'static MessageRules>,
    violations: &mut Vec<Violation>,
) {
    if let Value::Message(inner) = value
        && let Some(rules) = nested(&inner.descriptor())
    {
        rules.check(inner, nested, path, violations);
    }
}

fn check_constraint(
    constraint: &Constraint,
    field: &FieldDescriptor,
    value: &Value,
    path: &str,
    violations: &mut Vec<Violation>,
) {
    let length = || value.as_str().map_or(0, |text| text.chars().count() as u64);
    let items = || value.as_list().map_or(0, |items| items.len() as u64);
    let number = || {
        value
            .as_i32()
            .map(i64::from)
            .or_else(|| value.as_i64())
            .or_else(|| value.as_u32().map(i64::from))
            .unwrap_or_default()
    };
    let (holds, expected) = match constraint {
        Constraint::MinimumLength(least) => (length() >= *least, format!("must have at least {least} character(s)")),
        Constraint::MaximumLength(most) => (length() <= *most, format!("must have at most {most} characters")),
        Constraint::Pattern(pattern) => {
            (value.as_str().is_some_and(|text| pattern.is_match(text)), format!("must match {pattern}"))
        }
        Constraint::Uuid => (value.as_str().is_some_and(is_uuid), "must be a UUID, lower case with hyphens".to_owned()),
        Constraint::DefinedOnly => {
            let defined = match (field.kind(), value.as_enum_number()) {
                (Kind::Enum(kind), Some(number)) => kind.get_value(number).is_some(),
                _ => false,
            };
            (defined, "must be a value that the contract defines".to_owned())
        }
        Constraint::NotIn(refused) => {
            (!refused.contains(&value.as_enum_number().unwrap_or_default()), "must be set".to_owned())
        }
        Constraint::AtLeast(least) => (number() >= *least, format!("must be at least {least}")),
        Constraint::AtMost(most) => (number() <= *most, format!("must be at most {most}")),
        Constraint::MinimumItems(least) => (items() >= *least, format!("must have at least {least} item(s)")),
        Constraint::MaximumItems(most) => (items() <= *most, format!("must have at most {most} items")),
    };
    if !holds {
        violations.push(Violation { field: path.to_owned(), expected });
    }
}

fn compile_field(field: &FieldDescriptor) -> Result<FieldRules, String> {
    let mut rules = FieldRules::default();
    let Some(option) = extension(field.parent_pool(), &field.options(), "buf.validate.field") else {
        return Ok(rules);
    };
    for (rule, value) in option.fields() {
        match (rule.name(), value) {
            ("required", value) => rules.required = value.as_bool().unwrap_or_default(),
            ("ignore", value) => match (rule.kind(), value.as_enum_number()) {
                (Kind::Enum(kind), Some(number)) => {
                    match kind.get_value(number).as_ref().map(prost_reflect::EnumValueDescriptor::name) {
                        Some("IGNORE_IF_ZERO_VALUE") => rules.ignore_zero = true,
                        Some("IGNORE_ALWAYS") => rules.ignore_always = true,
                        _ => return Err("unknown value of rule ignore".to_owned()),
                    }
                }
                _ => return Err("unknown value of rule ignore".to_owned()),
            },
            ("repeated", Value::Message(list)) => compile_repeated(list, &mut rules)?,
            (kind, Value::Message(inner)) => compile_constraints(kind, inner, &mut rules.constraints)?,
            (name, _) => return Err(format!("unknown rule {name}")),
        }
    }
    Ok(rules)
}

fn compile_repeated(list: &DynamicMessage, rules: &mut FieldRules) -> Result<(), String> {
    for (rule, value) in list.fields() {
        match (rule.name(), value) {
            ("min_items", Value::U64(least)) => {
                rules.constraints.push(Constraint::MinimumItems(*least));
            }
            ("max_items", Value::U64(most)) => {
                rules.constraints.push(Constraint::MaximumItems(*most));
            }
            ("items", Value::Message(items)) => {
                for (kind, value) in items.fields() {
                    let inner =
                        value.as_message().ok_or_else(|| format!("unknown rule repeated.items.{}", kind.name()))?;
                    compile_constraints(kind.name(), inner, &mut rules.items)?;
                }
            }
            (name, _) => return Err(format!("unknown rule repeated.{name}")),
        }
    }
    Ok(())
}

fn compile_constraints(kind: &str, rules: &DynamicMessage, constraints: &mut Vec<Constraint>) -> Result<(), String> {
    for (rule, value) in rules.fields() {
        constraints.push(match (kind, rule.name(), value) {
            ("string", "min_len", Value::U64(least)) => Constraint::MinimumLength(*least),
            ("string", "max_len", Value::U64(most)) => Constraint::MaximumLength(*most),
            ("string", "pattern", Value::String(pattern)) => {
                Constraint::Pattern(Regex::new(pattern).map_err(|_| format!("pattern {pattern} does not compile"))?)
            }
            ("string", "uuid", Value::Bool(true)) => Constraint::Uuid,
            ("enum", "defined_only", Value::Bool(true)) => Constraint::DefinedOnly,
            ("enum", "not_in", Value::List(values)) => {
                Constraint::NotIn(values.iter().filter_map(Value::as_i32).collect())
            }
            ("int32", "gte", Value::I32(least)) => Constraint::AtLeast(i64::from(*least)),
            ("int32", "lte", Value::I32(most)) => Constraint::AtMost(i64::from(*most)),
            ("int64", "gte", Value::I64(least)) => Constraint::AtLeast(*least),
            ("int64", "lte", Value::I64(most)) => Constraint::AtMost(*most),
            (kind, name, _) => return Err(format!("unknown rule {kind}.{name}")),
        });
    }
    Ok(())
}

fn extension(pool: &DescriptorPool, options: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let extension = pool
        .get_message_by_name(options.descriptor().full_name())?
        .extensions()
        .find(|extension| extension.full_name() == name)?;
    options.has_extension(&extension).then(|| options.get_extension(&extension).as_message().cloned())?
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
