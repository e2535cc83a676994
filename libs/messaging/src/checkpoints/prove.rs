use std::collections::BTreeMap;

use evidence::tree::{BLOCK, Tree};
use kernel::ErrorCode;
use platform::error::ServiceError;

use super::make::not_there;
use super::tree::Fetched;
use super::{LogEvidence, StoredCheckpoint, store};
use crate::seal::{Cover, Hash, SealedEvent};

/// Where an event stands in its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventProof {
    /// Its number.
    pub sequence: u64,
    /// The hash of the event before it.
    pub previous: Hash,
    /// The commitment to its entity and content; nothing under the first two seals.
    pub commitment: Option<Hash>,
    /// The size of the first checkpoint that has it.
    pub checkpoint: u64,
    /// From its leaf to that checkpoint's root.
    pub proof: Vec<Hash>,
}

/// Proofs, and the checkpoints that they lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proofs {
    /// One for each event.
    pub events: Vec<EventProof>,
    /// The checkpoints, each with the proof that it continues the one before it.
    pub checkpoints: Vec<(StoredCheckpoint, Vec<Hash>)>,
}

/// Which checkpoints are wanted with the proofs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// They continue the one of this size; 0 for none.
    pub known: u64,
    /// Besides those that events are proved in, the first one with a time-stamp that has each event.
    pub time_stamps: bool,
}

impl LogEvidence {
    /// Proves events, which ascend, and gives the checkpoints that they need.
    ///
    /// # Errors
    /// `EVENT_NOT_FOUND`; `NOT_CHECKPOINTED` if an event is newer than the last checkpoint; `NOT_ASCENDING`.
    pub async fn prove(&self, sequences: &[u64], wanted: Wanted) -> Result<Proofs, ServiceError> {
        if !sequences.is_sorted_by(|one, next| one < next) {
            return Err(ServiceError::invalid("sequences", "NOT_ASCENDING", "must ascend, each only once"));
        }
        let database = &self.inner.database;
        let Some(latest) = self.latest().await? else { return Err(not_checkpointed()) };
        let events = self.inner.log.of(sequences).await?;
        if events.len() != sequences.len() {
            return Err(ServiceError::new(ErrorCode::NotFound, "EVENT_NOT_FOUND", "the log has no such event"));
        }
        let mut tree = self.inner.tree.lock().await;
        tree.grow(database, latest.size).await?;
        let mut fetched = Fetched::new(database, latest.size);
        let mut proofs = Proofs::default();
        let mut checkpoints = BTreeMap::new();
        let (mut size, mut stamped) = (0, Some(0));
        for SealedEvent { sequence, previous, cover, event, .. } in &events {
            if *sequence > latest.size {
                return Err(not_checkpointed());
            }
            if size < *sequence {
                let checkpoint = store::first_with(database.reader(), *sequence).await?.ok_or_else(not_checkpointed)?;
                size = checkpoint.size;
                if size != wanted.known {
                    checkpoints.insert(size, checkpoint);
                }
            }
            // Where none has an event, none has a later one.
            if wanted.time_stamps && stamped.is_some_and(|stamped| stamped < *sequence) {
                let checkpoint = store::first_stamped_with(database.reader(), *sequence).await?;
                stamped = checkpoint.as_ref().map(|checkpoint| checkpoint.size);
                checkpoints.extend(checkpoint.map(|checkpoint| (checkpoint.size, checkpoint)));
            }
            let block = (sequence - 1) / BLOCK;
            fetched.forget_before(block);
            fetched.fetch(Tree::edge(size).into_iter().chain([block])).await?;
            let proof = tree.tree.inclusion(sequence - 1, size, &fetched.blocks).map_err(not_there)?;
            proofs.events.push(EventProof {
                sequence: *sequence,
                previous: *previous,
                // Under the earlier seals the hash needs the entity, which a department knows by another name.
                commitment: match cover {
                    Cover::Whole(_) => cover.commitment(event.aggregate, &event.body),
                    Cover::Open | Cover::Content(_) => None,
                },
                checkpoint: size,
                proof,
            });
        }
        let mut known = wanted.known;
        let mut fetched = Fetched::new(database, latest.size);
        for (size, checkpoint) in checkpoints {
            let mut consistency = Vec::new();
            if known > 0 && known < size {
                fetched.fetch(Tree::edge(known).into_iter().chain(Tree::edge(size))).await?;
                consistency = tree.tree.consistency(known, size, &fetched.blocks).map_err(not_there)?;
            }
            proofs.checkpoints.push((checkpoint, consistency));
            known = size;
        }
        Ok(proofs)
    }
}

fn not_checkpointed() -> ServiceError {
    ServiceError::failed_precondition(
        "NOT_CHECKPOINTED",
        "an event is newer than the last checkpoint: call MakeCheckpoint, or wait for the next one",
    )
}
