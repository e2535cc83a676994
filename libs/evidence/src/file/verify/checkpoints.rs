//! The lines of checkpoints, and of those that were stamped.

use super::{Verdict, Verifier};
use crate::checkpoint::Checkpoint;
use crate::file::Wrong;
use crate::file::line::{Bytes, SignedCheckpoint, StampedCheckpoint};
use crate::hash::{Hash, time_stamp};
use crate::time_stamp::verify;
use crate::tree::check_consistency;

impl Verifier<'_> {
    /// The checkpoint in a note of one of the keys, and which key's.
    fn open(&self, note: &str) -> Option<(usize, Checkpoint)> {
        let origin = note.lines().next().unwrap_or_default();
        let named = self.keys.iter().enumerate().filter(|(_, key)| key.name() == origin);
        named.filter_map(|(at, key)| Some((at, Checkpoint::open(note, key).ok()?))).next()
    }

    pub(super) fn checkpoint(&mut self, signed: &SignedCheckpoint) -> Verdict {
        let Some((key, checkpoint)) = self.open(&signed.note) else { return self.stop(Wrong::Checkpoint) };
        self.used[key] = true;
        let Some(proof) = Bytes::hashes(&signed.consistency) else { return self.stop(Wrong::Rewritten) };
        let continues = match self.checkpoints.get(&checkpoint.origin) {
            None => proof.is_empty() && checkpoint.size > 0,
            Some(before) => continues(before, &checkpoint, &proof),
        };
        if !continues {
            return self.stop(Wrong::Rewritten);
        }
        if !self.stamps.may_go_on_with(&checkpoint.origin) {
            return self.stop(Wrong::Order);
        }
        self.names_audit |= checkpoint.audit.is_some();
        self.report.checkpoints += 1;
        self.report.sealed_by = self.report.sealed_by.take().max(Some(checkpoint.time.to_string()));
        self.fresh = Some(checkpoint.origin.clone());
        self.checkpoints.insert(checkpoint.origin.clone(), checkpoint);
        Verdict::Go
    }

    pub(super) fn time_stamp(&mut self, stamped: &StampedCheckpoint) -> Verdict {
        let Some((key, checkpoint)) = self.open(&stamped.note) else { return self.stop(Wrong::Checkpoint) };
        let hash = time_stamp(&stamped.note, &stamped.token.0);
        if !self.keys[key].verify(&hash, &stamped.signature.0) {
            return self.stop(Wrong::TimeStampKept);
        }
        // The messages before it brought a checkpoint of their log.
        let Some(before) = self.checkpoints.get(&checkpoint.origin) else { return self.stop(Wrong::UnneededTimeStamp) };
        let Some(proof) = Bytes::hashes(&stamped.consistency) else { return self.stop(Wrong::Rewritten) };
        let same = *before == checkpoint && proof.is_empty();
        if !same && !continues(before, &checkpoint, &proof) {
            return self.stop(Wrong::Rewritten);
        }
        let Some(covered) = self.stamps.take(&checkpoint.origin, checkpoint.size) else {
            return self.stop(Wrong::UnneededTimeStamp);
        };
        self.names_audit |= checkpoint.audit.is_some();
        self.report.time_stamps += 1;
        if let Some(authority) = self.known.authority {
            match verify(&stamped.token.0, &stamped.note, authority) {
                Ok(word) => {
                    self.report.stamped += covered;
                    self.report.existed_by = self.report.existed_by.take().max(Some(word.time.to_string()));
                    if !self.report.authorities.contains(&word.authority) {
                        self.report.authorities.push(word.authority);
                    }
                }
                Err(error) => self.fault(None, Wrong::TimeStamp(error)),
            }
        }
        self.checkpoints.insert(checkpoint.origin.clone(), checkpoint);
        Verdict::Go
    }
}

fn continues(before: &Checkpoint, after: &Checkpoint, proof: &[Hash]) -> bool {
    before.size < after.size && check_consistency(proof, after.size, &after.root, before.size, &before.root).is_ok()
}
