//! A checkpoint's signed note.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use evidence::checkpoint::Checkpoint;
use evidence::file::line::Line;
use evidence::note;

use super::evidence_file::sample;

/// Nobody but the key's owner makes one.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for key in &sample().keys {
        let text_of = note::open(text, key);
        if let Ok(checkpoint) = Checkpoint::open(text, key) {
            assert_eq!(text_of, Ok(checkpoint.text().as_str()));
        }
        assert!(text_of.is_err() || NOTES.contains(text), "a note that nobody signed");
    }
}

static NOTES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let lines = sample().file.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| match serde_json::from_slice(line) {
            Ok(Line::Checkpoint(checkpoint)) => Some(checkpoint.note),
            _ => None,
        })
        .collect()
});

/// Those of the sample.
pub fn seeds() -> Vec<Vec<u8>> {
    NOTES.iter().map(|note| note.clone().into_bytes()).collect()
}
