//! With answers of OpenSSL's authority, made by `tests/fixtures/time_stamp/make.sh`. Others are asked in `tests/city`.

use proptest::prelude::*;

use super::*;

const NOTE: &str = include_str!("../../../../tests/fixtures/time_stamp/note.txt");
const RSA: &[u8] = include_bytes!("../../../../tests/fixtures/time_stamp/rsa.tsr");
const ECDSA: &[u8] = include_bytes!("../../../../tests/fixtures/time_stamp/ecdsa.tsr");

/// An authority with a root, whose tokens come with the certificate in between.
fn with_root() -> Authority {
    Authority::from_pem(include_bytes!("../../../../tests/fixtures/time_stamp/rsa.pem")).unwrap()
}

/// An authority of which the signer's own certificate is known.
fn alone() -> Authority {
    Authority::from_pem(include_bytes!("../../../../tests/fixtures/time_stamp/ecdsa.pem")).unwrap()
}

fn nonce() -> Nonce {
    Nonce::new([7; 16])
}

#[test]
fn an_authoritys_word_is_taken_for_what_it_stamped_and_nothing_else() {
    for (answer, authority, name) in [(RSA, with_root(), "CN=stamps,O=Test"), (ECDSA, alone(), "CN=alone,O=Test")] {
        let (token, stamp) = accept(answer, NOTE, nonce(), &authority).unwrap();
        assert_eq!(stamp.authority, name);
        assert_eq!(verify(&token, NOTE, &authority), Ok(stamp));
        assert_eq!(verify(&token, "another note", &authority), Err(TimeStampError::Imprint));
        let other = Nonce::new([8; 16]);
        assert_eq!(accept(answer, NOTE, other, &authority).unwrap_err(), TimeStampError::Nonce);
    }
    assert_eq!(accept(RSA, NOTE, nonce(), &alone()).unwrap_err(), TimeStampError::Untrusted);
    assert_eq!(accept(ECDSA, NOTE, nonce(), &with_root()).unwrap_err(), TimeStampError::Untrusted);
}

#[test]
fn what_is_no_answer_is_none() {
    let authority = with_root();
    let refused = |answer: &[u8]| accept(answer, NOTE, nonce(), &authority).unwrap_err();
    assert_eq!(refused(b""), TimeStampError::Form);
    assert_eq!(refused(b"<html>"), TimeStampError::Form);
    assert_eq!(refused(&[RSA, b"x"].concat()), TimeStampError::Form);
    assert_eq!(refused(&vec![0x30; LONGEST + 1]), TimeStampError::Form);
    // Status 2, rejection, as OpenSSL says it of a request that it cannot read.
    assert_eq!(refused(&[0x30, 5, 0x30, 3, 2, 1, 2]), TimeStampError::Refused(2));
    assert_eq!(refused(&[0x30, 5, 0x30, 3, 2, 1, 0]), TimeStampError::Form, "granted, and nothing given");
}

#[test]
fn an_authority_is_a_certificate_at_least() {
    assert!(Authority::from_pem(b"").is_err());
    assert!(Authority::from_pem(b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n").is_err());
    let request = request(NOTE, nonce());
    assert_eq!(request.len(), 77);
    assert!(request.ends_with(&[&[2, 16, 0x47][..], &[7; 15], &[1, 1, 0xff]].concat()), "the nonce, and certReq");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// A byte beside what is signed may be another one (how an algorithm's parameters are spelled); what it says may not.
    #[test]
    fn a_changed_token_says_the_same_or_nothing(at in 0..10_000_usize, change in 1..=255_u8, rsa: bool) {
        let (answer, authority) = if rsa { (RSA, with_root()) } else { (ECDSA, alone()) };
        let (mut token, stamp) = accept(answer, NOTE, nonce(), &authority).unwrap();
        let at = at % token.len();
        token[at] ^= change;
        if let Ok(changed) = verify(&token, NOTE, &authority) {
            prop_assert_eq!(changed, stamp);
        }
    }
}
