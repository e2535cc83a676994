//! Signed notes (c2sp.org/signed-note): a text, an empty line, and a line for each signature.
//!
//! We write one signature and take one: a note in evidence has one form only, so that no changed byte goes unnoticed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::PublicKey;

/// Why a text is no note of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a note with one signature.
    #[error("it is not a signed note with one signature")]
    Form,
    /// Signed with another key than the one that is trusted for it.
    #[error("it was signed with another key")]
    Key,
    /// The signature does not fit the text.
    #[error("its signature does not fit its text")]
    Signature,
}

/// A note of a text that a key signed. `text` ends with a line feed.
#[must_use]
pub fn write(text: &str, key: &PublicKey, signature: &[u8]) -> String {
    let signature = STANDARD.encode([key.id().to_be_bytes().as_slice(), signature].concat());
    format!("{text}\n\u{2014} {} {signature}\n", key.name())
}

/// The text of a note that the key signed.
///
/// # Errors
/// [`NoteError`].
pub fn open<'a>(note: &'a str, key: &PublicKey) -> Result<&'a str, NoteError> {
    let end = note.rfind("\n\n").ok_or(NoteError::Form)?;
    let (text, signatures) = (&note[..=end], &note[end + 2..]);
    let line = signatures.strip_suffix('\n').filter(|line| !line.contains('\n')).ok_or(NoteError::Form)?;
    let (name, signature) =
        line.strip_prefix("\u{2014} ").and_then(|line| line.split_once(' ')).ok_or(NoteError::Form)?;
    let signature = STANDARD.decode(signature).map_err(|_| NoteError::Form)?;
    let (id, signature) = signature.split_first_chunk::<4>().ok_or(NoteError::Form)?;
    if name != key.name() || u32::from_be_bytes(*id) != key.id() {
        return Err(NoteError::Key);
    }
    if key.verify(text.as_bytes(), signature) { Ok(text) } else { Err(NoteError::Signature) }
}
