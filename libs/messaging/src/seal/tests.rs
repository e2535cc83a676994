use std::os::unix::fs::PermissionsExt as _;

use super::{KeyError, Signer, Verifier};

/// The example of RFC 8410, sections 10.1 and 10.3.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
const PUBLIC_KEY: &str = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

#[test]
fn a_key_file_of_anybody_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key");
    std::fs::write(&file, KEY).unwrap();
    let signer = Signer::open_or_create(&file).unwrap();
    assert_eq!(signer.public_key_hex(), PUBLIC_KEY);
    assert_eq!(std::fs::read_to_string(directory.path().join("key.pub")).unwrap(), format!("{PUBLIC_KEY}\n"));
}

#[test]
fn a_new_key_is_its_owners_alone_and_stays() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys").join("key");
    let signer = Signer::open_or_create(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = Signer::open_or_create(&file).unwrap();
    assert_eq!((again.key_id(), again.sign(b"fact")), (signer.key_id(), signer.sign(b"fact")));
}

#[test]
fn only_the_keys_own_signature_over_the_same_bytes_is_good() {
    let (signer, other) = (Signer::generate().unwrap(), Signer::generate().unwrap());
    let verifier = Verifier::from_hex(&signer.public_key_hex()).unwrap();
    let signature = signer.sign(b"fact");
    assert!(verifier.verify(b"fact", &signature));
    assert!(!verifier.verify(b"fiction", &signature));
    assert!(!verifier.verify(b"fact", &other.sign(b"fact")));
    assert!(!verifier.verify(b"fact", &signature[..63]));
}

#[test]
fn what_is_no_key_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key");
    for text in ["", "garbage", &KEY.replace("PRIVATE", "PUBLIC"), &KEY.replace("MC4C", "MC4D")] {
        std::fs::write(&file, text).unwrap();
        assert!(matches!(Signer::open_or_create(&file), Err(KeyError::Format { .. })), "{text}");
    }
    for text in ["", "zz", &PUBLIC_KEY[2..]] {
        assert!(matches!(Verifier::from_hex(text), Err(KeyError::Public)), "{text}");
    }
}
