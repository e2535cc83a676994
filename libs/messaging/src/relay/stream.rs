use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{Context, ErrorCode};
use contract::subject;
use platform::error::ServiceError;
use platform::nats::unreachable_broker;

use super::headers;
use super::status::Contradiction;
use crate::log::EventLog;

/// Where the stream stands against the log.
pub(super) enum Position {
    /// It holds the log up to here.
    At(u64),
    /// It contradicts the log.
    Contradicts(Contradiction),
}

/// Makes the stream if it is not there, and remakes it if it has holes: it is a cache of the log.
pub(super) async fn provision(jetstream: &Context, service: &str) -> Result<Stream, ServiceError> {
    let name = subject::stream(service);
    match jetstream.get_stream(&name).await {
        Ok(stream) if is_whole(&stream) => return Ok(stream),
        Ok(_) => {
            tracing::error!(
                alarm = "STREAM_DAMAGED",
                stream = name,
                "the stream has holes, it is refilled from the log"
            );
            jetstream.delete_stream(&name).await.map_err(unreachable_broker)?;
        }
        Err(error) if is_not_found(&error.kind()) => {}
        Err(error) => return Err(unreachable_broker(error)),
    }
    jetstream
        .create_stream(Config {
            name,
            subjects: vec![subject::service_filter(service)],
            retention: RetentionPolicy::Limits,
            storage: StorageType::File,
            discard: DiscardPolicy::New,
            allow_direct: true,
            ..Config::default()
        })
        .await
        .map_err(unreachable_broker)
}

fn is_whole(stream: &Stream) -> bool {
    let state = &stream.cached_info().state;
    state.messages == state.last_sequence && (state.messages == 0 || state.first_sequence == 1)
}

fn is_not_found(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// Compares the stream's last event with the log's.
pub(super) async fn position(stream: &mut Stream, log: &EventLog) -> Result<Position, ServiceError> {
    let last = stream.info().await.map_err(unreachable_broker)?.state.last_sequence;
    if last == 0 {
        return Ok(Position::At(0));
    }
    let head = log.head().await?.sequence;
    if last > head {
        return Ok(Position::Contradicts(Contradiction::Ahead { stream: last, log: head }));
    }
    let message = stream.get_raw_message(last).await.map_err(unreachable_broker)?;
    let hash = message.headers.get(headers::HASH).map(async_nats::HeaderValue::as_str);
    let ours = log.get(last).await?.map(|event| hex::encode(event.hash));
    Ok(match (hash, ours) {
        (Some(hash), Some(ours)) if hash == ours => Position::At(last),
        _ => Position::Contradicts(Contradiction::Differs { sequence: last }),
    })
}
