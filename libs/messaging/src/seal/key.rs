use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use ring::rand::SecureRandom as _;

/// Names a key in headers and rows: the first 16 hex digits of the public key's SHA-256.
pub type KeyId = String;

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
    key: Arc<SigningKey>,
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
            Ok(pem) => SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::Format { path: path.to_owned() })?,
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

    fn from_key(key: SigningKey) -> Self {
        let id = key_id(&key.verifying_key());
        Self { key: Arc::new(key), id }
    }

    /// The key's name.
    pub fn key_id(&self) -> &KeyId {
        &self.id
    }

    /// The public half, 32 bytes in hex.
    pub fn public_key_hex(&self) -> String {
        hex::encode(self.key.verifying_key().as_bytes())
    }

    /// Checks what this key signs.
    pub fn verifier(&self) -> Verifier {
        Verifier { key: self.key.verifying_key(), id: self.id.clone() }
    }

    /// Signs; Ed25519 is deterministic, so the same bytes get the same signature.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }

    /// Signs, in Base64 as headers carry it.
    pub fn sign_base64(&self, bytes: &[u8]) -> String {
        STANDARD.encode(self.sign(bytes))
    }
}

/// Checks signatures with a public key.
#[derive(Debug, Clone)]
pub struct Verifier {
    key: VerifyingKey,
    id: KeyId,
}

impl Verifier {
    /// From 32 bytes in hex, as in a `.pub` file.
    ///
    /// # Errors
    /// If it is no Ed25519 public key.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let bytes: [u8; 32] =
            hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(KeyError::Public)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Public)?;
        Ok(Self { id: key_id(&key), key })
    }

    /// The key's name.
    pub fn key_id(&self) -> &KeyId {
        &self.id
    }

    /// Whether the signature over the bytes is this key's.
    pub fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify(bytes, &signature).is_ok())
    }

    /// Whether a Base64 signature over the bytes is this key's.
    pub fn verify_base64(&self, bytes: &[u8], signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|signature| self.verify(bytes, &signature))
    }
}

fn key_id(key: &VerifyingKey) -> KeyId {
    let digest = ring::digest::digest(&ring::digest::SHA256, key.as_bytes());
    hex::encode(&digest.as_ref()[..8])
}

fn new_key() -> Result<SigningKey, KeyError> {
    let mut seed = [0; 32];
    ring::rand::SystemRandom::new().fill(&mut seed).map_err(|_| KeyError::Random)?;
    Ok(SigningKey::from_bytes(&seed))
}

fn create(path: &Path) -> Result<SigningKey, KeyError> {
    let file = |source| KeyError::File { path: path.to_owned(), source };
    let key = new_key()?;
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Format { path: path.to_owned() })?;
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(file)?;
    }
    // Written beside and renamed: a crash leaves no half a key.
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut out =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside).map_err(file)?;
    out.write_all(pem.as_bytes()).and_then(|()| out.sync_all()).map_err(file)?;
    std::fs::rename(&beside, path).map_err(file)?;
    Ok(key)
}
