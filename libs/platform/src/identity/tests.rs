use super::{CredentialsError, Identity, IdentityError};
use crate::test_authority::{Authority, TRUST_DOMAIN};

fn identity(uris: &[&str]) -> Result<Identity, IdentityError> {
    match Authority::new().issue(uris, &["hutong.internal"]).identity(TRUST_DOMAIN) {
        Ok(identity) => Ok(identity),
        Err(CredentialsError::Identity(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn one_uri_of_the_city_names_a_department_or_a_service() {
    let department = identity(&["spiffe://binzhou.hutong/department/EDU"]).unwrap();
    assert_eq!(department, Identity::Department { code: "EDU".into() });
    assert_eq!(department.department(), contract::Department::from_code("EDU"));
    assert_eq!(department.uri(TRUST_DOMAIN), "spiffe://binzhou.hutong/department/EDU");

    let county = identity(&["spiffe://binzhou.hutong/department/EDU-371621"]).unwrap();
    assert_eq!(county.code(), "EDU-371621");
    assert_eq!(county.department(), contract::Department::from_code("EDU"));

    let service = identity(&["spiffe://binzhou.hutong/service/registry"]).unwrap();
    assert_eq!(service, Identity::Service("registry".into()));
    assert_eq!(service.department(), None);
}

#[test]
fn no_uri_several_uris_and_other_cities_name_nobody() {
    let one = "spiffe://binzhou.hutong/department/EDU";
    assert_eq!(identity(&[]), Err(IdentityError::NoUri));
    assert_eq!(identity(&[one, one]), Err(IdentityError::SeveralUris));
    let two = [one, "spiffe://binzhou.hutong/department/HC"];
    assert_eq!(identity(&two), Err(IdentityError::SeveralUris));
    let elsewhere = ["spiffe://dezhou.hutong/department/EDU"];
    assert_eq!(identity(&elsewhere), Err(IdentityError::ForeignTrustDomain));
}

#[test]
fn anything_but_a_department_or_a_service_names_nobody() {
    for uri in [
        "https://binzhou.hutong/department/EDU",
        "spiffe://binzhou.hutong",
        "spiffe://binzhou.hutong/department/",
        "spiffe://binzhou.hutong/department/edu",
        "spiffe://binzhou.hutong/department/EDU/extra",
        "spiffe://binzhou.hutong/department/EDU-3716",
        "spiffe://binzhou.hutong/department/EDU-37162x",
        "spiffe://binzhou.hutong/department/EDU.*",
        "spiffe://binzhou.hutong/service/Registry",
        "spiffe://binzhou.hutong/service/",
        "spiffe://binzhou.hutong/person/1",
    ] {
        assert_eq!(Identity::parse(uri, TRUST_DOMAIN), Err(IdentityError::UnknownPath), "{uri}");
    }
}

#[test]
fn a_code_that_the_contract_does_not_know_is_no_department() {
    let stranger = Identity::parse("spiffe://binzhou.hutong/department/XYZ", TRUST_DOMAIN).unwrap();
    assert_eq!(stranger.department(), None);
}

#[test]
fn garbage_is_no_certificate_and_no_pem() {
    assert_eq!(Identity::from_certificate(b"garbage", TRUST_DOMAIN), Err(IdentityError::Malformed));
    let mut credentials = Authority::new().server();
    credentials.private_key_pem = b"garbage".to_vec();
    let error = credentials.server_config().unwrap_err().to_string();
    assert_eq!(error, "the private key is no valid PEM");
    assert!(!format!("{credentials:?}").contains("PRIVATE"), "a key is never printed");
}
