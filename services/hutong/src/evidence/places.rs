use std::collections::{BTreeMap, BTreeSet};

use contract::evidence::v1::evidence_service_client::EvidenceServiceClient;
use contract::evidence::v1::{ListLogsRequest, MakeCheckpointRequest, ProveEventsRequest, ProveEventsResponse};
use evidence::file::line::{Bytes, Digest, Line, Place, SentMessage};
use evidence::key::PublicKey;
use messaging::mailbox::MailboxPosition;
use tonic::Code;
use tonic::transport::Channel;

use super::EvidenceError;
use super::log_places::LogPlaces;
use super::spool::Spool;

/// Asks the city where the events of messages stand in their logs.
pub(super) struct Places {
    client: EvidenceServiceClient<Channel>,
    logs: BTreeMap<String, LogPlaces>,
    time_stamps: u64,
    names_audit: bool,
}

impl Places {
    /// Sees to it that the logs' latest checkpoints have all that there is now.
    pub(super) async fn prepare(channel: Channel) -> Result<Self, EvidenceError> {
        let mut client = EvidenceServiceClient::new(channel);
        let mut logs = BTreeMap::new();
        for log in client.list_logs(ListLogsRequest {}).await?.into_inner().logs {
            let key = log.key.parse().map_err(EvidenceError::CityKey)?;
            logs.insert(log.log.clone(), LogPlaces::new(key));
            match client.make_checkpoint(MakeCheckpointRequest { log: log.log }).await {
                Err(status) if status.code() != Code::FailedPrecondition || log.events > 0 => return Err(status.into()),
                _ => {}
            }
        }
        Ok(Self { client, logs, time_stamps: 0, names_audit: false })
    }

    /// The keys of the logs of which something was written.
    pub(super) fn used_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.logs.values().filter(|log| log.is_used()).map(LogPlaces::key)
    }

    /// How many time-stamps were written.
    pub(super) fn time_stamps(&self) -> u64 {
        self.time_stamps
    }

    /// Whether a checkpoint that was written says where the audit ended.
    pub(super) fn names_audit(&self) -> bool {
        self.names_audit
    }

    /// Writes messages, each with its place, and the checkpoints and time-stamps that they need.
    pub(super) async fn write(&mut self, messages: Vec<SentMessage>, spool: &mut Spool) -> Result<(), EvidenceError> {
        let mut parts = vec![messages];
        while let Some(mut part) = parts.pop() {
            match self.prove(&part).await {
                Ok(proved) => self.write_part(part, proved, spool)?,
                // More than an answer of the city may hold: what half of them need may fit.
                Err(EvidenceError::Refused(status)) if status.code() == Code::OutOfRange && part.len() > 1 => {
                    let second = part.split_off(part.len() / 2);
                    parts.extend([second, part]);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What each log says of the messages' events.
    async fn prove(&mut self, messages: &[SentMessage]) -> Result<Vec<Proved>, EvidenceError> {
        let names: BTreeSet<String> =
            messages.iter().filter_map(|message| log_of(message).map(|(log, _)| log)).collect();
        let mut proved = Vec::new();
        for name in names {
            let Some(log) = self.logs.get(&name) else { continue };
            let numbers = messages.iter().filter_map(log_of).filter(|(it, _)| *it == name).map(|(_, number)| number);
            proved.extend(prove(&mut self.client, &name, log, numbers.collect()).await?);
        }
        Ok(proved)
    }

    fn write_part(
        &mut self,
        messages: Vec<SentMessage>,
        proved: Vec<Proved>,
        spool: &mut Spool,
    ) -> Result<(), EvidenceError> {
        let mut places = BTreeMap::new();
        for Proved { log: name, first, answer } in proved {
            for proof in answer.proofs {
                let place = Place {
                    previous: digest(&proof.previous)?,
                    commitment: digest(&proof.commitment)?,
                    checkpoint: proof.checkpoint,
                    proof: proof.proof.into_iter().map(Bytes).collect(),
                };
                places.insert((name.clone(), proof.sequence), place);
            }
            self.log(&name)?.take(first, answer.checkpoints);
        }
        for mut message in messages {
            let place = log_of(&message).and_then(|name| Some((places.remove(&name)?, name.0)));
            if let Some((place, log)) = place {
                let lines = self.log(&log)?.lines_before(place.checkpoint)?;
                self.write_lines(&lines, spool)?;
                message.event = Some(place);
            }
            spool.write(&Line::Message(Box::new(message)))?;
        }
        self.logs.values_mut().for_each(LogPlaces::end_part);
        Ok(())
    }

    /// Writes the time-stamps that the last messages need.
    pub(super) fn finish(&mut self, spool: &mut Spool) -> Result<(), EvidenceError> {
        let lines: Vec<Line> = self.logs.values_mut().filter_map(LogPlaces::last_line).collect();
        self.write_lines(&lines, spool)
    }

    fn write_lines(&mut self, lines: &[Line], spool: &mut Spool) -> Result<(), EvidenceError> {
        self.time_stamps += lines.iter().filter(|line| matches!(line, Line::TimeStamp(_))).count() as u64;
        self.names_audit |= lines.iter().any(Line::names_audit);
        lines.iter().try_for_each(|line| spool.write(line))
    }

    fn log(&mut self, name: &str) -> Result<&mut LogPlaces, EvidenceError> {
        self.logs.get_mut(name).ok_or(EvidenceError::Answer("a log is missing"))
    }
}

/// What a log says of some events.
struct Proved {
    log: String,
    /// The number of the first of them.
    first: u64,
    answer: ProveEventsResponse,
}

/// The proofs of those of a log's events that have one. An event of the first seal has none, and what it would need must not
/// stand on the way to the others' checkpoints.
async fn prove(
    client: &mut EvidenceServiceClient<Channel>,
    name: &str,
    log: &LogPlaces,
    mut sequences: Vec<u64>,
) -> Result<Option<Proved>, EvidenceError> {
    while let Some(first) = sequences.first().copied() {
        let asked = sequences.len();
        let after_checkpoint = log.goes_on_from(first);
        let request = ProveEventsRequest { log: name.to_owned(), sequences, after_checkpoint, with_time_stamps: true };
        let answer = client.prove_events(request).await?.into_inner();
        let proved = answer.proofs.iter().filter(|proof| !proof.commitment.is_empty());
        sequences = proved.map(|proof| proof.sequence).collect();
        if sequences.len() == asked {
            return Ok(Some(Proved { log: name.to_owned(), first, answer }));
        }
    }
    Ok(None)
}

/// The log in which a message's event stands, and its number there.
fn log_of(message: &SentMessage) -> Option<(String, u64)> {
    let log = message.source.strip_prefix("/hutong/")?;
    let number = *MailboxPosition::parse_cursors(&message.cursor)?.get(log)?;
    Some((log.to_owned(), number))
}

fn digest(bytes: &[u8]) -> Result<Digest, EvidenceError> {
    bytes.try_into().map(Digest).map_err(|_| EvidenceError::Answer("a hash has not 32 bytes"))
}
