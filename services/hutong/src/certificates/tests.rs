use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kernel::time::parse_iso;
use kernel::{Clock as _, ManualClock};
use platform::identity::{Identity, RevocationList};

use super::{CertificateError, Certificates, Subject, admitted_keys};

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
fn certificates_stay_as_they_are_until_a_third_of_their_life_is_left_and_are_renewed_over_their_key() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let subject = Subject::department("EDU");
    let first = open(directory.path(), &clock).ensure(&subject).unwrap();
    let text = std::fs::read_to_string(&first.certificate).unwrap();

    let key = std::fs::read_to_string(&first.key).unwrap();
    clock.advance(DAY * 60 - Duration::from_secs(1));
    open(directory.path(), &clock).ensure(&subject).unwrap();
    assert_eq!(std::fs::read_to_string(&first.certificate).unwrap(), text);

    clock.advance(Duration::from_secs(2));
    open(directory.path(), &clock).ensure(&subject).unwrap();
    assert_ne!(std::fs::read_to_string(&first.certificate).unwrap(), text);
    assert_eq!(std::fs::read_to_string(&first.key).unwrap(), key, "the broker's list of keys needs no change");
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

    for file in ["authority.pem", "authority.key", "revoked.crl"] {
        std::fs::remove_file(directory.path().join(file)).unwrap();
    }
    open(directory.path(), &clock).ensure(&moved).unwrap();
    assert_ne!(std::fs::read_to_string(&issued.certificate).unwrap(), renamed);
}

#[test]
fn a_server_keeps_a_name_that_it_was_given_beside_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let issued = open(directory.path(), &clock)
        .keep(&server().with_name("nats.example").with_name("10.0.0.8"), None)
        .unwrap()
        .issued;
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
    let apart =
        certificates.keep_apart(&Subject::department("HC"), &directory.path().join("given"), None).unwrap().issued;
    for key in [&directory.path().join("authority.key"), &issued.key, &apart.key] {
        let mode = std::fs::metadata(key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", key.display());
    }
    assert!(apart.credentials().is_ok());
}

#[test]
fn with_the_authoritys_key_away_certificates_work_to_their_end_but_none_can_be_issued_or_revoked() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let subject = Subject::department("EDU");
    open(directory.path(), &clock).ensure(&subject).unwrap();
    std::fs::remove_file(directory.path().join("authority.key")).unwrap();

    let certificates = open(directory.path(), &clock);
    assert!(!certificates.keep(&subject, None).unwrap().due);
    let refused = certificates.ensure(&Subject::department("HC"));
    assert!(matches!(refused, Err(CertificateError::KeyAway { .. })));
    let refused = certificates.revoke(&["department/EDU".to_owned()]).unwrap_err();
    assert!(refused.to_string().contains("bring revoked.crl here"), "{refused}");

    clock.advance(DAY * 70);
    assert!(open(directory.path(), &clock).keep(&subject, None).unwrap().due, "near its end it is told");
    clock.advance(DAY * 21);
    assert!(matches!(open(directory.path(), &clock).ensure(&subject), Err(CertificateError::KeyAway { .. })));
}

#[test]
fn revoking_one_certificate_leaves_the_others_of_its_holder_and_twice_is_once() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let certificates = open(directory.path(), &clock);
    let subject = Subject::department("EDU");
    let first = certificates.ensure(&subject).unwrap();
    let given = directory.path().join("given");
    certificates.keep_apart(&subject, &given, None).unwrap();
    clock.advance(DAY * 61);
    certificates.keep_apart(&subject, &given, None).unwrap();
    assert_eq!(certificates.registered().unwrap().len(), 3, "one of them was renewed");

    let named = [given.join("EDU.pem").display().to_string()];
    let revoked = certificates.revoke(&named).unwrap();
    assert_eq!(revoked.len(), 2, "both over the key that leaked");
    let list = std::fs::read_to_string(certificates.revocations_file()).unwrap();
    assert_eq!(certificates.revoke(&named).unwrap(), revoked);
    assert_eq!(std::fs::read_to_string(certificates.revocations_file()).unwrap(), list, "nothing was signed anew");

    let keys = keys(&certificates, directory.path(), &clock);
    assert_eq!(keys.len(), 1, "the key of the other one is still admitted");
    assert!(!keys.contains(&revoked[0].key));
    assert!(!certificates.revoked().unwrap().revokes(&super::files::der(&read(&first.certificate)).unwrap()));

    let key = read(&given.join("EDU.key"));
    let anew = certificates.keep_apart(&subject, &given, None).unwrap();
    assert!(anew.renewed && read(&anew.issued.key) != key, "a revoked key is never used again");
    let all = certificates.revoke(&["department/EDU".to_owned()]).unwrap();
    assert_eq!(all.len(), 2, "by its holder: all that were good");
    let unknown = certificates.revoke(&["5f".to_owned()]).unwrap_err().to_string();
    assert!(unknown.contains("hutong cert list --all"), "{unknown}");
}

