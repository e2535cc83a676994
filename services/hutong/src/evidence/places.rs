use std::collections::{BTreeMap, BTreeSet};

use contract::evidence::v1::evidence_service_client::EvidenceServiceClient;
use contract::evidence::v1::{Checkpoint, ListLogsRequest, MakeCheckpointRequest, ProveEventsRequest};
use evidence::file::line::{Bytes, Digest, Line, Place, SentMessage, SignedCheckpoint};
use evidence::key::PublicKey;
use messaging::mailbox::MailboxPosition;
use tonic::Code;
use tonic::transport::Channel;

use super::EvidenceError;
use super::spool::Spool;

/// Asks the city where the events of messages stand in their logs.
pub(super) struct Places {
    client: EvidenceServiceClient<Channel>,
    /// The public key of each log behind the door.
    keys: BTreeMap<String, PublicKey>,
    /// The size of the last checkpoint that was written of each log.
    known: BTreeMap<String, u64>,
}

impl Places {
    /// Sees to it that the logs' latest checkpoints have all that there is now.
    pub(super) async fn prepare(channel: Channel) -> Result<Self, EvidenceError> {
        let mut client = EvidenceServiceClient::new(channel);
        let mut keys = BTreeMap::new();
        for log in client.list_logs(ListLogsRequest {}).await?.into_inner().logs {
            keys.insert(log.log.clone(), log.key.parse().map_err(EvidenceError::CityKey)?);
            match client.make_checkpoint(MakeCheckpointRequest { log: log.log }).await {
                Err(status) if status.code() != Code::FailedPrecondition || log.events > 0 => return Err(status.into()),
                _ => {}
            }
        }
        Ok(Self { client, keys, known: BTreeMap::new() })
    }

    /// The keys of the logs of which something was written.
    pub(super) fn used_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.known.keys().filter_map(|log| self.keys.get(log))
    }

    /// Writes messages, each with its place, and the checkpoints that they need.
    pub(super) async fn write(&mut self, messages: Vec<SentMessage>, spool: &mut Spool) -> Result<(), EvidenceError> {
        let logs: BTreeSet<String> =
            messages.iter().filter_map(|message| log_of(message).map(|(log, _)| log)).collect();
        let mut places = BTreeMap::new();
        let mut checkpoints = BTreeMap::new();
        for log in logs.into_iter().filter(|log| self.keys.contains_key(log)) {
            let numbers = messages.iter().filter_map(log_of).filter(|(name, _)| *name == log).map(|(_, number)| number);
            let after_checkpoint = self.known.get(&log).copied().unwrap_or_default();
            let request = ProveEventsRequest {
                log: log.clone(),
                sequences: numbers.collect(),
                after_checkpoint,
                with_time_stamps: false,
            };
            let answer = self.client.prove_events(request).await?.into_inner();
            for proof in answer.proofs.into_iter().filter(|proof| !proof.commitment.is_empty()) {
                let place = Place {
                    previous: digest(&proof.previous)?,
                    commitment: digest(&proof.commitment)?,
                    checkpoint: proof.checkpoint,
                    proof: proof.proof.into_iter().map(Bytes).collect(),
                };
                places.insert((log.clone(), proof.sequence), place);
            }
            checkpoints.extend(answer.checkpoints.into_iter().map(|it| ((log.clone(), it.size), it)));
        }
        for mut message in messages {
            let place = log_of(&message).and_then(|name| Some((places.remove(&name)?, name.0)));
            if let Some((place, log)) = place {
                if self.known.get(&log) != Some(&place.checkpoint) {
                    let checkpoint = checkpoints.remove(&(log.clone(), place.checkpoint));
                    let checkpoint = checkpoint.ok_or(EvidenceError::Answer("a checkpoint is missing"))?;
                    self.known.insert(log, place.checkpoint);
                    spool.write(&line(checkpoint))?;
                }
                message.event = Some(place);
            }
            spool.write(&Line::Message(Box::new(message)))?;
        }
        Ok(())
    }
}

/// The log in which a message's event stands, and its number there.
fn log_of(message: &SentMessage) -> Option<(String, u64)> {
    let log = message.source.strip_prefix("/hutong/")?;
    let number = *MailboxPosition::parse_cursors(&message.cursor)?.get(log)?;
    Some((log.to_owned(), number))
}

fn line(checkpoint: Checkpoint) -> Line {
    let consistency = checkpoint.consistency.into_iter().map(Bytes).collect();
    Line::Checkpoint(SignedCheckpoint { note: checkpoint.note, consistency })
}

fn digest(bytes: &[u8]) -> Result<Digest, EvidenceError> {
    bytes.try_into().map(Digest).map_err(|_| EvidenceError::Answer("a hash has not 32 bytes"))
}
