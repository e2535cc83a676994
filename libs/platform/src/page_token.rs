//! Where a list goes on: the last entry of a page, bound to the list's filters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Id;
use ring::digest::{Context, SHA256};
use uuid::Uuid;

use crate::error::ServiceError;
use crate::page;

/// Bytes of an identifier.
const ID: usize = 16;
/// Bytes of the checksum.
const CHECK: usize = 16;

/// The token of the page after `last`.
pub fn write<K>(last: Id<K>, filters: &[u8]) -> String {
    of_bytes(last.as_uuid().into_bytes(), filters)
}

/// The token of the page after a place that a number names.
pub fn write_place(last: u64, filters: &[u8]) -> String {
    of_bytes(u128::from(last).to_be_bytes(), filters)
}

fn of_bytes(id: [u8; ID], filters: &[u8]) -> String {
    let mut token = id.to_vec();
    token.extend_from_slice(&check(&id, filters));
    URL_SAFE_NO_PAD.encode(token)
}

/// The entry after which the page begins, `None` if the token is not of a list with these filters.
pub fn read<K>(token: &str, filters: &[u8]) -> Option<Id<K>> {
    to_bytes(token, filters).map(|id| Id::from_uuid(Uuid::from_bytes(id)))
}

/// Where the page at a token begins; nothing for the first.
///
/// # Errors
/// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
pub fn after<K>(token: &str, filters: &[u8]) -> Result<Option<Id<K>>, ServiceError> {
    match token {
        "" => Ok(None),
        token => read(token, filters).map(Some).ok_or_else(refused),
    }
}

/// As [`after`], for a place that a number names; 0 for the first page.
///
/// # Errors
/// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
pub fn after_place(token: &str, filters: &[u8]) -> Result<u64, ServiceError> {
    match token {
        "" => Ok(0),
        token => {
            let place = to_bytes(token, filters).map(u128::from_be_bytes);
            place.and_then(|place| u64::try_from(place).ok()).ok_or_else(refused)
        }
    }
}

fn refused() -> ServiceError {
    let expected = "must be the next_page_token of a page with the same filters";
    ServiceError::invalid("page_token", "PAGE_TOKEN_INVALID", expected)
}

fn to_bytes(token: &str, filters: &[u8]) -> Option<[u8; ID]> {
    let token = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, rest) = token.split_first_chunk::<ID>()?;
    (rest == check(id, filters)).then_some(*id)
}

/// The entries of a page for which one more than its size was asked for, and the token of the page after it.
pub fn cut<K>(found: Vec<Id<K>>, size: u64, filters: &[u8]) -> (Vec<Id<K>>, String) {
    cut_by(found, size, filters, |id| *id)
}

/// As [`cut`], for entries that bear their identifiers.
pub fn cut_by<T, K>(found: Vec<T>, size: u64, filters: &[u8], id: impl Fn(&T) -> Id<K>) -> (Vec<T>, String) {
    let (found, more) = page::of(found, size);
    let next = match found.last() {
        Some(last) if more => write(id(last), filters),
        _ => String::new(),
    };
    (found, next)
}

/// It keeps honest callers from mixing lists; there is nothing to gain by forging it.
fn check(id: &[u8; ID], filters: &[u8]) -> [u8; CHECK] {
    let mut digest = Context::new(&SHA256);
    digest.update(b"hutong.page.v1");
    digest.update(id);
    digest.update(filters);
    let digest = digest.finish();
    *digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use kernel::{ChildId, Instant, ManualClock};

    use super::*;

    #[test]
    fn a_token_leads_back_with_the_same_filters_only() {
        let id = ChildId::generate(&ManualClock::new(Instant::EPOCH));
        let token = write(id, b"one");
        assert_eq!(read(&token, b"one"), Some(id));
        assert_eq!(read::<kernel::id::Child>(&token, b"two"), None);
        assert_eq!(read::<kernel::id::Child>("", b"one"), None);
        assert_eq!(read::<kernel::id::Child>("not base64!", b"one"), None);
        for index in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(read::<kernel::id::Child>(&forged, b"one"), None, "position {index}");
        }
    }
}
