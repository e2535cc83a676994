use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::{Fields, KeyFileError, Vault, VaultError, key_file, key_lines, key_of, lies_current, retire, rotate};
use crate::secret_file::derived;

const FIELDS: Fields = Fields::new("registry.child.sealed", &["full_name", "phone", "remarks"]);

fn key_file() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys/vault.keys");
    (directory, file)
}

#[test]
fn what_was_sealed_opens_again_after_a_restart() {
    let (_directory, file) = key_file();
    let sealed = Vault::open(&file).unwrap().seal(b"child:1:name", "甲".as_bytes()).unwrap();
    assert_eq!(Vault::open(&file).unwrap().unseal(b"child:1:name", &sealed).unwrap(), "甲".as_bytes());
}

#[test]
fn sealing_twice_gives_two_texts_and_neither_holds_the_plain_one() {
    let (_directory, file) = key_file();
    let vault = Vault::open(&file).unwrap();
    let [first, second] = [(), ()].map(|()| vault.seal(b"", b"plain text").unwrap());
    assert_ne!(first, second);
    assert!(!first.windows(5).any(|part| part == b"plain"));
}

#[test]
fn an_altered_cut_or_moved_value_does_not_open() {
    let (_directory, file) = key_file();
    let vault = Vault::open(&file).unwrap();
    let sealed = vault.seal(b"child:1:name", b"value").unwrap();
    for position in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[position] ^= 1;
        vault.unseal(b"child:1:name", &altered).expect_err("every byte counts");
    }
    for length in 0..sealed.len() {
        vault.unseal(b"child:1:name", &sealed[..length]).expect_err("every byte counts");
    }
    assert_eq!(vault.unseal(b"child:2:name", &sealed), Err(VaultError::Tampered), "another row");
    assert_eq!(vault.unseal(b"child:1:name", b"plain"), Err(VaultError::NotSealed));
}

/// As the first version of this module sealed: one key for all, no field's own.
fn sealed_by_version_1(file: &Path, place: &[u8], plain: &[u8]) -> Vec<u8> {
    let stored = &key_file::read(file).unwrap().keys[0];
    let key = derived(&stored.secret, "hutong vault seal v1");
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let mut body = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key([7; 12]), Aad::from(place), &mut body).unwrap();
    [&[1][..], &stored.id.to_be_bytes(), &[7; 12], &body].concat()
}

#[test]
fn what_the_first_version_sealed_still_opens_and_is_known() {
    let (_directory, file) = key_file();
    let vault = Vault::open(&file).unwrap();
    let old = sealed_by_version_1(&file, b"registry.child.sealed:1", b"plain");
    assert_eq!(vault.unseal(b"registry.child.sealed:1", &old).unwrap(), b"plain");
    assert_eq!((key_of(&old), lies_current(&old)), (Some(1), false));
    let new = vault.seal(b"registry.child.sealed:1", b"plain").unwrap();
    assert_eq!((key_of(&new), lies_current(&new)), (Some(1), true));
    assert_eq!(key_of(b"plain text"), None);
}

#[test]
fn each_field_has_its_own_key_and_place() {
    let (_directory, file) = key_file();
    let vault = Vault::open(&file).unwrap();
    let values: [&[u8]; 3] = ["甲".as_bytes(), b"", b"0123456789abcdef"];
    let place = FIELDS.place(b"row 1");
    let sealed = vault.seal_fields(FIELDS, &place, &values).unwrap();
    assert_eq!(vault.unseal_fields(FIELDS, &place, &sealed).unwrap(), values.map(|value| Some(value.to_vec())));
    assert_eq!(vault.unseal_fields(FIELDS, &FIELDS.place(b"row 2"), &sealed), Err(VaultError::Tampered));
    let other = Fields::new("registry.person.sealed", FIELDS.names());
    assert_eq!(vault.unseal_fields(other, &place, &sealed), Err(VaultError::Tampered), "another column's keys");
    let swapped = Fields::new("registry.child.sealed", &["phone", "full_name", "remarks"]);
    let afresh = Vault::open(&file).unwrap();
    assert_eq!(afresh.unseal_fields(swapped, &place, &sealed), Err(VaultError::Tampered), "another field's key");
    for length in 0..sealed.len() {
        vault.unseal_fields(FIELDS, &place, &sealed[..length]).expect_err("nothing may be missing");
    }
    for position in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[position] ^= 1;
        vault.unseal_fields(FIELDS, &place, &altered).expect_err("every byte counts");
    }
}

#[test]
fn a_field_can_be_destroyed_alone() {
    let (_directory, file) = key_file();
    let vault = Vault::open(&file).unwrap();
    let place = FIELDS.place(b"row");
    let sealed = vault.seal_fields(FIELDS, &place, &[b"name", b"phone", b"remarks"]).unwrap();
    let without = Vault::without_field(FIELDS, "phone", &sealed).unwrap();
    let opened = vault.unseal_fields(FIELDS, &place, &without).unwrap();
    assert_eq!(opened, [Some(b"name".to_vec()), None, Some(b"remarks".to_vec())]);
    assert_eq!(Vault::without_field(FIELDS, "address", &sealed), Err(VaultError::NotSealed));
}

