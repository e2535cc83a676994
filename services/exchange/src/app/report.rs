use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::State as StreamState;
use contract::subject::MAILBOX_STREAM;

use crate::board::{Slot, Standing};
use crate::delivery::View;
use crate::domain::State;

/// How long the broker may take to say what is in a mailbox.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// A mailbox as it stands now.
pub(crate) struct Report {
    slot: Arc<Slot>,
    /// As its writer told last.
    pub(crate) standing: Standing,
    /// What the broker says of it; nothing if it does not answer.
    pub(crate) stream: Option<StreamState>,
    /// The public key of the exchange, in hex.
    pub(crate) signing_key: String,
}

impl Report {
    pub(super) async fn of(slot: &Arc<Slot>) -> Self {
        let stream = tokio::time::timeout(ANSWERED_WITHIN, slot.account().api().get_stream(MAILBOX_STREAM)).await;
        let stream = stream.ok().and_then(Result::ok).map(|stream| stream.cached_info().state.clone());
        let mut standing = slot.standing();
        if stream.is_none() && standing.state != State::Halted {
            standing.state = State::Unreachable;
        }
        Self { slot: Arc::clone(slot), standing, stream, signing_key: slot.signing_key().to_owned() }
    }

    /// What it gets to see.
    pub(crate) fn view(&self) -> &View {
        self.slot.view()
    }
}
