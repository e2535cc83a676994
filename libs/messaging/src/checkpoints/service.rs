use contract::date::timestamp;
use contract::evidence::v1::evidence_service_server::{EvidenceService, EvidenceServiceServer};
use contract::evidence::v1::{
    Checkpoint, EventProof, GetCheckpointRequest, GetCheckpointResponse, ListCheckpointsRequest,
    ListCheckpointsResponse, ListLogsRequest, ListLogsResponse, Log, MakeCheckpointRequest, MakeCheckpointResponse,
    ProveEventsRequest, ProveEventsResponse, TimeStamp,
};
use kernel::ErrorCode;
use platform::error::ServiceError;
use tonic::{Request, Response, Status};

use super::{LogEvidence, StoredCheckpoint, Wanted};
use crate::page;
use crate::seal::Hash;

/// Checkpoints on a page, if nobody says how many.
const PAGE: u64 = 100;

/// `hutong.evidence.v1.EvidenceService` for the logs behind one door.
#[derive(Debug, Clone)]
pub struct EvidenceHandler {
    logs: Vec<LogEvidence>,
}

impl EvidenceHandler {
    /// The service for these logs.
    #[must_use]
    pub fn service(mut logs: Vec<LogEvidence>) -> EvidenceServiceServer<Self> {
        logs.sort_by(|one, other| one.service().cmp(other.service()));
        EvidenceServiceServer::new(Self { logs })
    }

    fn log(&self, name: &str) -> Result<&LogEvidence, ServiceError> {
        let log = self.logs.iter().find(|log| log.service() == name);
        log.ok_or_else(|| not_found("LOG_NOT_FOUND", "there is no such log behind this door"))
    }
}

#[tonic::async_trait]
impl EvidenceService for EvidenceHandler {
    async fn list_logs(&self, _: Request<ListLogsRequest>) -> Result<Response<ListLogsResponse>, Status> {
        let mut logs = Vec::with_capacity(self.logs.len());
        for log in &self.logs {
            logs.push(Log {
                log: log.service().to_owned(),
                key: log.key().to_string(),
                events: log.log().head().await?.sequence,
                checkpoint: log.latest().await?.map(message),
            });
        }
        Ok(Response::new(ListLogsResponse { logs }))
    }

    async fn list_checkpoints(
        &self,
        request: Request<ListCheckpointsRequest>,
    ) -> Result<Response<ListCheckpointsResponse>, Status> {
        let ListCheckpointsRequest { log, page_size, page_token } = request.into_inner();
        let after = match page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| {
                ServiceError::invalid("page_token", "PAGE_TOKEN_INVALID", "must be one that an answer gave")
            })?,
        };
        let size = page::size(page_size, PAGE);
        let (checkpoints, is_more) = page::of(self.log(&log)?.after(after, size + 1).await?, size);
        let last = checkpoints.last().map(|last| last.size.to_string());
        Ok(Response::new(ListCheckpointsResponse {
            checkpoints: checkpoints.into_iter().map(message).collect(),
            next_page_token: last.filter(|_| is_more).unwrap_or_default(),
        }))
    }

    async fn get_checkpoint(
        &self,
        request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        let GetCheckpointRequest { log, sequence } = request.into_inner();
        let log = self.log(&log)?;
        let checkpoint = match sequence {
            0 => log.latest().await?,
            sequence => log.first_with(sequence).await?,
        };
        let none = || not_found("CHECKPOINT_NOT_FOUND", "no checkpoint has that event yet");
        Ok(Response::new(GetCheckpointResponse { checkpoint: Some(message(checkpoint.ok_or_else(none)?)) }))
    }

    async fn make_checkpoint(
        &self,
        request: Request<MakeCheckpointRequest>,
    ) -> Result<Response<MakeCheckpointResponse>, Status> {
        let checkpoint = self.log(&request.get_ref().log)?.make().await?;
        let empty = || ServiceError::failed_precondition("LOG_EMPTY", "the log has no event yet");
        Ok(Response::new(MakeCheckpointResponse { checkpoint: Some(message(checkpoint.ok_or_else(empty)?)) }))
    }

    async fn prove_events(
        &self,
        request: Request<ProveEventsRequest>,
    ) -> Result<Response<ProveEventsResponse>, Status> {
        let ProveEventsRequest { log, sequences, after_checkpoint, with_time_stamps } = request.into_inner();
        let wanted = Wanted { known: after_checkpoint, time_stamps: with_time_stamps };
        let proofs = self.log(&log)?.prove(&sequences, wanted).await?;
        let checkpoints = proofs.checkpoints.into_iter();
        Ok(Response::new(ProveEventsResponse {
            proofs: proofs.events.into_iter().map(proof).collect(),
            checkpoints: checkpoints
                .map(|(checkpoint, consistency)| Checkpoint { consistency: bytes(consistency), ..message(checkpoint) })
                .collect(),
        }))
    }
}

fn message(checkpoint: StoredCheckpoint) -> Checkpoint {
    Checkpoint {
        size: checkpoint.size,
        time: Some(timestamp(checkpoint.made_at)),
        note: checkpoint.note,
        consistency: Vec::new(),
        time_stamp: checkpoint.time_stamp.map(|stamp| TimeStamp {
            token: stamp.token,
            time: Some(timestamp(stamp.time)),
            signature: stamp.signature,
        }),
    }
}

fn proof(proof: super::EventProof) -> EventProof {
    EventProof {
        sequence: proof.sequence,
        previous: proof.previous.to_vec(),
        commitment: proof.commitment.map(|hash| hash.to_vec()).unwrap_or_default(),
        checkpoint: proof.checkpoint,
        proof: bytes(proof.proof),
    }
}

fn bytes(hashes: Vec<Hash>) -> Vec<Vec<u8>> {
    hashes.into_iter().map(|hash| hash.to_vec()).collect()
}

fn not_found(reason: &'static str, message: &str) -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, reason, message)
}
