use std::error::Error;

/// Why the broker did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokerError {
    /// No answer in time, or no connection.
    #[error("the broker did not answer: {0}")]
    Unreachable(&'static str, #[source] Box<dyn Error + Send + Sync>),
    /// An answer that makes no sense.
    #[error("the broker refused: {0}")]
    Refused(&'static str, #[source] Box<dyn Error + Send + Sync>),
}
