use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};

use super::*;
use crate::registry::v1::{ChildProfile, GetChildResponse};
use crate::test_messages::full;

/// The rule as a clerk with a black pen applies it, to the decoded message.
fn blacken(message: &mut DynamicMessage, reader: &DepartmentEntry, path: &str, mask: &mut BTreeSet<String>) {
    for field in message.descriptor().fields() {
        if !message.has_field(&field) {
            continue;
        }
        let mark = policy::options::mark(&field).unwrap_or_default();
        let here = if path.is_empty() { field.name().to_owned() } else { format!("{path}.{}", field.name()) };
        if mark.sensitivity > reader.clearance as i32
            || !mark.only.is_empty() && !mark.only.contains(&(reader.department as i32))
        {
            message.clear_field(&field);
            mask.insert(here);
            continue;
        }
        match message.get_field_mut(&field) {
            Value::Message(inner) => blacken(inner, reader, &here, mask),
            Value::List(values) => {
                for value in values {
                    if let Value::Message(inner) = value {
                        blacken(inner, reader, &here, mask);
                    }
                }
            }
            Value::Map(values) => {
                for value in values.values_mut() {
                    if let Value::Message(inner) = value {
                        blacken(inner, reader, &format!("{here}.value"), mask);
                    }
                }
            }
            _ => {}
        }
    }
}

#[test]
fn every_answer_of_every_method_is_cut_for_every_department_as_a_clerk_would() {
    let mut cuts = 0;
    for (path, method) in descriptors::methods() {
        let answer = method.output();
        let whole = full(&answer, 4, &mut |_| "童".to_owned());
        for reader in department::all() {
            let (mut expected, mut mask) = (whole.clone(), BTreeSet::new());
            blacken(&mut expected, reader, "", &mut mask);
            match of_answer(&path, reader.department) {
                None => assert!(mask.is_empty(), "{path} for {} is not cut", reader.code),
                Some(redaction) => {
                    let redacted = redaction.apply(&whole.encode_to_vec()).unwrap();
                    let read = DynamicMessage::decode(answer.clone(), redacted.message.as_slice()).unwrap();
                    assert_eq!(read, expected, "{path} for {}", reader.code);
                    assert_eq!(redacted.mask, mask, "{path} for {}", reader.code);
                    cuts += mask.len();
                }
            }
        }
    }
    assert!(cuts > 1_000, "most of the registry's answers are above most departments: {cuts}");
}

#[test]
fn a_field_that_this_build_does_not_know_is_cut() {
    let path = "/hutong.registry.v1.ChildService/GetChild";
    let redaction = of_answer(path, Department::Finance).unwrap();
    let mut message = GetChildResponse::default().encode_to_vec();
    encode_key(9_999, WireType::Varint, &mut message);
    encode_varint(1, &mut message);
    assert_eq!(redaction.apply(&message).unwrap(), Redacted::default());
}

#[test]
fn what_is_no_message_is_refused_and_the_owner_sees_all() {
    let path = "/hutong.registry.v1.ChildService/GetChild";
    let redaction = of_answer(path, Department::Finance).unwrap();
    let message = GetChildResponse {
        child: Some(crate::registry::v1::Child {
            profile: Some(ChildProfile { full_name: "童一".to_owned(), ..Default::default() }),
            ..Default::default()
        }),
    };
    let bytes = message.encode_to_vec();
    for length in 1..bytes.len() {
        // A prefix is refused, or cut as what it is; nothing of the name comes out.
        if let Ok(redacted) = redaction.apply(&bytes[..length]) {
            assert!(!redacted.message.windows(3).any(|part| part == "童".as_bytes()));
        }
    }
    assert!(redaction.apply(&[0xff]).is_err());
    assert!(of_answer(path, department::owner().department).is_none());
    assert!(of_answer("/hutong.registry.v1.ChildService/Nothing", Department::Finance).is_none());
}
