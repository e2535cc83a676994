//! A public key as `hutong verify --keys` reads it.

use evidence::key::PublicKey;

use super::evidence_file::sample;

/// A key has one spelling.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(key) = text.parse::<PublicKey>() {
        assert_eq!(key.to_string(), text);
    }
}

/// Two.
pub fn seeds() -> Vec<Vec<u8>> {
    sample().keys.iter().map(|key| key.to_string().into_bytes()).collect()
}
