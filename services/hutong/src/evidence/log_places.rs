use std::collections::BTreeMap;

use contract::evidence::v1::Checkpoint;
use evidence::file::line::{Bytes, Line, SignedCheckpoint, StampedCheckpoint};
use evidence::key::PublicKey;

use super::EvidenceError;

/// The checkpoints of one log on their way into a file, and the time-stamps: each goes in behind all messages that it covers,
/// which is when the log's next checkpoint is needed, or at the end.
#[derive(Debug)]
pub(super) struct LogPlaces {
    key: PublicKey,
    /// The size of the last checkpoint that was written, stamped or not; 0 before the first.
    written: u64,
    /// What the city gave and was not written yet, by size.
    given: BTreeMap<u64, Checkpoint>,
    /// The time-stamp that waits for the last message that it covers.
    stamp: Option<Checkpoint>,
}

impl LogPlaces {
    pub(super) fn new(key: PublicKey) -> Self {
        Self { key, written: 0, given: BTreeMap::new(), stamp: None }
    }

    pub(super) fn key(&self) -> &PublicKey {
        &self.key
    }

    pub(super) fn is_used(&self) -> bool {
        self.written > 0
    }

    /// The size of the checkpoint from which the next ones must go on, if the next event is of this number.
    pub(super) fn goes_on_from(&self, number: u64) -> u64 {
        self.stamp.as_ref().filter(|stamp| stamp.size < number).map_or(self.written, |stamp| stamp.size)
    }

    /// Takes what the city gave for events from this number on.
    pub(super) fn take(&mut self, number: u64, checkpoints: Vec<Checkpoint>) {
        // A time-stamp that covers that event too was given again, with the way to it.
        self.stamp = self.stamp.take().filter(|stamp| stamp.size < number);
        self.given.extend(checkpoints.into_iter().map(|checkpoint| (checkpoint.size, checkpoint)));
        if let Some(again) = self.given.remove(&self.written) {
            self.stamp = Some(again);
        }
    }

    /// The lines that must stand before a message whose event is proved in a checkpoint.
    pub(super) fn lines_before(&mut self, size: u64) -> Result<Vec<Line>, EvidenceError> {
        if size == self.written {
            return Ok(Vec::new());
        }
        let later = self.given.split_off(&size);
        let stamps = self.stamp.take().into_iter().chain(std::mem::replace(&mut self.given, later).into_values());
        let mut lines: Vec<Line> = stamps.filter_map(stamped).collect();
        let checkpoint = self.given.remove(&size).ok_or(EvidenceError::Answer("a checkpoint is missing"))?;
        self.stamp =
            checkpoint.time_stamp.is_some().then(|| Checkpoint { consistency: Vec::new(), ..checkpoint.clone() });
        self.written = size;
        lines.push(signed(checkpoint));
        Ok(lines)
    }

    /// All messages were written of which the city knew when it gave something: what is left is a time-stamp of the last ones.
    pub(super) fn end_part(&mut self) {
        let left = std::mem::take(&mut self.given).into_values().next_back();
        self.stamp = self.stamp.take().or(left);
    }

    /// The line that must stand before the end.
    pub(super) fn last_line(&mut self) -> Option<Line> {
        self.stamp.take().and_then(stamped)
    }
}

fn signed(checkpoint: Checkpoint) -> Line {
    Line::Checkpoint(SignedCheckpoint { note: checkpoint.note, consistency: bytes(checkpoint.consistency) })
}

fn stamped(checkpoint: Checkpoint) -> Option<Line> {
    let time_stamp = checkpoint.time_stamp?;
    Some(Line::TimeStamp(StampedCheckpoint {
        note: checkpoint.note,
        consistency: bytes(checkpoint.consistency),
        token: Bytes(time_stamp.token),
        signature: Bytes(time_stamp.signature),
    }))
}

fn bytes(hashes: Vec<Vec<u8>>) -> Vec<Bytes> {
    hashes.into_iter().map(Bytes).collect()
}

#[cfg(test)]
mod tests;
