use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{Vault, VaultError};

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

#[test]
fn a_new_key_seals_and_the_old_one_still_opens_and_finds() {
    let (_directory, file) = key_file();
    let before = Vault::open(&file).unwrap();
    let sealed = before.seal(b"a", b"old").unwrap();
    let hash = before.search_hash("citizen_id", "371699201205170039");

    let text = fs::read_to_string(&file).unwrap().replace("key 1", &format!("key 2 {}\nkey 1", "ab".repeat(32)));
    fs::write(&file, text).unwrap();
    let after = Vault::open(&file).unwrap();
    assert_eq!((before.active_key(), after.active_key()), (1, 2));
    assert_eq!(after.unseal(b"a", &sealed).unwrap(), b"old");
    assert_eq!(after.search_hash("citizen_id", "371699201205170039"), hash);
    let newer = after.seal(b"a", b"new").unwrap();
    assert_eq!(before.unseal(b"a", &newer), Err(VaultError::UnknownKey(2)));
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
