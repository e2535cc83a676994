//! Public keys, each with the algorithm that it signs with.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hash::sha256;

/// How a key signs. The number is the C2SP signed-note one, and part of every key: a signature names its key, the key its
/// algorithm, so that nobody can have a signature checked in another way than its key was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl Algorithm {
    const ALL: [Self; 1] = [Self::Ed25519];

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
        }
    }

    /// Its name, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
        }
    }

    /// Bytes of a public key.
    const fn key_length(self) -> usize {
        match self {
            Self::Ed25519 => 32,
        }
    }
}

/// Why a text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form.
    #[error("a public key has the form <city>/<service>+<8 hex digits>+<Base64>, as `hutong evidence keys` prints it")]
    Form,
    /// Another algorithm than we know.
    #[error("the public key is of algorithm {0}, which this version does not know")]
    Algorithm(u8),
    /// The id in the middle is not that of the name and the key: one of them was changed.
    #[error("the public key's id is not that of its name and key: it was changed, or mistyped")]
    Id,
}

/// A service's public key, under the name `<city>/<service>`.
#[derive(Debug, Clone)]
pub struct PublicKey {
    name: String,
    algorithm: Algorithm,
    bytes: Vec<u8>,
    parsed: Arc<ParsedPublicKey>,
    id: u32,
    header: String,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.algorithm, &self.bytes) == (&other.name, other.algorithm, &other.bytes)
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// A key under the name `<city>/<service>`.
    ///
    /// # Errors
    /// If the name or the key is impossible.
    pub fn new(city: &str, service: &str, algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        Self::named(format!("{city}/{service}"), algorithm, bytes)
    }

    fn named(name: String, algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        let well_named = name.split_once('/').is_some_and(|(city, service)| plain(city) && plain(service));
        if !well_named || bytes.len() != algorithm.key_length() {
            return Err(KeyError::Form);
        }
        let id = note_id(&name, algorithm, bytes);
        let header = hex::encode(&sha256(bytes)[..8]);
        let parsed = match algorithm {
            Algorithm::Ed25519 => ParsedPublicKey::new(&ED25519, bytes).map_err(|_| KeyError::Form)?,
        };
        Ok(Self { name, algorithm, bytes: bytes.to_vec(), parsed: Arc::new(parsed), id, header })
    }

    /// `<city>/<service>`: the origin of the service's checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The city's part of the name.
    #[must_use]
    pub fn city(&self) -> &str {
        self.name.split_once('/').expect("a name has two parts").0
    }

    /// The service's part of the name.
    #[must_use]
    pub fn service(&self) -> &str {
        self.name.split_once('/').expect("a name has two parts").1
    }

    /// How it signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its id in signed notes: the first four bytes of SHA-256 over name, line feed, algorithm and key.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Its id in headers of messages: the first 16 hex digits of the key's SHA-256.
    #[must_use]
    pub fn header_id(&self) -> &str {
        &self.header
    }

    /// Whether the signature over the bytes is this key's.
    #[must_use]
    pub fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(bytes, signature).is_ok()
    }
}

fn note_id(name: &str, algorithm: Algorithm, bytes: &[u8]) -> u32 {
    let hash = sha256(&[name.as_bytes(), b"\n", &[algorithm.number()], bytes].concat());
    u32::from_be_bytes(hash[..4].try_into().expect("four of 32 bytes"))
}

/// A verifier key of the C2SP signed-note format: `<name>+<id>+<Base64 of algorithm and key>`.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[self.algorithm.number()], self.bytes.as_slice()].concat());
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let key = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let (number, bytes) = key.split_first().ok_or(KeyError::Form)?;
        let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.number() == *number);
        let key = Self::named(name.to_owned(), algorithm.ok_or(KeyError::Algorithm(*number))?, bytes)?;
        if format!("{:08x}", key.id) == id { Ok(key) } else { Err(KeyError::Id) }
    }
}
