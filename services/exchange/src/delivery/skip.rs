use async_nats::jetstream::Context;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::RawMessageErrorKind;
use contract::subject;

use crate::feed::FeedError;

/// The last event behind `cursor` before which the mailbox is granted nothing. A mailbox that seldom gets a message would
/// read the log from its last message on at each start otherwise.
pub(super) async fn skip(
    jetstream: &Context,
    service: &str,
    subjects: &[String],
    cursor: u64,
) -> Result<u64, FeedError> {
    let stream = match jetstream.get_stream(subject::stream(service)).await {
        Ok(stream) => stream,
        // Its service has yet to make it, or to fill it again.
        Err(error) if matches!(error.kind(), GetStreamErrorKind::JetStream(_)) => return Ok(cursor),
        Err(error) => return Err(FeedError::Unreachable(error.into())),
    };
    // What is stored after this moment is looked at in any case.
    let mut skipped = stream.cached_info().state.last_sequence;
    if skipped <= cursor {
        return Ok(cursor);
    }
    for subject in subjects {
        match stream.get_first_raw_message_by_subject(subject, cursor + 1).await {
            Ok(message) => skipped = skipped.min(message.sequence - 1),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {}
            Err(error) => return Err(FeedError::Unreachable(error.into())),
        }
    }
    Ok(skipped.max(cursor))
}
