//! Messages in which everything is set, for the tests of what is derived from the descriptors.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, SetFieldError, Value};

/// A message in which every field is set, so many messages deep, each text as `text` gives it.
pub(crate) fn full(
    message: &MessageDescriptor,
    depth: usize,
    text: &mut impl FnMut(&FieldDescriptor) -> String,
) -> DynamicMessage {
    let mut filled = DynamicMessage::new(message.clone());
    for field in message.fields() {
        let value = match field.kind() {
            Kind::Message(_) if depth == 0 => continue,
            Kind::Message(inner) if field.is_map() => {
                let value = inner.map_entry_value_field();
                let value = match value.kind() {
                    Kind::Message(inner) => Value::Message(full(&inner, depth - 1, text)),
                    _ => plain(&value, text),
                };
                let key = match plain(&inner.map_entry_key_field(), text) {
                    Value::String(text) => MapKey::String(text),
                    other => panic!("a key of another kind: {other:?}"),
                };
                Value::Map([(key, value)].into())
            }
            Kind::Message(inner) if field.is_list() => Value::List(vec![
                Value::Message(full(&inner, depth - 1, text)),
                Value::Message(full(&inner, depth - 1, text)),
            ]),
            Kind::Message(inner) => Value::Message(full(&inner, depth - 1, text)),
            _ if field.is_list() => Value::List(vec![plain(&field, text), plain(&field, text)]),
            _ => plain(&field, text),
        };
        // Of a oneof the last member stays; each is filled by some other message.
        let set: Result<(), SetFieldError> = filled.try_set_field(&field, value);
        set.unwrap();
    }
    filled
}

fn plain(field: &FieldDescriptor, text: &mut impl FnMut(&FieldDescriptor) -> String) -> Value {
    match field.kind() {
        Kind::Bool => Value::Bool(true),
        Kind::String => Value::String(text(field)),
        Kind::Bytes => Value::Bytes(vec![1].into()),
        Kind::Enum(values) => Value::EnumNumber(values.values().last().unwrap().number()),
        Kind::Double => Value::F64(1.0),
        Kind::Float => Value::F32(1.0),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(7),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(7),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(7),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(7),
        Kind::Message(_) => unreachable!("messages are filled by themselves"),
    }
}
