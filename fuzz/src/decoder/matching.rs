//! `matching.toml`: what counts how much when two files are compared.

use registry::policy::matching::parse;

/// It is taken, or the line is named that is wrong.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(error) = parse(text) {
        assert!((1..=text.lines().count() + 1).contains(&error.line), "line {}", error.line);
    }
}

/// The one that comes with Hutong.
pub fn seeds() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../deploy/rules/matching.toml").to_vec()]
}
