//! The evidence file, as `hutong verify` reads it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use evidence::file::{Known, verify};
use tests::evidence::{Sample, refit};

use crate::key::signer;

pub(crate) fn sample() -> &'static Sample {
    static SAMPLE: LazyLock<Sample> = LazyLock::new(|| Sample::signed_by(&signer(1), &signer(2), 6, 4));
    &SAMPLE
}

/// A file that is proved has only lines that were written, but for what says which part it shows. An end that fits again
/// does not help a forger.
pub fn take(data: &[u8]) {
    check(data);
    let mut refitted = data.to_vec();
    refit(&mut refitted);
    check(&refitted);
}

fn check(file: &[u8]) {
    static LINES: LazyLock<BTreeSet<&[u8]>> = LazyLock::new(|| sample().file.split(|byte| *byte == b'\n').collect());
    let report = verify(file, Known::of(&sample().keys), |_| ()).expect("memory can be read");
    if !report.is_proved() {
        return;
    }
    assert_eq!(report.messages + report.withheld, report.last - report.first + 1);
    for line in file.split(|byte| *byte == b'\n') {
        let says_which = [b"{\"evidence\"".as_slice(), b"{\"withheld\"", b"{\"end\""];
        let written = LINES.contains(line) || says_which.iter().any(|begin| line.starts_with(begin));
        assert!(written, "a line that nobody wrote");
    }
}

/// The sample.
pub fn seeds() -> Vec<Vec<u8>> {
    vec![sample().file.clone()]
}
