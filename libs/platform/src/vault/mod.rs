//! Encryption at rest of personal fields, and the keyed hash by which they are found. Keys live in one file beside the
//! data, for its owner only: without it the sealed fields are lost, with it a stolen database is still worth nothing.
//!
//! Each field has a key of its own, derived from the active one by its name, and opens in its own row alone.
//! Keys change while everything runs: a process sees that the file has changed, seals with the new key from its next
//! write on, and opens with all of them.

#![expect(
    clippy::missing_panics_doc,
    reason = "an expect here states what holds for every vault; no caller can cause it"
)]

mod field;
mod frame;
mod key;
mod key_file;
mod rotation;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ring::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

use crate::watched::Stamp;
pub use field::Fields;
use frame::{FIELDS, HEADER_LENGTH, ONE_KEY, Parts, TAG_LENGTH, VALUE, parts};
pub use frame::{key_of, lies_current};
use key::{Keys, VaultKey};
pub use key_file::KeyFileError;
pub use rotation::{KeyLine, key_lines, retire, rotate};

/// Seals and opens personal fields. Shared by reference.
pub struct Vault {
    file: PathBuf,
    keys: RwLock<Arc<Keys>>,
    /// The key file as it was when it was last looked at.
    stamp: Mutex<Stamp>,
    search: hmac::Key,
    random: SystemRandom,
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
        Ok(Self {
            file: key_file.to_owned(),
            search: hmac::Key::new(hmac::HMAC_SHA256, &stored.search_key()),
            stamp: Mutex::new(stored.stamp),
            keys: RwLock::new(Arc::new(Keys::derive(&stored))),
            random: SystemRandom::new(),
        })
    }

    /// Looks whether the key file has changed, and takes its keys if so; true if other keys are held now. It costs one
    /// look at the file's attributes. A file that cannot be read, or is another city's, changes nothing and is logged.
    ///
    /// A group of writes begins with it: then what is committed is sealed with the key that was active when the group
    /// began, or a later one.
    pub fn refresh(&self) -> bool {
        let mut stamp = self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match Stamp::of(&self.file) {
            Ok(found) if found == *stamp => return false,
            Ok(found) => found,
            Err(error) => {
                tracing::error!(%error, "the key file cannot be looked at; the keys that are held go on");
                return false;
            }
        };
        // What is refused once is refused until it changes again: one line in the log for each fault.
        *stamp = found;
        let taken = key_file::read(&self.file).map(|stored| {
            let search = hmac::Key::new(hmac::HMAC_SHA256, &stored.search_key());
            if hmac::verify(&self.search, b"the same?", hmac::sign(&search, b"the same?").as_ref()).is_ok() {
                let keys = Keys::derive(&stored);
                tracing::info!(active = keys.active().id, keys = keys.all.len(), "the key file has changed");
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                true
            } else {
                tracing::error!("the key file has another search key; the keys that are held go on");
                false
            }
        });
        taken.unwrap_or_else(|error| {
            tracing::error!(%error, "the key file has changed and is refused; the keys that are held go on");
            false
        })
    }

    /// Encrypts `plain` with the active key's own key for the field. `place` is `<table>.<column>:<row>`: what stands
    /// before the colon names the field, the whole is not stored, and the value opens only with the same again. Twice the
    /// same gives two different results.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let keys = self.keys();
        let key = keys.active();
        let nonce = self.nonce()?;
        let mut sealed = Vec::with_capacity(HEADER_LENGTH + plain.len() + TAG_LENGTH);
        frame::begin(&mut sealed, VALUE, key.id, &nonce);
        let seal = &key.of(field::name_of(place), &[])[0];
        sealed.extend_from_slice(plain);
        seal_from(HEADER_LENGTH, &mut sealed, seal, nonce, place);
        Ok(sealed)
    }

    /// Decrypts what [`Vault::seal`] made with the same `place`, whichever key it was.
    ///
    /// # Errors
    /// [`VaultError`] if it is not that.
    pub fn unseal(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let Parts { version, id, nonce, body } = parts(sealed)?;
        self.with_key(id, |key| match version {
            VALUE => open(&key.of(field::name_of(place), &[])[0], nonce, place, body),
            ONE_KEY => open(&key.whole, nonce, place, body),
            _ => Err(VaultError::NotSealed),
        })
    }

    /// Encrypts the fields of a row, each with a key of its own, as one value. Lengths are rounded up, so that they tell
    /// little.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal_fields(&self, fields: Fields, place: &[u8], values: &[&[u8]]) -> Result<Vec<u8>, VaultError> {
        assert_eq!(values.len(), fields.names().len(), "each field of {} has a value", fields.column());
        let keys = self.keys();
        let key = keys.active();
        // One nonce does for all fields: no two of them share a key.
        let nonce = self.nonce()?;
        let slots: usize = values.iter().map(|value| frame::slot_length(value.len())).sum();
        let mut sealed = Vec::with_capacity(HEADER_LENGTH + slots);
        frame::begin(&mut sealed, FIELDS, key.id, &nonce);
        let seals = key.of(fields.column().as_bytes(), fields.names());
        for (seal, value) in seals.iter().zip(values) {
            frame::put_length(&mut sealed, value.len());
            let start = sealed.len();
            frame::put_padded(&mut sealed, value);
            seal_from(start, &mut sealed, seal, nonce, place);
        }
        Ok(sealed)
    }

    /// Decrypts what [`Vault::seal_fields`] made, in the order of the fields. A field that was destroyed is `None`.
    ///
    /// # Errors
    /// [`VaultError`] if it is not that.
    pub fn unseal_fields(
        &self,
        fields: Fields,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<Option<Vec<u8>>>, VaultError> {
        let Parts { version, id, nonce, body } = parts(sealed)?;
        if version != FIELDS {
            return Err(VaultError::NotSealed);
        }
        self.with_key(id, |key| {
            let seals = key.of(fields.column().as_bytes(), fields.names());
            let mut slots = frame::Slots::of(body);
            let values = seals
                .iter()
                .map(|seal| match slots.next().ok_or(VaultError::NotSealed)? {
                    [] => Ok(None),
                    slot => frame::unpadded(open(seal, nonce, place, slot)?).map(Some),
                })
                .collect::<Result<_, _>>()?;
            if slots.is_empty() { Ok(values) } else { Err(VaultError::NotSealed) }
        })
    }

    /// The same value without one of its fields, which nothing brings back.
    ///
    /// # Errors
    /// [`VaultError::NotSealed`] if it is not what [`Vault::seal_fields`] made, or has no such field.
    pub fn without_field(fields: Fields, name: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let Parts { version, body, .. } = parts(sealed)?;
        let index = fields.names().iter().position(|field| *field == name);
        match (version, index) {
            (FIELDS, Some(index)) => frame::without(sealed, body, index).ok_or(VaultError::NotSealed),
            _ => Err(VaultError::NotSealed),
        }
    }

    /// A keyed hash of `value`, the same for the same value: by it a sealed field is found. `domain` keeps the fields
    /// apart (`citizen_id`): the same text in two fields gives two hashes.
    ///
    /// Its key does not change with the others. A hash cannot be turned into another key's without the value, every one of
    /// them would have to change at once, and unlike a sealed value it can at most be guessed at, never opened.
    #[must_use]
    pub fn search_hash(&self, domain: &str, value: &str) -> [u8; 32] {
        self.search_hash_of(domain, value.as_bytes())
    }

    /// As [`Vault::search_hash`], of bytes.
    #[must_use]
    pub fn search_hash_of(&self, domain: &str, value: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.search);
        context.update(&(domain.len() as u64).to_be_bytes());
        context.update(domain.as_bytes());
        context.update(value);
        context.sign().as_ref().try_into().expect("HMAC-SHA-256 gives 32 bytes")
    }

    /// Id of the key that seals now; older ones only open.
    #[must_use]
    pub fn active_key(&self) -> u32 {
        self.keys().active().id
    }

    /// Ids of all keys, the active one first.
    #[must_use]
    pub fn key_ids(&self) -> Vec<u32> {
        self.keys().all.iter().map(|key| key.id).collect()
    }

    /// The key file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn nonce(&self) -> Result<[u8; NONCE_LEN], VaultError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        Ok(nonce)
    }

    /// Opens with a key by its id. One that is not held may have been added by another process.
    fn with_key<T>(&self, id: u32, open: impl FnOnce(&VaultKey) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let mut keys = self.keys();
        if keys.find(id).is_none() && self.refresh() {
            keys = self.keys();
        }
        open(keys.find(id).ok_or(VaultError::UnknownKey(id))?)
    }
}

/// Encrypts what lies behind `start`, and appends its tag.
fn seal_from(start: usize, sealed: &mut Vec<u8>, key: &LessSafeKey, nonce: [u8; NONCE_LEN], place: &[u8]) {
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed[start..])
        .expect("a field is far below AES-GCM's limit of 64 GiB");
    sealed.extend_from_slice(tag.as_ref());
}

fn open(key: &LessSafeKey, nonce: [u8; NONCE_LEN], place: &[u8], body: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut body = body.to_vec();
    let plain = key
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut body)
        .map_err(|_| VaultError::Tampered)?;
    let length = plain.len();
    body.truncate(length);
    Ok(body)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("active_key", &self.active_key()).finish_non_exhaustive()
    }
}
