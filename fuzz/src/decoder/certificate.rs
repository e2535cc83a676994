//! A client's certificate: whom it names, and whether it was revoked.

use std::path::Path;
use std::sync::LazyLock;

use platform::identity::{Identity, RevocationList};

use crate::authority::{Authority, TRUST_DOMAIN};

/// Whom a certificate names is written as the same URI again.
pub fn take(data: &[u8]) {
    static LIST: LazyLock<RevocationList> = LazyLock::new(|| {
        let authority = Authority::new();
        let list = authority.revoke(&[2, 3]);
        RevocationList::parse(Path::new("list"), list.as_bytes(), authority.pem.as_bytes()).expect("it is signed")
    });
    if let Ok(identity) = Identity::from_certificate(data, TRUST_DOMAIN) {
        assert_eq!(Identity::parse(&identity.uri(TRUST_DOMAIN), TRUST_DOMAIN), Ok(identity));
    } else {
        let _ = LIST.revokes(data);
    }
    if let Some(Ok(identity)) = std::str::from_utf8(data).ok().map(|uri| Identity::parse(uri, TRUST_DOMAIN)) {
        assert_eq!(identity.uri(TRUST_DOMAIN).as_bytes(), data);
        assert!(identity.code().bytes().all(|byte| byte.is_ascii_graphic()), "it stands in logs");
    }
}

/// Certificates of departments and services, good and bad, and their URIs.
pub fn seeds() -> Vec<Vec<u8>> {
    let authority = Authority::new();
    let one = "spiffe://city.test/department/EDU-371621";
    let other = "spiffe://city.test/service/registry";
    let certificates = [&[one][..], &[other], &[one, other], &[], &["spiffe://city.other/department/EDU"]];
    let certificates = (2..).zip(certificates).map(|(serial, uris)| authority.issue(serial, uris).der().to_vec());
    certificates.chain([one.into(), other.into()]).collect()
}
