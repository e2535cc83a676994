//! The answer of a time-stamp authority, and the token in it.

use std::sync::LazyLock;

use evidence::time_stamp::{Authority, Nonce, TimeStamp, accept, verify};

const NOTE: &str = include_str!("../../../tests/fixtures/time_stamp/note.txt");
const ANSWERS: [&[u8]; 2] = [
    include_bytes!("../../../tests/fixtures/time_stamp/rsa.tsr"),
    include_bytes!("../../../tests/fixtures/time_stamp/ecdsa.tsr"),
];
const CERTIFICATES: [&[u8]; 2] = [
    include_bytes!("../../../tests/fixtures/time_stamp/rsa.pem"),
    include_bytes!("../../../tests/fixtures/time_stamp/ecdsa.pem"),
];

static AUTHORITY: LazyLock<Authority> =
    LazyLock::new(|| Authority::from_pem(&CERTIFICATES.concat()).expect("certificates"));
static TOKENS: LazyLock<Vec<(Vec<u8>, TimeStamp)>> =
    LazyLock::new(|| ANSWERS.iter().map(|answer| accept(answer, NOTE, nonce(), &AUTHORITY).expect("good")).collect());

fn nonce() -> Nonce {
    Nonce::new([7; 16])
}

/// Nobody but the authority gives its word, and it says what the authority said.
pub fn take(data: &[u8]) {
    let said = |word: &TimeStamp| assert!(TOKENS.iter().any(|(_, signed)| signed == word), "what nobody said");
    if let Ok((token, word)) = accept(data, NOTE, nonce(), &AUTHORITY) {
        said(&word);
        assert_eq!(verify(&token, NOTE, &AUTHORITY), Ok(word));
    }
    if let Ok(word) = verify(data, NOTE, &AUTHORITY) {
        said(&word);
    }
    if let Ok(authority) = Authority::from_pem(data) {
        drop(verify(&TOKENS[0].0, NOTE, &authority));
    }
}

/// Answers, tokens and certificates.
pub fn seeds() -> Vec<Vec<u8>> {
    let tokens = TOKENS.iter().map(|(token, _)| token.clone());
    ANSWERS.iter().chain(&CERTIFICATES).map(|bytes| bytes.to_vec()).chain(tokens).collect()
}
