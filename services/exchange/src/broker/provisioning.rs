//! The stream MAILBOX of an account, and whether it is as it should be.

use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};
use async_nats::jetstream::{ErrorCode, context::DeleteStreamErrorKind};
use contract::subject::{MAILBOX_STREAM, ROOT};

use super::{Account, BrokerError};

/// How long the server may take to clear the folder of a deleted stream, times [`CLEARING_ATTEMPTS`].
const CLEARING: Duration = Duration::from_millis(50);
const CLEARING_ATTEMPTS: u32 = 40;

/// What the stream of a mailbox looks like. Messages stay for good: nothing ages, nothing makes room for others, nothing
/// can be deleted or purged. Only the whole stream can go, and it comes back.
fn wanted(code: &str) -> Config {
    Config {
        name: MAILBOX_STREAM.to_owned(),
        description: Some(format!("mailbox {code}")),
        subjects: vec![format!("{ROOT}.>")],
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: 1,
        discard: DiscardPolicy::New,
        // -1 is no limit; a number of bytes would also reserve them.
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        max_message_size: -1,
        max_age: Duration::ZERO,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        ..Config::default()
    }
}

/// Makes the stream, or puts it right, and tells how it stands. Doing so again changes nothing.
pub(crate) async fn provision(account: &Account) -> Result<Info, BrokerError> {
    let wanted = wanted(account.code());
    let present = match account.api().get_stream(MAILBOX_STREAM).await {
        Ok(stream) => stream.cached_info().clone(),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                return create(account, wanted).await;
            }
            _ => return Err(BrokerError::Unreachable("mailbox", error.into())),
        },
    };
    if same(&wanted, &present.config) {
        return Ok(present);
    }
    tracing::warn!(mailbox = account.code(), "the mailbox's stream was changed: putting it right");
    match account.api().update_stream(wanted.clone()).await {
        Ok(info) => Ok(info),
        Err(error) if matches!(error.kind(), CreateStreamErrorKind::JetStream(_)) => {
            // Some settings, `deny_delete` for one, cannot be changed back: the stream is made and filled again.
            delete(account).await?;
            create(account, wanted).await
        }
        Err(error) => Err(BrokerError::Unreachable("mailbox", error.into())),
    }
}

/// Throws the stream away. That there is none is no failure.
pub(crate) async fn delete(account: &Account) -> Result<(), BrokerError> {
    match account.api().delete_stream(MAILBOX_STREAM).await {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            DeleteStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND => Ok(()),
            DeleteStreamErrorKind::JetStream(_) => Err(BrokerError::Refused("delete mailbox", error.into())),
            _ => Err(BrokerError::Unreachable("mailbox", error.into())),
        },
    }
}

/// Makes the stream. Right after a deletion the server may still be clearing its folder: then it is asked again.
async fn create(account: &Account, wanted: Config) -> Result<Info, BrokerError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match account.api().create_stream(wanted.clone()).await {
            Ok(stream) => return Ok(stream.cached_info().clone()),
            Err(error) => error,
        };
        match error.kind() {
            CreateStreamErrorKind::JetStream(cause)
                if cause.error_code() == ErrorCode::STREAM_CREATE && attempts < CLEARING_ATTEMPTS =>
            {
                tokio::time::sleep(CLEARING).await;
            }
            CreateStreamErrorKind::JetStream(_) => {
                return Err(BrokerError::Refused("create mailbox", error.into()));
            }
            _ => return Err(BrokerError::Unreachable("mailbox", error.into())),
        }
    }
}

/// Whether a stream is as wanted, in all that we set; what the server fills in by itself is its own.
fn same(wanted: &Config, present: &Config) -> bool {
    let wanted = Config {
        metadata: present.metadata.clone(),
        duplicate_window: present.duplicate_window,
        compression: present.compression.clone(),
        consumer_limits: present.consumer_limits.clone(),
        placement: present.placement.clone(),
        persist_mode: present.persist_mode,
        num_replicas: present.num_replicas,
        ..wanted.clone()
    };
    wanted == *present
}
