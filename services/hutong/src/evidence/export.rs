use std::path::Path;

use async_nats::jetstream::Message;
use contract::exchange::v1::GetMailboxRequest;
use contract::exchange::v1::mailbox_service_client::MailboxServiceClient;
use evidence::file::Report;
use evidence::file::line::{Bytes, Digest, Head, Line, SentMessage, Withheld};
use messaging::mailbox::{
    CONTENT_TYPE, CURSOR, Forged, ID, KEY, MailboxReader, PREVIOUS, SIGNATURE, SOURCE, SUBJECT, TIME, TYPE,
};
use messaging::seal::Verifier;
use tonic::transport::Channel;

use super::EvidenceError;
use super::keys::public_key;
use super::places::Places;
use super::selection::{Selection, When};
use super::spool::Spool;
use crate::certificates::Issued;
use crate::city::Part;
use crate::subscriber::Subscriber;

/// Messages that are proved with one call.
const PART: usize = 500;

/// Where evidence comes from.
#[derive(Debug)]
pub struct Source<'a> {
    /// The city, as certificates name it.
    pub city: &'a str,
    /// The gRPC door, as civil affairs.
    pub door: Channel,
    /// The broker.
    pub nats: &'a str,
    /// The mailbox's own certificate.
    pub certificate: &'a Issued,
    /// The mailbox's code.
    pub mailbox: &'a str,
}

/// A file that was written, and what it proves.
#[derive(Debug)]
pub struct Exported {
    /// As whoever checks it sees it.
    pub report: Report,
}

/// Writes the evidence of a mailbox. Everything is checked before the file gets its name. `progress` hears how many messages
/// were read, of how many.
///
/// # Errors
/// [`EvidenceError`]; then there is no file, or the one from before.
pub async fn export(
    source: &Source<'_>,
    selection: &Selection,
    file: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<Exported, EvidenceError> {
    let code = source.mailbox;
    let request = GetMailboxRequest { code: code.to_owned() };
    let mailbox = MailboxServiceClient::new(source.door.clone()).get_mailbox(request).await?.into_inner().mailbox;
    let signing_key = mailbox.unwrap_or_default().signing_key;
    let exchange_key = public_key(source.city, Part::Exchange.name(), &signing_key)?;
    let verifier = Verifier::from_hex(&signing_key).map_err(|_| EvidenceError::Answer("the signing key is none"))?;
    let mut reader = MailboxReader::new(code, verifier);

    let mut subscriber = Subscriber::open(source.nats, source.certificate, 1).await?;
    let end = subscriber.end().await?;
    // Whatever is in the mailbox by now is in a checkpoint after this.
    let mut places = Places::prepare(source.door.clone()).await?;
    let mut selected = Selected::open(file)?;
    for number in 1..=end.last_sequence {
        let Some(message) = subscriber.next().await? else { break };
        let sent = read(&message, number, code, &mut reader)?;
        progress(number, end.last_sequence);
        let time = sent.time.parse().map_err(|_| forged(code, number, Forged::Header(TIME)))?;
        match selection.when(time) {
            When::Before => {}
            When::Within => selected.take(sent, selection, &mut places).await?,
            When::After if selected.first.is_none() => {}
            When::After => break,
        }
    }
    selected.flush(&mut places).await?;
    places.finish(&mut selected.spool)?;
    let (Some(first), Some(last)) = (selected.first, selected.shown) else {
        return Err(EvidenceError::Nothing(code.to_owned()));
    };
    let mut keys: Vec<_> = places.used_keys().cloned().chain([exchange_key]).collect();
    keys.sort_by_key(ToString::to_string);
    let names = keys.iter().map(ToString::to_string).collect();
    let time_stamps = places.time_stamps();
    let version = Head::version_with(time_stamps, places.names_audit());
    let head = Head { version, mailbox: code.to_owned(), first, last, keys: names, time_stamps };
    Ok(Exported { report: selected.spool.finish(head, &keys)? })
}

/// What goes into the file.
struct Selected {
    spool: Spool,
    /// The first message of the time.
    first: Option<u64>,
    /// The last message that is shown.
    shown: Option<u64>,
    /// Messages that wait for their places, with none withheld among them.
    waiting: Vec<SentMessage>,
}

impl Selected {
    fn open(file: &Path) -> Result<Self, EvidenceError> {
        Ok(Self { spool: Spool::open(file)?, first: None, shown: None, waiting: Vec::new() })
    }

    async fn take(
        &mut self,
        message: SentMessage,
        selection: &Selection,
        places: &mut Places,
    ) -> Result<(), EvidenceError> {
        let number = message.number;
        let first = *self.first.get_or_insert(number);
        if !selection.shows(&message) {
            return Ok(());
        }
        let expected = self.shown.map_or(first, |shown| shown + 1);
        if number > expected {
            self.flush(places).await?;
            self.spool.write(&Line::Withheld(Withheld { first: expected, last: number - 1 }))?;
        }
        self.shown = Some(number);
        self.waiting.push(message);
        if self.waiting.len() == PART {
            self.flush(places).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, places: &mut Places) -> Result<(), EvidenceError> {
        places.write(std::mem::take(&mut self.waiting), &mut self.spool).await
    }
}

/// The next message as it is written, once it is proved.
fn read(
    message: &Message,
    number: u64,
    mailbox: &str,
    reader: &mut MailboxReader,
) -> Result<SentMessage, EvidenceError> {
    let stored = message.info().map_err(|_| forged(mailbox, number, Forged::OtherMailbox))?.stream_sequence;
    let headers = message.headers.clone().unwrap_or_default();
    let verified = reader
        .check(&headers, message.subject.as_str(), &message.payload, stored)
        .map_err(|source| forged(mailbox, stored, source))?;
    if verified.missing > 0 {
        let (mailbox, missing) = (mailbox.to_owned(), verified.missing);
        return Err(EvidenceError::Missing { mailbox, number: stored, missing });
    }
    // They are there: the reader has looked at each.
    let text = |name: &'static str| headers.get(name).map(|value| value.as_str().to_owned()).unwrap_or_default();
    let malformed = |name: &'static str| forged(mailbox, stored, Forged::Header(name));
    Ok(SentMessage {
        number: stored,
        previous: serde_json::from_value::<Digest>(text(PREVIOUS).into()).map_err(|_| malformed(PREVIOUS))?,
        subject: message.subject.to_string(),
        id: text(ID),
        event_type: text(TYPE),
        source: text(SOURCE),
        time: text(TIME),
        about: text(SUBJECT),
        cursor: text(CURSOR),
        content_type: text(CONTENT_TYPE),
        body: Bytes(message.payload.to_vec()),
        key: text(KEY),
        signature: serde_json::from_value(text(SIGNATURE).into()).map_err(|_| malformed(SIGNATURE))?,
        event: None,
    })
}

fn forged(mailbox: &str, number: u64, source: Forged) -> EvidenceError {
    EvidenceError::Forged { mailbox: mailbox.to_owned(), number, source }
}
