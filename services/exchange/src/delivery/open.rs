use async_nats::jetstream::stream::{Info, RawMessageErrorKind};
use contract::subject::MAILBOX_STREAM;
use messaging::mailbox::{MailboxPosition, MailboxReader};
use messaging::seal::Verifier;

use crate::broker::{Account, BrokerError, delete, provision};
use crate::domain::{Damage, StreamFacts};
use crate::metrics;

/// Where a mailbox stands, read from its last message. A damaged one is thrown away and begins anew: all that was in it
/// comes again from the logs.
pub(super) async fn open(account: &Account, verifier: &Verifier) -> Result<MailboxPosition, BrokerError> {
    let info = provision(account).await?;
    match examine(account, &info, verifier).await? {
        Ok(position) => Ok(position),
        Err(damage) => {
            tracing::error!(
                alarm = "MAILBOX_DAMAGED",
                mailbox = account.code(),
                %damage,
                messages = info.state.messages,
                "the mailbox is built anew"
            );
            begin_anew(account).await
        }
    }
}

/// Throws a mailbox away and makes an empty one.
pub(super) async fn begin_anew(account: &Account) -> Result<MailboxPosition, BrokerError> {
    metrics::built_anew(account.code());
    delete(account).await?;
    provision(account).await?;
    Ok(MailboxPosition::default())
}

async fn examine(
    account: &Account,
    info: &Info,
    verifier: &Verifier,
) -> Result<Result<MailboxPosition, Damage>, BrokerError> {
    let state = &info.state;
    let facts = StreamFacts { messages: state.messages, first: state.first_sequence, last: state.last_sequence };
    if let Err(damage) = facts.check() {
        return Ok(Err(damage));
    }
    if facts.last == 0 {
        return Ok(Ok(MailboxPosition::default()));
    }
    let stream = account
        .api()
        .get_stream_no_info(MAILBOX_STREAM)
        .await
        .map_err(|error| BrokerError::Unreachable("mailbox", error.into()))?;
    let message = match stream.get_raw_message(facts.last).await {
        Ok(message) => message,
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => return Ok(Err(Damage::Missing)),
        Err(error) => return Err(BrokerError::Unreachable("last message", error.into())),
    };
    let mut reader = MailboxReader::from_anywhere(account.code(), verifier.clone());
    Ok(reader
        .check(&message.headers, &message.subject, &message.payload, message.sequence)
        .map(|verified| verified.position)
        .map_err(|_| Damage::Forged))
}
