//! The file of revoked certificates.

use std::path::Path;
use std::sync::LazyLock;

use platform::identity::RevocationList;

use crate::authority::Authority;

static AUTHORITY: LazyLock<(String, Vec<String>)> = LazyLock::new(|| {
    let authority = Authority::new();
    let lists = vec![authority.revoke(&[]), authority.revoke(&[2]), authority.revoke(&[2, 3, 400])];
    (authority.pem, lists)
});

/// Only lists that the authority has signed are taken.
pub fn take(data: &[u8]) {
    let (authority, lists) = &*AUTHORITY;
    if let Ok(list) = RevocationList::parse(Path::new("list"), data, authority.as_bytes()) {
        for der in list.der() {
            let signed = lists.iter().any(|pem| pem::parse(pem).is_ok_and(|pem| pem.contents() == der.as_ref()));
            assert!(signed, "a list that nobody signed");
        }
    }
    // The same bytes as the authority's own certificates.
    drop(RevocationList::parse(Path::new("list"), lists[1].as_bytes(), data));
}

/// Three lists, and the authority.
pub fn seeds() -> Vec<Vec<u8>> {
    let (authority, lists) = &*AUTHORITY;
    lists.iter().chain([authority]).map(|text| text.clone().into_bytes()).collect()
}
