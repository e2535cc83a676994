use std::sync::Arc;

use contract::department;
use contract::exchange::v1::mailbox_service_server::MailboxService;
use contract::exchange::v1::{
    Cursor, GetMailboxRequest, GetMailboxResponse, ListMailboxesRequest, ListMailboxesResponse, Mailbox, MailboxState,
    RebuildMailboxRequest, RebuildMailboxResponse,
};
use contract::options::Label;
use platform::access::Caller;
use prost_types::Timestamp;
use tonic::{Request, Response, Status};

use crate::app::{Report, get_mailbox, list_mailboxes, rebuild_mailbox};
use crate::board::Board;
use crate::domain::State;

/// `hutong.exchange.v1.MailboxService`. Whether a caller may call a method at all was checked at the door.
#[derive(Debug, Clone)]
pub struct MailboxHandler {
    board: Arc<Board>,
}

impl MailboxHandler {
    pub(crate) fn new(board: Arc<Board>) -> Self {
        Self { board }
    }
}

#[tonic::async_trait]
impl MailboxService for MailboxHandler {
    async fn get_mailbox(&self, request: Request<GetMailboxRequest>) -> Result<Response<GetMailboxResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let report = get_mailbox(&self.board, &caller, &request.get_ref().code).await?;
        Ok(Response::new(GetMailboxResponse { mailbox: Some(message(report)) }))
    }

    async fn list_mailboxes(
        &self,
        _: Request<ListMailboxesRequest>,
    ) -> Result<Response<ListMailboxesResponse>, Status> {
        let mailboxes = list_mailboxes(&self.board).await.into_iter().map(message).collect();
        Ok(Response::new(ListMailboxesResponse { mailboxes }))
    }

    async fn rebuild_mailbox(
        &self,
        request: Request<RebuildMailboxRequest>,
    ) -> Result<Response<RebuildMailboxResponse>, Status> {
        rebuild_mailbox(&self.board, &request.get_ref().code).await?;
        Ok(Response::new(RebuildMailboxResponse {}))
    }
}

fn message(report: Report) -> Mailbox {
    let entry = report.view().entry();
    let label = department::entry(entry.department).map(|entry| Label { zh: entry.zh.clone(), en: entry.en.clone() });
    let standing = &report.standing;
    let stream = report.stream.as_ref();
    Mailbox {
        code: entry.code.clone(),
        department: label,
        area: entry.area.as_ref().map(ToString::to_string).unwrap_or_default(),
        state: state(report.standing.state).into(),
        messages: stream.map_or(standing.sequence, |stream| stream.messages),
        last_sequence: standing.sequence,
        last_hash: if standing.sequence == 0 { String::new() } else { hex::encode(standing.hash) },
        cursors: report
            .standing
            .cursors
            .iter()
            .map(|(service, sequence)| Cursor { service: service.clone(), sequence: *sequence })
            .collect(),
        granted_types: report.view().types().into_iter().map(str::to_owned).collect(),
        last_time: stream.filter(|stream| stream.messages > 0).map(|stream| Timestamp {
            seconds: stream.last_timestamp.unix_timestamp(),
            nanos: i32::try_from(stream.last_timestamp.nanosecond()).unwrap_or(0),
        }),
        signing_key: report.signing_key,
    }
}

fn state(state: State) -> MailboxState {
    match state {
        State::Following => MailboxState::Following,
        State::CatchingUp => MailboxState::CatchingUp,
        State::Unreachable => MailboxState::Unreachable,
        State::Halted => MailboxState::Halted,
    }
}
