/// How a relay stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayStatus {
    /// It has not reached the broker yet, or lost it. It tries again.
    Unreachable,
    /// The stream holds the log up to this sequence.
    Following {
        /// The last acknowledged sequence.
        sequence: u64,
    },
    /// The stream contradicts the log; a person must look.
    Halted {
        /// What contradicts.
        reason: Contradiction,
    },
}

/// How a stream contradicts its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// It holds events that the log does not.
    #[error("the stream is ahead of the log: it ends at {stream}, the log at {log}")]
    Ahead {
        /// The stream's last sequence.
        stream: u64,
        /// The log's last sequence.
        log: u64,
    },
    /// Its last event is another than the log's.
    #[error("the stream differs from the log at {sequence}")]
    Differs {
        /// Where.
        sequence: u64,
    },
}
