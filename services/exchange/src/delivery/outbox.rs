use std::collections::VecDeque;
use std::time::Duration;

use async_nats::{StatusCode, Subscriber};
use futures::{FutureExt, StreamExt};
use messaging::mailbox::{Composed, MailboxPosition};
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Span;

use super::trouble::Trouble;
use crate::broker::{Account, BrokerError};

/// How long an acknowledgement may take.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(10);

/// Messages written into one mailbox and not yet acknowledged, in order.
///
/// One subscription hears all acknowledgements. Each names in its subject the message that it answers, so that a late one
/// from before a failure is told apart.
pub(super) struct Outbox {
    account: Account,
    replies: Subscriber,
    inbox: String,
    in_flight: VecDeque<InFlight>,
}

struct InFlight {
    position: MailboxPosition,
    written: Instant,
    /// Ends with the acknowledgement.
    _span: Span,
}

#[derive(Deserialize)]
struct Acknowledgement {
    seq: Option<u64>,
    error: Option<Refusal>,
}

#[derive(Debug, Deserialize, thiserror::Error)]
#[error("{description} ({err_code})")]
struct Refusal {
    err_code: u64,
    description: String,
}

/// JetStream: wrong last sequence.
const WRONG_LAST_SEQUENCE: u64 = 10071;

impl Outbox {
    pub(super) async fn open(account: &Account) -> Result<Self, BrokerError> {
        let inbox = account.client().new_inbox();
        let replies = account
            .client()
            .subscribe(format!("{inbox}.*"))
            .await
            .map_err(|error| BrokerError::Unreachable("acknowledgements", error.into()))?;
        Ok(Self { account: account.clone(), replies, inbox, in_flight: VecDeque::new() })
    }

    pub(super) fn len(&self) -> usize {
        self.in_flight.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Writes a message.
    pub(super) async fn write(&mut self, subject: &str, message: Composed, span: Span) -> Result<(), BrokerError> {
        let Composed { headers, body, position } = message;
        let reply = format!("{}.{}", self.inbox, position.sequence);
        let client = self.account.client();
        let written = client.publish_with_reply_and_headers(self.account.door(subject), reply, headers, body);
        timeout(ACKNOWLEDGED_WITHIN, written)
            .await
            .map_err(|elapsed| BrokerError::Unreachable("write", elapsed.into()))?
            .map_err(|error| BrokerError::Unreachable("write", error.into()))?;
        self.in_flight.push_back(InFlight { position, written: Instant::now(), _span: span });
        Ok(())
    }

    /// The position up to which everything is acknowledged: waits for one answer and takes those that are there. To be
    /// called only while something is in flight; may be dropped and called again.
    pub(super) async fn acknowledged(&mut self) -> Result<MailboxPosition, Trouble> {
        let mut position = self.next().await?;
        while !self.in_flight.is_empty() {
            match self.next().now_or_never() {
                Some(next) => position = next?,
                None => break,
            }
        }
        Ok(position)
    }

    async fn next(&mut self) -> Result<MailboxPosition, Trouble> {
        let first = self.in_flight.front().ok_or(Trouble::Elsewhere)?;
        let (expected, deadline) = (first.position.sequence, first.written + ACKNOWLEDGED_WITHIN);
        let reply = timeout_at(deadline, self.replies.next())
            .await
            .map_err(|elapsed| BrokerError::Unreachable("acknowledgement", elapsed.into()))?
            .ok_or_else(|| BrokerError::Unreachable("acknowledgement", "the connection is closed".into()))?;
        if reply.status == Some(StatusCode::NO_RESPONDERS) {
            // The stream is gone.
            return Err(Trouble::Elsewhere);
        }
        let answered = reply.subject.rsplit('.').next().and_then(|number| number.parse::<u64>().ok());
        let answer: Acknowledgement =
            serde_json::from_slice(&reply.payload).map_err(|error| BrokerError::Refused("write", error.into()))?;
        match answer.error {
            Some(refusal) if refusal.err_code == WRONG_LAST_SEQUENCE => return Err(Trouble::Elsewhere),
            Some(refusal) => return Err(BrokerError::Refused("write", refusal.into()).into()),
            None => {}
        }
        if answered != Some(expected) || answer.seq != Some(expected) {
            return Err(Trouble::Elsewhere);
        }
        let first = self.in_flight.pop_front().expect("it was looked at above and nothing else takes");
        Ok(first.position)
    }

    /// Waits until nothing is in flight, or something failed: after that the mailbox's end does not move any more by what
    /// was written here.
    pub(super) async fn settle(&mut self) {
        while !self.in_flight.is_empty() {
            match self.next().await {
                Ok(_) => {}
                // Each refused message has its own answer.
                Err(Trouble::Elsewhere) => drop(self.in_flight.pop_front()),
                Err(_) => return,
            }
        }
    }
}
