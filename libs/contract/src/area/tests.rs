use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};

use super::*;
use crate::registry::v1::{BatchGetChildrenRequest, ListApplicationsRequest, ListChildrenRequest};
use crate::test_messages::full;

/// An id: another one for each number.
fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0000 | number)
}

fn named(method: &str) -> &'static Named {
    match of_method(&format!("/hutong.registry.v1.{method}")) {
        Some(AreaRule::Named(named)) => named,
        rule => panic!("{method}: {rule:?}"),
    }
}

/// What a clerk finds who reads the decoded request, and hides every second thing.
fn read_through(message: &mut DynamicMessage, asked: &mut Asked, nobody: &mut u128) {
    for field in message.descriptor().fields() {
        let mark = options::mark(&field).unwrap_or_default();
        if !message.has_field(&field) {
            continue;
        }
        let mut values = vec![];
        match message.get_field_mut(&field) {
            Value::List(list) => values.extend(list.iter_mut()),
            Value::Map(map) => values.extend(map.values_mut()),
            value => values.push(value),
        }
        for value in values {
            match value {
                Value::Message(inner) => read_through(inner, asked, nobody),
                Value::String(text) if mark.area => {
                    asked.divisions.insert(text.clone());
                }
                Value::String(text) if mark.child_ref || !mark.located.is_empty() => {
                    let kind = if mark.child_ref { CHILD } else { mark.located.as_str() };
                    let id = Uuid::try_parse(text).unwrap();
                    asked.things.entry(kind.into()).or_default().insert(id);
                    if is_hidden(kind, id) {
                        *text = Uuid::from_u128(*nobody).to_string();
                        *nobody -= 1;
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_hidden(_: &str, id: Uuid) -> bool {
    id.as_u128().is_multiple_of(2)
}

#[test]
fn what_every_request_names_is_found_as_a_clerk_would() {
    let mut kinds = BTreeSet::new();
    for (path, method) in descriptors::methods() {
        let Some(AreaRule::Named(named)) = of_method(&path) else { continue };
        let mut number = 0;
        let whole = full(&method.input(), 5, &mut |field| {
            number += 1;
            let mark = options::mark(field).unwrap_or_default();
            match mark.child_ref || !mark.located.is_empty() {
                true => id(number).to_string(),
                false => format!("3716{:02}", number % 100),
            }
        });
        let (mut expected, mut asked) = (whole.clone(), Asked::default());
        read_through(&mut expected, &mut asked, &mut u128::MAX.clone());
        let mut bytes = whole.encode_to_vec();
        assert_eq!(named.asked(&bytes).unwrap(), asked, "{path}");
        named.hide(&mut bytes, is_hidden).unwrap();
        assert_eq!(DynamicMessage::decode(method.input(), bytes.as_slice()).unwrap(), expected, "{path}");
        kinds.extend(named.kinds());
    }
    assert!(kinds.contains(CHILD) && kinds.len() > 1, "{kinds:?}");
}

#[test]
fn an_empty_filter_is_filled_in_and_another_stays() {
    let narrow = |named: &Named, mut request: Vec<u8>| {
        let narrowed = named.narrow(&mut request, "371621").unwrap();
        (narrowed, request)
    };
    let list = named("ChildService/ListChildren");
    let request =
        |division: &str| ListChildrenRequest { division: division.to_owned(), page_size: 7, ..Default::default() };
    let (narrowed, bytes) = narrow(list, request("").encode_to_vec());
    assert!(narrowed);
    assert_eq!(ListChildrenRequest::decode(bytes.as_slice()).unwrap(), request("371621"));
    assert_eq!(narrow(list, request("371602").encode_to_vec()), (false, request("371602").encode_to_vec()));

    // Written twice, the last one counts; both are looked at.
    let twice = [request("371602").encode_to_vec(), vec![0x1a, 0]].concat();
    assert_eq!(ListChildrenRequest::decode(twice.as_slice()).unwrap().division, "");
    assert_eq!(list.asked(&twice).unwrap().divisions, BTreeSet::from(["371602".to_owned()]));
    let (narrowed, bytes) = narrow(list, twice);
    assert!(narrowed);
    assert_eq!(ListChildrenRequest::decode(bytes.as_slice()).unwrap().division, "371621");

    let empty = ListApplicationsRequest::default().encode_to_vec();
    assert!(narrow(named("ApplicationService/ListApplications"), empty).0);
    assert!(!narrow(named("ChildService/BatchGetChildren"), Vec::new()).0, "it has no filter");
}

#[test]
fn an_id_in_another_spelling_is_refused() {
    let batch = named("ChildService/BatchGetChildren");
    for text in [id(0xabc).to_string().to_uppercase(), id(1).simple().to_string(), "x".to_owned()] {
        let children = vec![id(2).to_string(), text];
        let request = BatchGetChildrenRequest { children, ..Default::default() }.encode_to_vec();
        assert_eq!(batch.asked(&request), Err(ReferenceError::NotAReference("children".into())));
    }
    assert!(batch.asked(&[0xff]).is_err());
    assert!(batch.asked(&[]).unwrap().is_nothing());
}

#[test]
fn every_method_has_its_rule() {
    for path in crate::access::methods().keys() {
        assert!(of_method(path).is_some(), "{path}");
    }
    assert!(of_method("/hutong.registry.v1.ChildService/Nothing").is_none());
}
