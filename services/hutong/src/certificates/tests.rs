use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kernel::ManualClock;
use kernel::time::parse_iso;
use platform::identity::{Identity, RevocationList};

use super::{CertificateError, Certificates, Subject};

const DAY: Duration = Duration::from_hours(24);

fn clock() -> ManualClock {
    ManualClock::on(parse_iso("2025-01-31").unwrap())
}

fn open(directory: &Path, clock: &ManualClock) -> Certificates {
    Certificates::open_or_create(directory, "test.hutong", Arc::new(clock.clone())).unwrap()
}

fn server() -> Subject {
    Subject::Server {
        hosts: vec!["localhost".into(), "city-hall".into()],
        addresses: vec!["10.0.0.7".parse().unwrap()],
    }
}

#[test]
fn certificates_stay_as_they_are_until_thirty_days_before_their_end() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let subject = Subject::department("EDU");
    let first = open(directory.path(), &clock).ensure(&subject).unwrap();
    let text = std::fs::read_to_string(&first.certificate).unwrap();

    clock.advance(DAY * 366);
    open(directory.path(), &clock).ensure(&subject).unwrap();
    assert_eq!(std::fs::read_to_string(&first.certificate).unwrap(), text);

    clock.advance(DAY * 2);
    open(directory.path(), &clock).ensure(&subject).unwrap();
    assert_ne!(std::fs::read_to_string(&first.certificate).unwrap(), text);
}

#[test]
fn a_certificate_is_issued_anew_when_its_names_or_its_authority_change() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let issued = open(directory.path(), &clock).ensure(&server()).unwrap();
    let text = std::fs::read_to_string(&issued.certificate).unwrap();
    open(directory.path(), &clock).ensure(&server()).unwrap();
    assert_eq!(std::fs::read_to_string(&issued.certificate).unwrap(), text);

    let moved = Subject::Server { hosts: vec!["town-hall".into()], addresses: vec![] };
    open(directory.path(), &clock).ensure(&moved).unwrap();
    let renamed = std::fs::read_to_string(&issued.certificate).unwrap();
    assert_ne!(renamed, text);

    for file in ["authority.pem", "authority.key"] {
        std::fs::remove_file(directory.path().join(file)).unwrap();
    }
    open(directory.path(), &clock).ensure(&moved).unwrap();
    assert_ne!(std::fs::read_to_string(&issued.certificate).unwrap(), renamed);
}

#[test]
fn a_server_keeps_a_name_that_it_was_given_beside_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let issued =
        open(directory.path(), &clock).renew(&server().with_name("nats.example").with_name("10.0.0.8")).unwrap();
    let text = std::fs::read_to_string(&issued.certificate).unwrap();
    open(directory.path(), &clock).ensure(&server()).unwrap();
    assert_eq!(std::fs::read_to_string(&issued.certificate).unwrap(), text);
}

#[test]
fn a_clients_certificate_names_its_holder_and_works_against_the_servers() {
    let directory = tempfile::tempdir().unwrap();
    let certificates = open(directory.path(), &clock());
    let department = certificates.ensure(&Subject::department("EDU-371621")).unwrap().credentials().unwrap();
    let service = certificates.ensure(&Subject::service("registry")).unwrap().credentials().unwrap();
    assert_eq!(department.identity("test.hutong").unwrap(), Identity::Department { code: "EDU-371621".into() });
    assert_eq!(service.identity("test.hutong").unwrap(), Identity::Service("registry".into()));
    assert!(department.client_config().is_ok());
    let server = certificates.ensure(&server()).unwrap();
    assert!(server.credentials().unwrap().server_config(&RevocationList::default()).is_ok());
}

#[test]
fn keys_are_for_their_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let certificates = open(directory.path(), &clock());
    let issued = certificates.ensure(&Subject::department("HC")).unwrap();
    let apart = certificates.issue_apart(&Subject::department("HC"), &directory.path().join("given")).unwrap();
    for key in [&directory.path().join("authority.key"), &issued.key, &apart.key] {
        let mode = std::fs::metadata(key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", key.display());
    }
    assert!(apart.credentials().is_ok());
}

#[test]
fn with_the_authoritys_key_away_certificates_work_but_none_can_be_issued() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    open(directory.path(), &clock).ensure(&Subject::department("EDU")).unwrap();
    std::fs::remove_file(directory.path().join("authority.key")).unwrap();

    let certificates = open(directory.path(), &clock);
    assert!(certificates.ensure(&Subject::department("EDU")).is_ok());
    let refused = certificates.ensure(&Subject::department("HC"));
    assert!(matches!(refused, Err(CertificateError::KeyAway { .. })));
}

#[test]
fn a_damaged_authority_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    drop(open(directory.path(), &clock));
    let file = directory.path().join("authority.key");
    for damage in ["", "no key", &another_key()] {
        std::fs::write(&file, damage).unwrap();
        let opened = Certificates::open_or_create(directory.path(), "test.hutong", Arc::new(clock.clone()));
        assert!(matches!(opened, Err(CertificateError::Authority { .. })));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), damage);
    }
}

fn another_key() -> String {
    rcgen::KeyPair::generate().unwrap().serialize_pem()
}
