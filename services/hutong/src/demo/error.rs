use contract::date::DateError;
use kernel::CitizenIdError;
use messaging::seal::KeyError;
use platform::error::ServiceError;
use platform::identity::CredentialsError;
use tonic::Status;

use crate::payroll::StandardsError;
use crate::subscriber::SubscriberError;
use crate::workbooks::WorkbooksError;

/// Why the demonstration came to no end. That a mailbox differs from the contract is no error but its result.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The roster was not imported.
    #[error(transparent)]
    Import(#[from] WorkbooksError),
    /// A certificate cannot be read.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The city's door or its event log fails.
    #[error("the city does not answer")]
    City(#[from] ServiceError),
    /// A call was refused.
    #[error("the city refused {call}")]
    Refused {
        /// Which call.
        call: &'static str,
        /// What it answered.
        source: Box<Status>,
    },
    /// A mailbox cannot be read.
    #[error("mailbox {code}")]
    Mailbox {
        /// Whose.
        code: String,
        /// Why.
        source: SubscriberError,
    },
    /// A mailbox's signing key is none.
    #[error("mailbox {code} has no signing key")]
    Key {
        /// Whose.
        code: String,
        /// Why.
        source: KeyError,
    },
    /// The city told a day that is none.
    #[error("the city told a day that is none")]
    Day(#[from] DateError),
    /// The demonstration's own child has no valid citizen ID.
    #[error("no citizen ID for a child of the demonstration")]
    CitizenId(#[from] CitizenIdError),
    /// The city runs without a service that the demonstration needs.
    #[error("the city lacks registry or subsidies")]
    ServiceMissing,
    /// The standards that come with Hutong are damaged, which a test excludes.
    #[error(transparent)]
    Standards(#[from] StandardsError),
    /// Mailboxes stood still before they held all.
    #[error("the mailboxes stood still for {seconds} seconds before they held all that was told")]
    Stalled {
        /// How long was waited without a new message.
        seconds: u64,
    },
}
