use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::{Credentials, CredentialsError, Identity, IdentityError, RevocationList, Revocations};
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
    let error = credentials.server_config(&RevocationList::default()).unwrap_err().to_string();
    assert_eq!(error, "the private key is no valid PEM");
    assert!(!format!("{credentials:?}").contains("PRIVATE"), "a key is never printed");
}

fn der(credentials: &Credentials) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(&credentials.certificate_pem).unwrap()
}

#[test]
fn a_list_revokes_what_it_names_and_nothing_else() {
    let authority = Authority::new();
    let (one, other) = (authority.department("EDU"), authority.department("EDU"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("revoked.crl");
    let read = || RevocationList::read(&file, &one.authority_pem).unwrap();
    assert!(!read().revokes(&der(&one)), "without a list nobody is revoked");

    std::fs::write(&file, authority.revoke(1, &[&one])).unwrap();
    assert!(read().revokes(&der(&one)) && !read().revokes(&der(&other)));
    assert!(read().revokes(b"garbage"), "what cannot be read is not good");
    let same_serial_elsewhere = Authority::new().department("EDU");
    assert!(!read().revokes(&der(&same_serial_elsewhere)));
}

#[test]
fn only_a_whole_list_of_the_authority_that_is_not_older_takes_the_place_of_another() {
    let authority = Authority::new();
    let (one, other) = (authority.department("EDU"), authority.department("HC"));
    let pem = one.authority_pem.clone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("revoked.crl");
    std::fs::write(&file, authority.revoke(7, &[&one])).unwrap();
    let mut revocations = Revocations::open(&file, &pem).unwrap();

    let newer = authority.revoke(300, &[&one, &other]);
    let foreign = Authority::new().revoke(300, &[]);
    for (list, expected) in [
        (String::new(), "holds no certificate revocation list"),
        ("garbage".to_owned(), "holds no certificate revocation list"),
        (newer[..newer.len() / 2].to_owned(), "holds no certificate revocation list"),
        (foreign.clone(), "signed by none of the certificates in authority.pem"),
        (format!("{newer}{foreign}"), "signed by none of the certificates in authority.pem"),
        (authority.revoke(6, &[]), "older than the list in force"),
    ] {
        std::fs::write(&file, &list).unwrap();
        let error = revocations.refresh(&pem).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("revoked.crl"), "{error}");
        assert!(revocations.in_force().revokes(&der(&one)), "the last good one stays in force");
        assert_eq!(Revocations::open(&file, &pem).is_err(), !error.contains("older"), "nobody begins with a bad one");
    }
    std::fs::remove_file(&file).unwrap();
    assert!(revocations.refresh(&pem).unwrap_err().to_string().contains("is gone"));

    std::fs::write(&file, newer).unwrap();
    revocations.refresh(&pem).unwrap();
    assert!(revocations.in_force().revokes(&der(&other)));
}
