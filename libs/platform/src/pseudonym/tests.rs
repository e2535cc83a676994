use std::os::unix::fs::PermissionsExt as _;

use contract::Department;

use super::*;

const CHILD: Uuid = Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0001);

/// Computed with HMAC and openssl: a reference that a department keeps must stay good for ever.
#[test]
fn a_reference_is_what_it_always_was() {
    let secret = std::array::from_fn(|index| u8::try_from(index).unwrap());
    let pseudonyms = Pseudonyms::of_key(&secret);
    for (department, reference) in [
        (Department::Education, "859b3102-0381-1755-0b79-9a057727da66"),
        (Department::Health, "01b4ccad-683a-ec68-ee7f-f83bd2ae75d0"),
    ] {
        let pseudonym = pseudonyms.of(department).unwrap();
        assert_eq!(pseudonym.conceal(CHILD).to_string(), reference);
        assert_eq!(pseudonym.reveal(reference.parse().unwrap()), CHILD);
    }
}

#[test]
fn every_department_but_the_owner_has_references_of_its_own() {
    let pseudonyms = Pseudonyms::generate().unwrap();
    let mut references = vec![CHILD];
    for entry in contract::department::all() {
        let Some(pseudonym) = pseudonyms.of(entry.department) else {
            assert!(entry.owner, "{}", entry.code);
            continue;
        };
        references.push(pseudonym.conceal(CHILD));
        assert_eq!(pseudonym.reveal(pseudonym.conceal(CHILD)), CHILD);
    }
    let departments = contract::department::all().len();
    references.sort();
    references.dedup();
    assert_eq!(references.len(), departments);
}

#[test]
fn the_key_file_stays_is_its_owners_and_one_that_is_wrong_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys/references");
    let reference = |pseudonyms: Pseudonyms| pseudonyms.of(Department::Court).unwrap().conceal(CHILD);
    let first = reference(Pseudonyms::open(&file).unwrap());
    assert_eq!(reference(Pseudonyms::open(&file).unwrap()), first);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let text = std::fs::read_to_string(&file).unwrap();
    for wrong in ["", "# nothing\n", &text.replace("key ", "kay "), &format!("{text}key 00\n"), &text[..text.len() - 2]]
    {
        std::fs::write(&file, wrong).unwrap();
        let error = Pseudonyms::open(&file).unwrap_err();
        assert!(matches!(error, SecretFileError::NoKey { .. }), "{error}");
        let secret = text.lines().last().unwrap().trim_start_matches("key ");
        assert!(!error.to_string().contains(secret), "an error says nothing of a key");
    }
    std::fs::write(&file, &text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Pseudonyms::open(&file), Err(SecretFileError::OpenToOthers { .. })));
}
