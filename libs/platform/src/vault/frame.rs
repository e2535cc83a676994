//! How sealed values lie: version (1 byte), key id (4, big endian), nonce (12), then the text with its tag. Where several
//! fields are sealed as one value, each has its length (4, big endian) before it; 0 is a field that was destroyed.

use ring::aead::{AES_256_GCM, MAX_TAG_LEN, NONCE_LEN};

use super::VaultError;

/// One value, sealed with the key itself: written by the first version, still opened.
pub(super) const ONE_KEY: u8 = 1;
/// One value, sealed with its field's key.
pub(super) const VALUE: u8 = 2;
/// Several fields, each sealed with its own key.
pub(super) const FIELDS: u8 = 3;

/// Version and key id.
const PREFIX_LENGTH: usize = 1 + 4;
/// All before the text.
pub(super) const HEADER_LENGTH: usize = PREFIX_LENGTH + NONCE_LEN;
/// Behind each text.
pub(super) const TAG_LENGTH: usize = MAX_TAG_LEN;
/// A slot's length.
const LENGTH: usize = 4;
/// Texts of fields are as long as a multiple of this, bytes.
const BLOCK: usize = 16;
/// What ends a text before its padding (ISO/IEC 7816-4).
const END: u8 = 0x80;

pub(super) struct Parts<'a> {
    pub(super) version: u8,
    pub(super) id: u32,
    pub(super) nonce: [u8; NONCE_LEN],
    pub(super) body: &'a [u8],
}

pub(super) fn parts(sealed: &[u8]) -> Result<Parts<'_>, VaultError> {
    let (prefix, rest) = sealed.split_first_chunk::<PREFIX_LENGTH>().ok_or(VaultError::NotSealed)?;
    let (nonce, body) = rest.split_first_chunk().ok_or(VaultError::NotSealed)?;
    let [version, id @ ..] = *prefix;
    match version {
        ONE_KEY | VALUE | FIELDS => Ok(Parts { version, id: u32::from_be_bytes(id), nonce: *nonce, body }),
        _ => Err(VaultError::NotSealed),
    }
}

/// The id of the key that sealed a value, by its first five bytes or more; `None` if nothing sealed begins so.
#[must_use]
pub fn key_of(sealed: &[u8]) -> Option<u32> {
    match *sealed.first_chunk::<PREFIX_LENGTH>()? {
        [ONE_KEY | VALUE | FIELDS, id @ ..] => Some(u32::from_be_bytes(id)),
        _ => None,
    }
}

/// Whether a value lies as this version seals it, by its first byte.
#[must_use]
pub fn lies_current(sealed: &[u8]) -> bool {
    matches!(sealed.first(), Some(&(VALUE | FIELDS)))
}

pub(super) fn begin(sealed: &mut Vec<u8>, version: u8, id: u32, nonce: &[u8; NONCE_LEN]) {
    debug_assert_eq!(AES_256_GCM.tag_len(), TAG_LENGTH);
    sealed.push(version);
    sealed.extend_from_slice(&id.to_be_bytes());
    sealed.extend_from_slice(nonce);
}

const fn padded(length: usize) -> usize {
    (length / BLOCK + 1) * BLOCK
}

/// What a text takes, with all that lies around it.
pub(super) const fn slot_length(text: usize) -> usize {
    LENGTH + padded(text) + TAG_LENGTH
}

pub(super) fn put_length(sealed: &mut Vec<u8>, text: usize) {
    let length = u32::try_from(padded(text) + TAG_LENGTH).expect("a field is far below 4 GiB");
    sealed.extend_from_slice(&length.to_be_bytes());
}

pub(super) fn put_padded(sealed: &mut Vec<u8>, text: &[u8]) {
    sealed.extend_from_slice(text);
    sealed.push(END);
    sealed.resize(sealed.len() + padded(text.len()) - text.len() - 1, 0);
}

pub(super) fn unpadded(mut text: Vec<u8>) -> Result<Vec<u8>, VaultError> {
    let end = text.iter().rposition(|byte| *byte != 0).filter(|end| text[*end] == END);
    text.truncate(end.ok_or(VaultError::NotSealed)?);
    Ok(text)
}

/// The slots of several fields, one after the other.
pub(super) struct Slots<'a>(&'a [u8]);

impl<'a> Slots<'a> {
    pub(super) fn of(body: &'a [u8]) -> Self {
        Self(body)
    }

    pub(super) fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH>()?;
        let (slot, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        self.0 = rest;
        Some(slot)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The value with an empty slot at `index`.
pub(super) fn without(sealed: &[u8], body: &[u8], index: usize) -> Option<Vec<u8>> {
    let mut slots = Slots::of(body);
    for _ in 0..index {
        slots.next()?;
    }
    let start = sealed.len() - slots.0.len();
    slots.next()?;
    let end = sealed.len() - slots.0.len();
    Some([&sealed[..start], &[0; LENGTH], &sealed[end..]].concat())
}
