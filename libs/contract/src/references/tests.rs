use std::collections::BTreeSet;

use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};

use super::*;
use crate::registry::v1::{BatchGetChildrenRequest, ChildRegistered, GetChildRequest};
use crate::test_messages::full;

/// What stands for a child in the tests: another one for each number.
fn child(number: u128) -> Uuid {
    Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0000 | number)
}

fn turned(child: Uuid) -> Uuid {
    Uuid::from_u128(!child.as_u128())
}

/// Turns every reference as a clerk would, who reads the decoded message; gives the children that it named.
fn turn(message: &mut DynamicMessage, children: &mut BTreeSet<Uuid>) {
    for field in message.descriptor().fields() {
        if !message.has_field(&field) {
            continue;
        }
        let marked = policy::options::mark(&field).unwrap_or_default().child_ref;
        let mut values = vec![];
        match message.get_field_mut(&field) {
            Value::List(list) => values.extend(list.iter_mut()),
            Value::Map(map) => values.extend(map.values_mut()),
            value => values.push(value),
        }
        for value in values {
            match value {
                Value::Message(inner) => turn(inner, children),
                Value::String(text) if marked => {
                    let child = Uuid::try_parse(text).unwrap();
                    children.insert(child);
                    *text = turned(child).to_string();
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_reference_of_every_message_is_found_as_a_clerk_would() {
    let mut found = 0;
    let methods = descriptors::methods().flat_map(|(_, method)| [method.input(), method.output()]);
    for message in methods.chain(event::all().iter().map(|event| event.message.clone())) {
        let mut number = 0;
        let whole = full(&message, 5, &mut |field| {
            number += 1;
            let marked = policy::options::mark(field).unwrap_or_default().child_ref;
            if marked { child(number).to_string() } else { "童".to_owned() }
        });
        let (mut expected, mut children) = (whole.clone(), BTreeSet::new());
        turn(&mut expected, &mut children);
        let mut bytes = whole.encode_to_vec();
        match References::of(&message) {
            None => assert_eq!(children, BTreeSet::new(), "{}", message.full_name()),
            Some(references) => {
                assert_eq!(references.children(&bytes).unwrap(), children, "{}", message.full_name());
                references.replace(&mut bytes, turned).unwrap();
                let read = DynamicMessage::decode(message.clone(), bytes.as_slice()).unwrap();
                assert_eq!(read, expected, "{}", message.full_name());
                found += children.len();
            }
        }
    }
    assert!(found > 100, "the registry speaks of children: {found}");
}

#[test]
fn a_method_and_an_event_have_their_references() {
    let path = "/hutong.registry.v1.ChildService/GetChild";
    let mut request = GetChildRequest { child: child(1).to_string(), ..Default::default() }.encode_to_vec();
    of_request(path).unwrap().replace(&mut request, turned).unwrap();
    assert_eq!(GetChildRequest::decode(request.as_slice()).unwrap().child, turned(child(1)).to_string());
    assert!(of_answer(path).is_some());
    assert!(of_request("/hutong.registry.v1.ChildService/Nothing").is_none());
    assert!(of_event(event::of::<ChildRegistered>()).is_some());
}

#[test]
fn an_empty_reference_stays_and_another_spelling_is_refused() {
    let references = of_request("/hutong.registry.v1.ChildService/BatchGetChildren").unwrap();
    let request = |children: &[&str]| {
        let children = children.iter().map(|&child| child.to_owned()).collect();
        BatchGetChildrenRequest { children, ..Default::default() }.encode_to_vec()
    };
    references.replace(&mut request(&["", &child(1).to_string()]), turned).unwrap();
    let upper = child(0xabc).to_string().to_uppercase();
    let simple = child(1).simple().to_string();
    let braced = format!("{{{simple}}}");
    for text in [upper.as_str(), &simple, &braced, &child(1).urn().to_string(), "x", "童"] {
        let error = references.replace(&mut request(&[text]), turned).unwrap_err();
        assert_eq!(error, ReferenceError::NotAReference("children".into()), "{text}");
        assert_eq!(references.children(&request(&[text])).unwrap(), BTreeSet::new(), "{text}");
    }
}

#[test]
fn what_is_no_message_is_refused() {
    let references = of_request("/hutong.registry.v1.ChildService/GetChild").unwrap();
    let request = GetChildRequest { child: child(1).to_string(), ..Default::default() }.encode_to_vec();
    for length in 1..request.len() {
        let error = references.replace(&mut request[..length].to_vec(), turned).unwrap_err();
        assert!(matches!(error, ReferenceError::Malformed(_)), "{length}");
        assert!(references.children(&request[..length]).is_err(), "{length}");
    }
}
