//! Encryption at rest of personal fields, and the keyed hash by which they are found. Keys live in one file beside the
//! data, for its owner only: without it the sealed fields are lost, with it a stolen database is still worth nothing.

#![expect(
    clippy::missing_panics_doc,
    reason = "an expect here states what holds for every vault; no caller can cause it"
)]

mod key_file;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

pub use key_file::KeyFileError;
use key_file::{KEY_LENGTH, StoredKey};

/// First byte of everything sealed.
const VERSION: u8 = 1;
/// Version, key id (big endian), nonce.
const HEADER_LENGTH: usize = 1 + 4 + NONCE_LEN;

/// Seals and opens personal fields. Shared by reference; sealing needs no lock.
pub struct Vault {
    /// The active key first.
    keys: Vec<VaultKey>,
    search: hmac::Key,
    random: SystemRandom,
}

struct VaultKey {
    id: u32,
    seal: LessSafeKey,
}

/// Why something sealed does not open. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Too short, or of another version.
    #[error("not a sealed value")]
    NotSealed,
    /// Sealed with a key that the key file no longer holds.
    #[error("sealed with key {0}, which the key file does not hold")]
    UnknownKey(u32),
    /// Altered, cut, or moved here from another row or field.
    #[error("the sealed value was altered or belongs elsewhere")]
    Tampered,
    /// The system gave no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl Vault {
    /// Opens the key file, or makes one with a fresh key if it is absent (readable by its owner only, on disk before
    /// this returns).
    ///
    /// # Errors
    /// If the file cannot be read or made, holds no key, or is open to others.
    pub fn open(key_file: &Path) -> Result<Self, KeyFileError> {
        let stored = key_file::read_or_create(key_file)?;
        let search = stored.search_key();
        let keys = stored.keys.iter().map(VaultKey::derive).collect();
        Ok(Self { keys, search: hmac::Key::new(hmac::HMAC_SHA256, &search), random: SystemRandom::new() })
    }

    /// Encrypts `plain` with the active key. `associated` names the place (table, column, row): it is not stored, and the
    /// value opens only with the same again. Twice the same gives two different results.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, associated: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.keys.first().expect("a key file without a key is refused");
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        let mut sealed = Vec::with_capacity(HEADER_LENGTH + plain.len() + AES_256_GCM.tag_len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(HEADER_LENGTH);
        let tag = key
            .seal
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), body)
            .expect("a field is far below AES-GCM's limit of 64 GiB");
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Decrypts what [`Vault::seal`] made with the same `associated`, whichever key it was.
    ///
    /// # Errors
    /// [`VaultError`] if it is not that.
    pub fn unseal(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (header, body) = sealed.split_at_checked(HEADER_LENGTH).ok_or(VaultError::NotSealed)?;
        let [VERSION, id @ .., _, _, _, _, _, _, _, _, _, _, _, _] = header else {
            return Err(VaultError::NotSealed);
        };
        let id = u32::from_be_bytes(id.try_into().map_err(|_| VaultError::NotSealed)?);
        let key = self.keys.iter().find(|key| key.id == id).ok_or(VaultError::UnknownKey(id))?;
        let nonce = Nonce::try_assume_unique_for_key(&header[5..]).map_err(|_| VaultError::NotSealed)?;
        let mut body = body.to_vec();
        let plain =
            key.seal.open_in_place(nonce, Aad::from(associated), &mut body).map_err(|_| VaultError::Tampered)?;
        let length = plain.len();
        body.truncate(length);
        Ok(body)
    }

    /// A keyed hash of `value`, the same for the same value: by it a sealed field is found. `domain` keeps the fields
    /// apart (`citizen_id`): the same text in two fields gives two hashes.
    #[must_use]
    pub fn search_hash(&self, domain: &str, value: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.search);
        context.update(&(domain.len() as u64).to_be_bytes());
        context.update(domain.as_bytes());
        context.update(value.as_bytes());
        context.sign().as_ref().try_into().expect("HMAC-SHA-256 gives 32 bytes")
    }

    /// Id of the key that seals now; older ones only open.
    #[must_use]
    pub fn active_key(&self) -> u32 {
        self.keys.first().expect("a key file without a key is refused").id
    }
}

impl VaultKey {
    fn derive(stored: &StoredKey) -> Self {
        let key = derived(&stored.secret, "hutong vault seal v1");
        let key = UnboundKey::new(&AES_256_GCM, &key).expect("the derived key has AES-256's length");
        Self { id: stored.id, seal: LessSafeKey::new(key) }
    }
}

/// One purpose's key from a stored secret, by HKDF-SHA-256.
fn derived(secret: &[u8; KEY_LENGTH], purpose: &str) -> [u8; KEY_LENGTH] {
    let root: Prk = Salt::new(HKDF_SHA256, b"hutong").extract(secret);
    let mut key = [0; KEY_LENGTH];
    root.expand(&[purpose.as_bytes()], Length)
        .and_then(|material| material.fill(&mut key))
        .expect("32 bytes are below HKDF's limit");
    key
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY_LENGTH
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("active_key", &self.active_key()).finish_non_exhaustive()
    }
}
