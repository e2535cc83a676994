mod area;
mod redaction;
mod references;

use super::{Caller, Connection};
use crate::identity::{Identity, IdentityError};

fn department(code: &str) -> Caller {
    Caller::new(Identity::Department { code: code.into() })
}

#[test]
fn who_is_named_by_the_contract_may_call_and_nobody_else() {
    for (path, callers) in contract::access::methods() {
        for entry in contract::department::all() {
            let named = callers.any_department || callers.departments.contains(&entry.department);
            assert_eq!(department(&entry.code).may_call(path), named, "{} {path}", entry.code);
            let county = format!("{}-371621", entry.code);
            assert_eq!(department(&county).may_call(path), named, "{county} {path}");
        }
        for service in ["registry", "exchange", "stranger"] {
            let named = callers.services.iter().any(|name| name == service);
            assert_eq!(Caller::new(Identity::Service(service.into())).may_call(path), named, "{service} {path}");
        }
    }
}

#[test]
fn a_department_that_the_contract_does_not_know_may_call_nothing_of_ours() {
    for path in contract::access::methods().keys() {
        assert!(!department("XYZ").may_call(path), "{path}");
    }
}

#[test]
fn health_and_reflection_are_open_and_what_the_contract_does_not_know_is_not() {
    let caller = department("EDU");
    assert!(caller.may_call("/grpc.health.v1.Health/Check"));
    assert!(caller.may_call("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"));
    for path in ["", "/", "/grpc.health.v1.HealthX/Check", "/hutong.registry.v1.ChildService/Nothing"] {
        assert!(!caller.may_call(path), "{path:?}");
    }
}

#[test]
fn a_handler_learns_its_caller_or_that_there_is_none() {
    let mut request = tonic::Request::new(());
    let error = Caller::of(&request).unwrap_err();
    assert_eq!((error.code, error.reason), (kernel::ErrorCode::Unauthenticated, "CERTIFICATE_REJECTED"));

    request.extensions_mut().insert(Connection::new(None, Err(IdentityError::SeveralUris)));
    let error = Caller::of(&request).unwrap_err();
    assert_eq!(error.message, "the certificate holds several URI names");

    request.extensions_mut().insert(Connection::of(Identity::Department { code: "EDU-371621".into() }));
    let caller = Caller::of(&request).unwrap();
    assert_eq!(caller.code(), "EDU-371621");
    assert_eq!(caller.department(), contract::Department::from_code("EDU"));
}
