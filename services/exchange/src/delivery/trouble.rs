use std::time::Duration;

use crate::broker::BrokerError;
use crate::domain::State;
use crate::feed::FeedError;

/// Why a writer must look at its mailbox anew.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The mailbox cannot be reached.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// An event stream cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The mailbox does not end where we left it: somebody else writes, or it was changed.
    #[error("the mailbox does not end where the exchange left it")]
    Elsewhere,
    /// An event of a proved type cannot be projected.
    #[error("event {0} cannot be read")]
    Unreadable(u64),
    /// The connection was lost in between: what became of messages under way is unknown.
    #[error("the connection to the broker was lost")]
    Reconnected,
    /// An operator wants the mailbox built anew.
    #[error("a rebuild was asked for")]
    RebuildWanted,
    /// It is time to look whether the mailbox is whole.
    #[error("it is time to look at the mailbox")]
    LookDue,
}

impl Trouble {
    /// How the mailbox stands until it is looked at again.
    pub(crate) fn state(&self) -> Option<State> {
        match self {
            Self::Broker(_) | Self::Feed(FeedError::Unreachable(_)) => Some(State::Unreachable),
            Self::Feed(FeedError::Unproved { .. }) | Self::Unreadable(_) => Some(State::Halted),
            Self::Feed(FeedError::Short { .. } | FeedError::Gap(_))
            | Self::Elsewhere
            | Self::Reconnected
            | Self::RebuildWanted => Some(State::CatchingUp),
            Self::LookDue => None,
        }
    }

    /// How long to wait before it is looked at again, when it was the same `times` before.
    pub(crate) fn wait(&self, times: u32) -> Duration {
        let (first, longest) = match self {
            Self::RebuildWanted | Self::LookDue | Self::Reconnected => return Duration::ZERO,
            Self::Elsewhere => (Duration::from_millis(5), Duration::from_secs(2)),
            Self::Broker(_) | Self::Feed(FeedError::Unreachable(_) | FeedError::Short { .. } | FeedError::Gap(_)) => {
                (Duration::from_millis(50), Duration::from_secs(2))
            }
            Self::Feed(FeedError::Unproved { .. }) | Self::Unreadable(_) => {
                (Duration::from_secs(3), Duration::from_secs(30))
            }
        };
        first.saturating_mul(1 << times.min(10)).min(longest)
    }

    /// Writes it to the log.
    pub(crate) fn report(&self, mailbox: &str) {
        match self {
            Self::RebuildWanted | Self::LookDue | Self::Reconnected => tracing::debug!(mailbox, "{self}"),
            Self::Feed(FeedError::Unproved { .. }) | Self::Unreadable(_) => {
                tracing::error!(alarm = "MAILBOX_HALTED", mailbox, "the mailbox stops: {self}");
            }
            other => {
                let cause = std::error::Error::source(other).map(ToString::to_string);
                tracing::warn!(mailbox, cause, "the mailbox is looked at anew: {self}");
            }
        }
    }
}
