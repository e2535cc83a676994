//! `departments.toml`.

use std::collections::BTreeSet;

use contract::mailboxes::Mailboxes;

/// Each code opens one mailbox.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(mailboxes) = Mailboxes::parse(text) else { return };
    let mut seen = BTreeSet::new();
    for entry in mailboxes.iter() {
        for code in entry.codes() {
            assert!(seen.insert(code), "two mailboxes have one code");
            assert_eq!(mailboxes.opened_by(code), Some(entry));
        }
    }
}

/// The one that comes with Hutong, and one with all there is.
pub fn seeds() -> Vec<Vec<u8>> {
    let all = "[[mailbox]]\ncode = \"EDU-371621\"\nformat = \"json\"\nalso = [\"EDU-371623\"]\n\n\
               [[mailbox]]\ncode = \"PS\"\nenabled = false\n\n[[mailbox]]\ncode = \"HEALTH\"\narea = \"3716\"\n";
    vec![include_bytes!("../../../deploy/departments.toml").to_vec(), all.into()]
}
