use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use evidence::checkpoint::Checkpoint;
use evidence::file::line::Line;
use evidence::key::PublicKey;

use super::EvidenceError;

/// How the lines of an evidence file begin that hold a checkpoint.
const CHECKPOINTS: [&str; 2] = ["{\"checkpoint\"", "{\"time_stamp\""];

/// The checkpoints of these keys that say where an audit ended, from what somebody kept: the note of one, or an evidence file.
/// Nothing else of such a file is looked at.
///
/// # Errors
/// [`EvidenceError`] names the file, also if it has none.
pub fn read_checkpoints(path: &Path, keys: &[PublicKey]) -> Result<Vec<Checkpoint>, EvidenceError> {
    let (mut note, mut notes) = (String::new(), Vec::new());
    for line in BufReader::new(File::open(path).map_err(EvidenceError::file(path))?).lines() {
        let line = line.map_err(EvidenceError::file(path))?;
        if CHECKPOINTS.iter().any(|begin| line.starts_with(begin)) {
            match serde_json::from_str(&line) {
                Ok(Line::Checkpoint(signed)) => notes.push(signed.note),
                Ok(Line::TimeStamp(stamped)) => notes.push(stamped.note),
                _ => {}
            }
        } else if !line.starts_with('{') {
            note.push_str(&line);
            note.push('\n');
        }
    }
    notes.push(note);
    let opened = notes.iter().flat_map(|note| keys.iter().filter_map(|key| Checkpoint::open(note, key).ok()));
    let checkpoints: Vec<_> = opened.filter(|checkpoint| checkpoint.audit.is_some()).collect();
    if checkpoints.is_empty() { Err(EvidenceError::NoCheckpoint(path.to_owned())) } else { Ok(checkpoints) }
}
