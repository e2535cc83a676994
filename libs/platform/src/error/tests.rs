use kernel::ErrorCode;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{DOMAIN, FieldViolation, ServiceError};

#[test]
fn every_failure_carries_its_reason_and_domain() {
    let error = ServiceError::already_exists("CITIZEN_ID_TAKEN", "there is a file already").with_metadata("row", "12");
    let status = Status::from(error);
    assert_eq!((status.code(), status.message()), (Code::AlreadyExists, "there is a file already"));
    let info = status.get_details_error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("CITIZEN_ID_TAKEN", DOMAIN));
    assert_eq!(info.metadata["row"], "12");
}

#[test]
fn invalid_fields_are_named_by_path() {
    let error = ServiceError::invalid("child.citizen_id", "ID_CHECK_DIGIT", "the check digit is wrong")
        .and_invalid("categories[2].from", "a date is expected");
    let status = Status::from(error);
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.get_details_error_info().unwrap().reason, "ID_CHECK_DIGIT");
    let violations = status.get_details_bad_request().unwrap().field_violations;
    let found: Vec<_> =
        violations.iter().map(|violation| (violation.field.as_str(), violation.description.as_str())).collect();
    let expected = [("child.citizen_id", "the check digit is wrong"), ("categories[2].from", "a date is expected")];
    assert_eq!(found, expected);

    let one = FieldViolation { field: "name".into(), description: "is missing".into() };
    assert_eq!(ServiceError::invalid_fields(vec![one.clone()]).to_string(), "name: is missing");
    assert_eq!(ServiceError::invalid_fields(vec![one.clone(), one]).to_string(), "2 fields are invalid");
}

#[test]
fn a_client_learns_nothing_of_what_broke_inside() {
    let disk = std::io::Error::other("disk of row 7 is gone");
    let error = ServiceError::internal(disk);
    assert_eq!(error.chain(), "disk of row 7 is gone");
    assert_eq!(error.to_string(), "internal error", "the source is never part of the text");
    let status = Status::from(error.clone());
    assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    assert_eq!(status.get_details_error_info().unwrap().reason, "INTERNAL");
    let sent = String::from_utf8_lossy(status.details()).into_owned();
    assert!(!sent.contains("disk"), "{sent:?}");

    let renamed = ServiceError { message: "secret".into(), ..error };
    assert_eq!(Status::from(renamed).message(), "internal error");
}

#[test]
fn every_code_has_its_grpc_twin() {
    for code in ErrorCode::ALL {
        let status = Status::from(ServiceError::new(code, "CASE", "text"));
        let expected = code.as_str().replace('_', "").to_lowercase();
        assert_eq!(format!("{:?}", status.code()).to_lowercase(), expected);
    }
}
