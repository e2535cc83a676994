//! The contract's messages, as the descriptors have them: which there are, one of each, and what is marked in them.

use std::sync::LazyLock;

use contract::department::DepartmentEntry;
use contract::descriptors;
use prost_reflect::{
    Cardinality, DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, Value,
};

/// Every method of the contract with its path, in order.
pub(crate) fn methods() -> &'static [(String, MethodDescriptor)] {
    static METHODS: LazyLock<Vec<(String, MethodDescriptor)>> = LazyLock::new(|| {
        let mut paths: Vec<_> = contract::access::methods().keys().cloned().collect();
        paths.sort();
        let method = |path: &String| {
            let (service, name) = path.trim_start_matches('/').split_once('/')?;
            descriptors().get_service_by_name(service)?.methods().find(|method| method.name() == name)
        };
        paths.into_iter().filter_map(|path| method(&path).map(|method| (path, method))).collect()
    });
    &METHODS
}

/// The first two bytes choose one of several things, the rest is for it.
pub(crate) fn choose<'a, 'b, T>(data: &'a [u8], among: &'b [T]) -> Option<(&'b T, &'a [u8])> {
    let (number, rest) = data.split_first_chunk::<2>()?;
    Some((&among[usize::from(u16::from_le_bytes(*number)) % among.len()], rest))
}

/// The bytes that choose the one at a place.
pub(crate) fn chosen(place: usize, rest: &[u8]) -> Vec<u8> {
    let number = u16::try_from(place).expect("there are fewer");
    [number.to_le_bytes().as_slice(), rest].concat()
}

/// A message with all its fields filled, `depth` messages deep.
pub(crate) fn filled(message: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut filled = DynamicMessage::new(message.clone());
    for field in message.fields() {
        if let Some(value) = value(&field, depth) {
            let value = if field.cardinality() == Cardinality::Repeated { Value::List(vec![value]) } else { value };
            filled.set_field(&field, value);
        }
    }
    filled
}

fn value(field: &FieldDescriptor, depth: usize) -> Option<Value> {
    Some(match field.kind() {
        Kind::Message(_) if depth == 0 || field.is_map() => return None,
        Kind::Message(message) => Value::Message(filled(&message, depth - 1)),
        Kind::Enum(terms) => Value::EnumNumber(terms.values().nth(1).map_or(0, |term| term.number())),
        Kind::String => Value::String(text(field.name()).to_owned()),
        Kind::Bytes => Value::Bytes(vec![7; 32].into()),
        Kind::Bool => Value::Bool(true),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(7),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(7),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(7),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(7),
        Kind::Float => Value::F32(0.5),
        Kind::Double => Value::F64(0.5),
    })
}

fn text(name: &str) -> &'static str {
    match name {
        name if name.contains("county") || name.contains("division") => "371602",
        name if name.contains("citizen_id") => "371699201205170039",
        name if name.contains("name") => "王小明",
        name if name.contains("token") => "",
        _ => "0193b8a0-0000-7000-8000-000000000001",
    }
}

/// A field of the answer that its reader may not see, by an own reading of the marks: the oracle of what redaction does.
pub(crate) fn secret_in(message: &DynamicMessage, reader: &DepartmentEntry) -> Option<String> {
    message.fields().find_map(|(field, value)| {
        if !may_see(&field, reader) {
            return Some(field.full_name().to_owned());
        }
        match value {
            Value::Message(inner) => secret_in(inner, reader),
            Value::List(items) => {
                items.iter().find_map(|item| item.as_message().and_then(|inner| secret_in(inner, reader)))
            }
            _ => None,
        }
    })
}

/// Whether a department may see a field, by its mark.
pub(crate) fn may_see(field: &FieldDescriptor, reader: &DepartmentEntry) -> bool {
    static MARK: LazyLock<ExtensionDescriptor> = LazyLock::new(|| {
        descriptors().get_extension_by_name("hutong.contract.v1.field").expect("the contract has marks")
    });
    let options = field.options();
    let mark = options.get_extension(&MARK);
    let Some(mark) = mark.as_message() else { return true };
    let level = mark.get_field_by_name("sensitivity").and_then(|level| level.as_enum_number()).unwrap_or(0);
    let only = mark.get_field_by_name("only");
    let only = only.as_ref().and_then(|only| only.as_list()).unwrap_or_default();
    let named = only.is_empty() || only.iter().any(|one| one.as_enum_number() == Some(reader.department as i32));
    level <= reader.clearance as i32 && named
}
