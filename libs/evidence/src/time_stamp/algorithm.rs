use der::asn1::ObjectIdentifier;
use pki_types::SignatureVerificationAlgorithm;
use webpki::ring as known;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::TimeStampError;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(super) const SHA_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_SHA_256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
const RSA_SHA_384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
const RSA_SHA_512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
const ECDSA_SHA_256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
const ECDSA_SHA_384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
const ED25519: ObjectIdentifier = oid("1.3.101.112");

type Signature = &'static dyn SignatureVerificationAlgorithm;

/// What certificates on the way to an authority may be signed with: what TLS takes.
pub(super) fn of_certificates() -> [Signature; 8] {
    [
        known::RSA_PKCS1_2048_8192_SHA256,
        known::RSA_PKCS1_2048_8192_SHA384,
        known::RSA_PKCS1_2048_8192_SHA512,
        known::ECDSA_P256_SHA256,
        known::ECDSA_P256_SHA384,
        known::ECDSA_P384_SHA256,
        known::ECDSA_P384_SHA384,
        known::ED25519,
    ]
}

/// The algorithms of which one must have made a token's signature: the key decides which.
pub(super) fn of_signature(
    signature: &AlgorithmIdentifierOwned,
    digest: &AlgorithmIdentifierOwned,
) -> Result<&'static [Signature], TimeStampError> {
    static RSA_256: [Signature; 1] = [known::RSA_PKCS1_2048_8192_SHA256];
    static RSA_384: [Signature; 1] = [known::RSA_PKCS1_2048_8192_SHA384];
    static RSA_512: [Signature; 1] = [known::RSA_PKCS1_2048_8192_SHA512];
    static ECDSA_256: [Signature; 2] = [known::ECDSA_P256_SHA256, known::ECDSA_P384_SHA256];
    static ECDSA_384: [Signature; 2] = [known::ECDSA_P256_SHA384, known::ECDSA_P384_SHA384];
    static EDWARDS: [Signature; 1] = [known::ED25519];
    match (signature.oid, digest.oid) {
        (RSA | RSA_SHA_256, SHA_256) => Ok(&RSA_256),
        (RSA | RSA_SHA_384, SHA_384) => Ok(&RSA_384),
        (RSA | RSA_SHA_512, SHA_512) => Ok(&RSA_512),
        (ECDSA_SHA_256, SHA_256) => Ok(&ECDSA_256),
        (ECDSA_SHA_384, SHA_384) => Ok(&ECDSA_384),
        (ED25519, SHA_512) => Ok(&EDWARDS),
        _ => Err(TimeStampError::Algorithm),
    }
}

/// The hash of bytes by an algorithm that a token names.
pub(super) fn hash(algorithm: ObjectIdentifier, bytes: &[u8]) -> Result<Vec<u8>, TimeStampError> {
    let algorithm = match algorithm {
        SHA_256 => &ring::digest::SHA256,
        SHA_384 => &ring::digest::SHA384,
        SHA_512 => &ring::digest::SHA512,
        _ => return Err(TimeStampError::Algorithm),
    };
    Ok(ring::digest::digest(algorithm, bytes).as_ref().to_vec())
}