#[test]
fn the_list_is_signed_anew_well_before_its_time_is_over_and_forgets_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let clock = clock();
    let certificates = open(directory.path(), &clock);
    certificates.ensure(&Subject::department("EDU")).unwrap();
    certificates.revoke(&["department/EDU".to_owned()]).unwrap();
    let next = certificates.revoked().unwrap().next_update().unwrap();
    clock.advance(DAY * 19);
    assert_eq!(open(directory.path(), &clock).revoked().unwrap().next_update(), Some(next));
    clock.advance(DAY * 2);
    let list = open(directory.path(), &clock).revoked().unwrap();
    assert!(list.next_update().unwrap() > next);
    assert_eq!(list.len(), 1);
}

#[test]
fn a_list_of_another_authority_or_a_damaged_one_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let clock = clock();
    let file = open(directory.path(), &clock).revocations_file();
    let own = read(&file);
    let foreign = read(&open(elsewhere.path(), &clock).revocations_file());
    let middle = own.len() / 2;
    let cut = format!("{}-----END X509 CRL-----\n", &own[..middle]);
    open(directory.path(), &clock).ensure(&Subject::department("EDU")).unwrap();
    std::fs::remove_file(&file).unwrap();
    let gone = Certificates::open_or_create(directory.path(), "test.hutong", Arc::new(clock.clone()));
    let Err(gone) = gone else { panic!("an empty list would make all good again") };
    assert!(gone.to_string().contains("is gone") && !file.exists(), "{gone}");
    for damage in ["", "no list", &foreign, &cut, &own[..middle]] {
        std::fs::write(&file, damage).unwrap();
        let opened = Certificates::open_or_create(directory.path(), "test.hutong", Arc::new(clock.clone()));
        assert!(matches!(opened, Err(CertificateError::Revoked(_))), "{damage}");
        assert_eq!(read(&file), damage);
    }
}

#[test]
fn a_certificate_from_elsewhere_is_admitted_only_if_it_is_the_authoritys_and_names_somebody() {
    let directory = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let clock = clock();
    // The authority's key is elsewhere; here are its certificate and its list.
    let issuing = open(elsewhere.path(), &clock);
    let education = issuing.ensure(&Subject::department("EDU")).unwrap().certificate;
    let server = issuing.ensure(&server()).unwrap().certificate;
    for file in ["authority.pem", "revoked.crl"] {
        std::fs::copy(elsewhere.path().join(file), directory.path().join(file)).unwrap();
    }
    let certificates = open(directory.path(), &clock);
    assert!(!certificates.has_authoritys_key());
    assert!(keys(&certificates, directory.path(), &clock).is_empty());

    let refused = |file: &Path| certificates.admit(file).unwrap_err().to_string();
    assert!(refused(&server).ends_with("the certificate holds no URI name"), "{}", refused(&server));
    let stranger = tempfile::tempdir().unwrap();
    let stranger = open(stranger.path(), &clock).ensure(&Subject::department("EDU")).unwrap().certificate;
    assert!(refused(&stranger).contains("none of the certificates in authority.pem"), "{}", refused(&stranger));

    let admitted = certificates.admit(&education).unwrap();
    assert_eq!(certificates.admit(&education).unwrap(), admitted);
    assert_eq!(keys(&certificates, directory.path(), &clock).into_iter().collect::<Vec<_>>(), [admitted.key]);
    issuing.revoke(&["department/EDU".to_owned()]).unwrap();
    std::fs::copy(issuing.revocations_file(), certificates.revocations_file()).unwrap();
    assert!(keys(&certificates, directory.path(), &clock).is_empty(), "the list that was brought is in force");
    assert!(refused(&education).contains("it is revoked"));
}

fn keys(certificates: &Certificates, directory: &Path, clock: &ManualClock) -> BTreeSet<String> {
    admitted_keys(directory, "test.hutong", &certificates.revoked().unwrap(), clock.now()).unwrap()
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
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
