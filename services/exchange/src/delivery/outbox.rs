use std::collections::VecDeque;
use std::time::Duration;

use async_nats::{HeaderMap, StatusCode, Subscriber};
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use messaging::seal::Hash;
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Span;

use super::trouble::Trouble;
use crate::broker::{Account, BrokerError};

/// How long an acknowledgement may take.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(10);

/// Messages that share one acknowledgement at most.
const GROUP: usize = 32;

/// Messages written into one mailbox and not yet acknowledged, in order.
///
/// Each message names the number before it, so that the broker takes none after one that it did not take. One
/// acknowledgement therefore proves all messages before it, and only the last of a group asks for one: through the door of
/// an account an answer costs the broker as much as the message.
///
/// One subscription hears all acknowledgements. Each names in its subject the message that it answers, so that a late one
/// from before a failure is told apart.
pub(super) struct Outbox {
    account: Account,
    replies: Subscriber,
    inbox: String,
    /// The last message, composed and not yet written: whether it asks for an acknowledgement shows with the next.
    held: Option<Message>,
    /// Written since the last message that asked.
    unasked: Vec<Span>,
    asked: VecDeque<Asked>,
    written: u64,
    acknowledged: u64,
}

/// A message as the broker gets it.
pub(super) struct Message {
    pub(super) subject: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) sequence: u64,
    pub(super) hash: Hash,
    /// Ends with the acknowledgement.
    pub(super) span: Span,
}

/// The end of a group.
struct Asked {
    sequence: u64,
    hash: Hash,
    written: Instant,
    /// They end with the acknowledgement.
    _spans: Vec<Span>,
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
    /// An outbox for a mailbox that ends at `last`.
    pub(super) async fn open(account: &Account, last: u64) -> Result<Self, BrokerError> {
        let inbox = account.client().new_inbox();
        let replies = account
            .client()
            .subscribe(format!("{inbox}.*"))
            .await
            .map_err(|error| BrokerError::Unreachable("acknowledgements", error.into()))?;
        Ok(Self {
            account: account.clone(),
            replies,
            inbox,
            held: None,
            unasked: Vec::new(),
            asked: VecDeque::new(),
            written: last,
            acknowledged: last,
        })
    }

    /// Messages written and not yet acknowledged, the one held back included.
    pub(super) fn len(&self) -> usize {
        let written = usize::try_from(self.written - self.acknowledged).unwrap_or(usize::MAX);
        written + usize::from(self.held.is_some())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the next message. It is written with the next one, or by [`Outbox::flush`].
    pub(super) async fn write(&mut self, message: Message) -> Result<(), BrokerError> {
        let ends_group = self.unasked.len() + 1 >= GROUP;
        self.write_held(ends_group).await?;
        self.held = Some(message);
        Ok(())
    }

    /// Writes what was held back, and asks for an acknowledgement of all.
    pub(super) async fn flush(&mut self) -> Result<(), BrokerError> {
        self.write_held(true).await
    }

    async fn write_held(&mut self, ask: bool) -> Result<(), BrokerError> {
        let Some(Message { subject, headers, body, sequence, hash, span }) = self.held.take() else { return Ok(()) };
        let (client, door) = (self.account.client(), self.account.door(&subject));
        let written = async {
            if ask {
                let reply = format!("{}.{}", self.inbox, sequence);
                client.publish_with_reply_and_headers(door, reply, headers, body).await
            } else {
                client.publish_with_headers(door, headers, body).await
            }
        };
        timeout(ACKNOWLEDGED_WITHIN, written)
            .await
            .map_err(|elapsed| BrokerError::Unreachable("write", elapsed.into()))?
            .map_err(|error| BrokerError::Unreachable("write", error.into()))?;
        self.written = sequence;
        self.unasked.push(span);
        if ask {
            self.asked.push_back(Asked {
                sequence,
                hash,
                written: Instant::now(),
                _spans: std::mem::take(&mut self.unasked),
            });
        }
        Ok(())
    }

    /// Waits until at most `left` messages are in flight, and takes what else was answered. Tells the number and the hash
    /// of the last acknowledged message. May be dropped and called again.
    pub(super) async fn acknowledged(&mut self, left: usize) -> Result<Option<(u64, Hash)>, Trouble> {
        let mut last = None;
        while !self.asked.is_empty() {
            let next = match self.next().now_or_never() {
                Some(next) => next?,
                None if self.len() <= left => break,
                None => self.next().await?,
            };
            last = Some(next);
        }
        Ok(last)
    }

    async fn next(&mut self) -> Result<(u64, Hash), Trouble> {
        let first = self.asked.front().ok_or(Trouble::Elsewhere)?;
        let deadline = first.written + ACKNOWLEDGED_WITHIN;
        let reply = timeout_at(deadline, self.replies.next())
            .await
            .map_err(|elapsed| BrokerError::Unreachable("acknowledgement", elapsed.into()))?
            .ok_or_else(|| BrokerError::Unreachable("acknowledgement", "the connection is closed".into()))?;
        let Asked { sequence, hash, .. } =
            self.asked.pop_front().expect("it was looked at above and nothing else takes");
        if reply.status == Some(StatusCode::NO_RESPONDERS) {
            // The stream is gone.
            return Err(Trouble::Elsewhere);
        }
        let answered = reply.subject.rsplit('.').next().and_then(|number| number.parse::<u64>().ok());
        let answer: Acknowledgement =
            serde_json::from_slice(&reply.payload).map_err(|error| BrokerError::Refused("write", error.into()))?;
        match answer.error {
            Some(refusal) if refusal.err_code == WRONG_LAST_SEQUENCE => Err(Trouble::Elsewhere),
            Some(refusal) => Err(BrokerError::Refused("write", refusal.into()).into()),
            None if answered == Some(sequence) && answer.seq == Some(sequence) => {
                self.acknowledged = sequence;
                Ok((sequence, hash))
            }
            None => Err(Trouble::Elsewhere),
        }
    }

    /// Waits until every question was answered, or one was not in time: after that the mailbox's end does not move any more
    /// by what was written here. What is held back stays unwritten.
    pub(super) async fn settle(&mut self) {
        while !self.asked.is_empty() {
            if matches!(self.next().await, Err(Trouble::Broker(BrokerError::Unreachable(..)))) {
                return;
            }
        }
    }
}