#[test]
fn lengths_of_fields_tell_little() {
    let (_directory, file) = key_file();
    let vault = Vault::open(&file).unwrap();
    let length = |remarks: &[u8]| vault.seal_fields(FIELDS, b"", &[b"", b"", remarks]).unwrap().len();
    assert_eq!(length(b""), length(b"fifteen bytes.."));
    assert_eq!(length(b"sixteen bytes...") - length(b""), 16);
}

#[test]
fn a_new_key_seals_and_the_old_one_still_opens_and_finds() {
    let (_directory, file) = key_file();
    let running = Vault::open(&file).unwrap();
    let other_process = Vault::open(&file).unwrap();
    let sealed = running.seal(b"a", b"old").unwrap();
    let hash = running.search_hash("citizen_id", "371699201205170039");
    assert!(!running.refresh(), "nothing has changed");

    assert_eq!(rotate(&file, 2_025_011_000).unwrap(), 2_025_011_000);
    assert_eq!(rotate(&file, 2_025_011_000).unwrap(), 2_025_011_001);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no draft is left behind");
    assert_eq!(running.active_key(), 1);
    assert!(running.refresh());
    assert_eq!(running.key_ids(), [2_025_011_001, 2_025_011_000, 1]);
    assert_eq!(running.unseal(b"a", &sealed).unwrap(), b"old");
    assert_eq!(running.search_hash("citizen_id", "371699201205170039"), hash);
    let newer = running.seal(b"a", b"new").unwrap();
    assert_eq!(key_of(&newer), Some(2_025_011_001));
    assert_eq!(other_process.unseal(b"a", &newer).unwrap(), b"new", "a process meets a key that it does not hold yet");
}

#[test]
fn a_key_is_retired_unless_it_is_the_active_one() {
    let (_directory, file) = key_file();
    let vault = Vault::open(&file).unwrap();
    let sealed = vault.seal(b"a", b"old").unwrap();
    assert!(matches!(retire(&file, 1), Err(KeyFileError::Active { id: 1, .. })));
    assert!(matches!(retire(&file, 9), Err(KeyFileError::NoSuchKey { id: 9, .. })));
    rotate(&file, 2).unwrap();
    retire(&file, 1).unwrap();
    assert_eq!(key_lines(&file).unwrap().iter().map(|key| (key.id, key.active)).collect::<Vec<_>>(), [(2, true)]);
    assert!(vault.refresh());
    assert_eq!(vault.unseal(b"a", &sealed), Err(VaultError::UnknownKey(1)));
}

#[test]
fn a_key_file_that_is_damaged_or_anothers_while_we_run_changes_nothing() {
    let (_directory, file) = key_file();
    let (_other, other_file) = key_file();
    Vault::open(&other_file).unwrap();
    let vault = Vault::open(&file).unwrap();
    let sealed = vault.seal(b"a", b"value").unwrap();
    let whole = fs::read_to_string(&file).unwrap();
    for text in [String::new(), "garbage".to_owned(), fs::read_to_string(&other_file).unwrap()] {
        fs::write(&file, text).unwrap();
        assert!(!vault.refresh());
        assert_eq!(vault.unseal(b"a", &sealed).unwrap(), b"value");
    }
    fs::remove_file(&file).unwrap();
    assert!(!vault.refresh());
    fs::write(&file, whole).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    rotate(&file, 2).unwrap();
    assert!(vault.refresh());
    assert_eq!(vault.active_key(), 2);
}

#[test]
fn the_search_hash_depends_on_value_field_and_key() {
    let (_one, file) = key_file();
    let (_other, other_file) = key_file();
    let (vault, other) = (Vault::open(&file).unwrap(), Vault::open(&other_file).unwrap());
    let hash = vault.search_hash("citizen_id", "371699201205170039");
    assert_eq!(hash, vault.search_hash("citizen_id", "371699201205170039"));
    assert_ne!(hash, vault.search_hash("citizen_id", "371699201205170055"));
    assert_ne!(hash, vault.search_hash("phone", "371699201205170039"));
    assert_ne!(vault.search_hash("ab", "c"), vault.search_hash("a", "bc"));
    assert_ne!(hash, other.search_hash("citizen_id", "371699201205170039"));
}

#[test]
fn the_key_file_is_its_owners_and_one_open_to_others_is_refused() {
    let (_directory, file) = key_file();
    Vault::open(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no draft is left behind");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(Vault::open(&file).unwrap_err().to_string().ends_with("is open to others: chmod 600 it"));
}

#[test]
fn a_damaged_key_file_is_refused_by_line_and_without_its_secrets() {
    let (_directory, file) = key_file();
    Vault::open(&file).unwrap();
    let whole = fs::read_to_string(&file).unwrap();
    let check = |text: String, expected: &str| {
        fs::write(&file, text).unwrap();
        let error = Vault::open(&file).unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error:?} does not end with {expected:?}");
    };
    check(whole.replace("key 1", "key one"), "line 5: expected `key`, a number of its own and 64 hexadecimal digits");
    check(whole[..whole.len() - 3].to_owned(), "line 5: expected `key`, a number of its own and 64 hexadecimal digits");
    check(whole.replace("key 1", "kye 1"), "line 5: expected a comment, one `search` line or `key` lines");
    check(whole.lines().take(4).collect::<Vec<_>>().join("\n"), "holds no `key` line");
    check(String::new(), "holds no `key` line");
}
