//! Where a list goes on.

use kernel::{ChildId, Id, id};
use platform::page_token;
use uuid::Uuid;

const FILTERS: &[u8] = b"filters";

/// A token has one spelling.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(place) = page_token::read::<id::Child>(text, FILTERS) {
        assert_eq!(page_token::write(place, FILTERS), text);
    }
    if let Ok(place) = page_token::after_place(text, FILTERS) {
        assert!(text.is_empty() || page_token::write_place(place, FILTERS) == text);
    }
}

/// Of both kinds.
pub fn seeds() -> Vec<Vec<u8>> {
    let child: ChildId = Id::from_uuid(Uuid::from_u128(1 << 70));
    vec![page_token::write(child, FILTERS).into(), page_token::write_place(7, FILTERS).into()]
}
