use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::signature::{ED25519, ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pem::{EncodeConfig, LineEnding, Pem};

/// Names a key in headers and rows: the first 16 hex digits of the public key's SHA-256.
pub type KeyId = String;

/// What stands in the head line of a key file.
const PRIVATE_KEY: &str = "PRIVATE KEY";

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("cannot use the key file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file holds no Ed25519 key.
    #[error("{path} holds no Ed25519 key in PKCS#8 PEM")]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A public key is not 32 bytes in hex, or no point of the curve.
    #[error("the public key is not an Ed25519 key of 32 bytes in hex")]
    Public,
    /// The system gives no randomness.
    #[error("the system gives no randomness for a new key")]
    Random,
}

/// Signs with a service's Ed25519 key.
#[derive(Clone)]
pub struct Signer {
    key: Arc<Ed25519KeyPair>,
    id: KeyId,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.id)
    }
}

impl Signer {
    /// Reads a key file, or makes it (mode 0600) with its public half beside it (`<file>.pub`, hex).
    ///
    /// # Errors
    /// If the file cannot be read or written, or holds no key.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyError> {
        let file = |source| KeyError::File { path: path.to_owned(), source };
        let key = match std::fs::read_to_string(path) {
            Ok(text) => parse(&text).ok_or_else(|| KeyError::Format { path: path.to_owned() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(path)?,
            Err(error) => return Err(file(error)),
        };
        let signer = Self::from_key(key);
        let mut public = path.as_os_str().to_owned();
        public.push(".pub");
        std::fs::write(&public, format!("{}\n", signer.public_key_hex())).map_err(file)?;
        Ok(signer)
    }

    /// A new key that is kept nowhere.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self::from_key(new_key()?))
    }

    fn from_key(key: Ed25519KeyPair) -> Self {
        let id = key_id(key.public_key().as_ref());
        Self { key: Arc::new(key), id }
    }

    /// The key's name.
    pub fn key_id(&self) -> &KeyId {
        &self.id
    }

    /// The public half, 32 bytes in hex.
    pub fn public_key_hex(&self) -> String {
        hex::encode(self.key.public_key())
    }

    /// The public half, 32 bytes.
    pub fn public_key(&self) -> Vec<u8> {
        self.key.public_key().as_ref().to_vec()
    }

    /// Checks what this key signs.
    pub fn verifier(&self) -> Verifier {
        let key = ParsedPublicKey::new(&ED25519, self.key.public_key()).expect("a pair's public key is one");
        Verifier { key: Arc::new(key), id: self.id.clone() }
    }

    /// Signs; Ed25519 is deterministic, so the same bytes get the same signature.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).as_ref().try_into().expect("an Ed25519 signature has 64 bytes")
    }

    /// Signs, in Base64 as headers carry it.
    pub fn sign_base64(&self, bytes: &[u8]) -> String {
        STANDARD.encode(self.sign(bytes))
    }
}

/// Checks signatures with a public key.
#[derive(Debug, Clone)]
pub struct Verifier {
    key: Arc<ParsedPublicKey>,
    id: KeyId,
}

impl Verifier {
    /// From 32 bytes in hex, as in a `.pub` file.
    ///
    /// # Errors
    /// If it is no Ed25519 public key.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let bytes = hex::decode(text.trim()).map_err(|_| KeyError::Public)?;
        if bytes.len() != ED25519_PUBLIC_KEY_LEN {
            return Err(KeyError::Public);
        }
        let key = ParsedPublicKey::new(&ED25519, &bytes).map_err(|_| KeyError::Public)?;
        Ok(Self { id: key_id(&bytes), key: Arc::new(key) })
    }

    /// The key's name.
    pub fn key_id(&self) -> &KeyId {
        &self.id
    }

    /// Whether the signature over the bytes is this key's.
    pub fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(bytes, signature).is_ok()
    }

    /// Whether a Base64 signature over the bytes is this key's.
    pub fn verify_base64(&self, bytes: &[u8], signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|signature| self.verify(bytes, &signature))
    }
}

fn key_id(public_key: &[u8]) -> KeyId {
    let digest = ring::digest::digest(&ring::digest::SHA256, public_key);
    hex::encode(&digest.as_ref()[..8])
}

fn new_key() -> Result<Ed25519KeyPair, KeyError> {
    Ed25519KeyPair::generate().map_err(|_| KeyError::Random)
}

fn parse(text: &str) -> Option<Ed25519KeyPair> {
    let file = pem::parse(text).ok().filter(|file| file.tag() == PRIVATE_KEY)?;
    Ed25519KeyPair::from_pkcs8(file.contents()).ok()
}

fn create(path: &Path) -> Result<Ed25519KeyPair, KeyError> {
    let file = |source| KeyError::File { path: path.to_owned(), source };
    let key = new_key()?;
    let document = key.to_pkcs8v1().map_err(|_| KeyError::Random)?;
    let text = pem::encode_config(
        &Pem::new(PRIVATE_KEY, document.as_ref()),
        EncodeConfig::new().set_line_ending(LineEnding::LF),
    );
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(file)?;
    }
    // Written beside and renamed: a crash leaves no half a key.
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut out =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside).map_err(file)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(file)?;
    std::fs::rename(&beside, path).map_err(file)?;
    Ok(key)
}
