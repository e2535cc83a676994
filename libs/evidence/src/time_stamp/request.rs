use der::Encode as _;
use der::asn1::{Int, Null, OctetString};
use x509_tsp::{MessageImprint, TimeStampReq, TspVersion};

use super::algorithm::SHA_256;
use crate::hash::sha256;

/// Chance that binds an answer to its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// From bytes of chance.
    #[must_use]
    pub fn new(mut chance: [u8; 16]) -> Self {
        // A positive number that has all its bytes: it has one encoding only.
        chance[0] = (chance[0] & 0x7f) | 0x40;
        Self(chance)
    }

    pub(super) fn number(self) -> Int {
        Int::new(&self.0).expect("it is a positive number of 16 bytes")
    }
}

/// The request (`application/timestamp-query`) for a time-stamp of a note, with the signer's certificate.
///
/// # Panics
/// Never: all its parts are short.
#[must_use]
pub fn request(note: &str, nonce: Nonce) -> Vec<u8> {
    let request = TimeStampReq {
        version: TspVersion::V1,
        message_imprint: MessageImprint {
            hash_algorithm: x509_cert::spki::AlgorithmIdentifier { oid: SHA_256, parameters: Some(Null.into()) },
            hashed_message: OctetString::new(sha256(note.as_bytes())).expect("a hash is short"),
        },
        req_policy: None,
        nonce: Some(nonce.number()),
        cert_req: true,
        extensions: None,
    };
    request.to_der().expect("all its parts are short")
}
