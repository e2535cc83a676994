use anyhow::{Context, bail};
use async_nats::jetstream::Message;
use contract::department;
use contract::event;
use contract::exchange::v1::mailbox_service_client::MailboxServiceClient;
use contract::exchange::v1::{GetMailboxRequest, ListMailboxesRequest, Mailbox, RebuildMailboxRequest};
use messaging::mailbox::{CONTENT_TYPE, CURSOR, ID, MailboxReader, TIME, TYPE};
use messaging::seal::Verifier;
use serde_json::{Value, json};

use super::arguments::{Global, MailboxCommand};
use super::reach::City;
use super::say::say;
use super::table::table;
use crate::certificates::{Issued, Subject};
use crate::subscriber::Subscriber;

pub(super) async fn run(global: Global, command: MailboxCommand) -> anyhow::Result<()> {
    match command {
        MailboxCommand::List { json, reach } => list(&City::reach(&global, reach.endpoint)?, json).await,
        MailboxCommand::Rebuild { code, reach } => rebuild(&City::reach(&global, reach.endpoint)?, code).await,
        MailboxCommand::Tail { code, from, follow, json, nats, reach } => {
            let city = City::reach(&global, reach.endpoint)?;
            let nats = nats.unwrap_or_else(|| city.nats().to_owned());
            tail(&city, &Tail { code, from, follow, json, nats }).await
        }
    }
}

async fn list(city: &City, json: bool) -> anyhow::Result<()> {
    let channel = city.connect(&department::owner().code).await?;
    let response = MailboxServiceClient::new(channel).list_mailboxes(ListMailboxesRequest {}).await?;
    let mailboxes = response.into_inner().mailboxes;
    if json {
        let mailboxes: Vec<Value> = mailboxes.iter().map(to_json).collect();
        say!("{}", serde_json::to_string_pretty(&mailboxes)?);
        return Ok(());
    }
    let mut table = table(["code", "department", "", "area", "state", "messages", "last", "types"], &[5, 6, 7]);
    for mailbox in mailboxes {
        let department = mailbox.department.clone().unwrap_or_default();
        table.add_row([
            mailbox.code.clone(),
            department.zh,
            department.en,
            mailbox.area.clone(),
            state(&mailbox),
            mailbox.messages.to_string(),
            mailbox.last_sequence.to_string(),
            mailbox.granted_types.len().to_string(),
        ]);
    }
    say!("{table}");
    Ok(())
}

fn to_json(mailbox: &Mailbox) -> Value {
    let department = mailbox.department.clone().unwrap_or_default();
    json!({
        "code": mailbox.code,
        "department": { "zh": department.zh, "en": department.en },
        "area": mailbox.area,
        "state": state(mailbox),
        "messages": mailbox.messages,
        "last_sequence": mailbox.last_sequence,
        "last_hash": mailbox.last_hash,
        "cursors": mailbox.cursors.iter().map(|cursor| (cursor.service.clone(), cursor.sequence.into()))
            .collect::<serde_json::Map<String, Value>>(),
        "granted_types": mailbox.granted_types,
        "signing_key": mailbox.signing_key,
    })
}

/// In the contract's own words.
fn state(mailbox: &Mailbox) -> String {
    let label = contract::label::of("hutong.exchange.v1.MailboxState", mailbox.state);
    label.map_or_else(|| "unknown".to_owned(), |label| label.en)
}

async fn rebuild(city: &City, code: String) -> anyhow::Result<()> {
    let channel = city.connect(&department::owner().code).await?;
    let request = RebuildMailboxRequest { code: code.clone() };
    MailboxServiceClient::new(channel).rebuild_mailbox(request).await?;
    say!("{code} is being rebuilt; `hutong mailbox list` tells when it follows again");
    Ok(())
}

struct Tail {
    code: String,
    from: u64,
    follow: bool,
    json: bool,
    nats: String,
}

async fn tail(city: &City, tail: &Tail) -> anyhow::Result<()> {
    let code = &tail.code;
    let certificate = Issued::at(&city.config.tls_directory(), &Subject::department(code));
    // The signing key comes from the city itself, over mutual TLS, not from the messages that it is to prove.
    let channel = city.connect(code).await?;
    let request = GetMailboxRequest { code: code.clone() };
    let mailbox = MailboxServiceClient::new(channel).get_mailbox(request).await?.into_inner().mailbox;
    let key = mailbox.context("the city named no mailbox")?.signing_key;

    let verifier = Verifier::from_hex(&key).context("the city named no valid signing key")?;
    // From the first message on, the chain proves all; from the middle, the first message stands by its signature.
    let mut reader = match tail.from {
        0 | 1 => MailboxReader::new(code, verifier),
        _ => MailboxReader::from_anywhere(code, verifier),
    };
    let mut subscriber = Subscriber::open(&tail.nats, &certificate, tail.from).await?;
    let end = subscriber.end().await?;
    let mut more = end.messages > 0 && end.last_sequence >= tail.from;
    let (mut forged, mut missing) = (0_u64, 0_u64);
    while tail.follow || more {
        let message = tokio::select! {
            message = subscriber.next() => message?,
            _ = tokio::signal::ctrl_c() => break,
        };
        let Some(message) = message else { break };
        let info = message.info().map_err(|error| anyhow::anyhow!(error))?;
        more = info.pending > 0;
        let headers = message.headers.clone().unwrap_or_default();
        let verdict = match reader.check(&headers, message.subject.as_str(), &message.payload, info.stream_sequence) {
            Ok(verified) => {
                missing += verified.missing;
                "verified".to_owned()
            }
            Err(fault) => {
                forged += 1;
                fault.to_string()
            }
        };
        print_message(&message, info.stream_sequence, &verdict, tail.json);
    }
    if forged > 0 || missing > 0 {
        bail!("{forged} message(s) of {code} cannot be verified, {missing} are missing");
    }
    Ok(())
}

fn print_message(message: &Message, sequence: u64, verdict: &str, json: bool) {
    let headers = message.headers.clone().unwrap_or_default();
    let header = |name: &str| headers.get(name).map(|value| value.as_str().to_owned()).unwrap_or_default();
    let body = body(&header(TYPE), &header(CONTENT_TYPE), &message.payload);
    if json {
        let line = json!({
            "sequence": sequence, "verdict": verdict, "id": header(ID), "type": header(TYPE), "time": header(TIME),
            "subject": message.subject.as_str(), "cursor": header(CURSOR), "data": body,
        });
        say!("{line}");
    } else {
        say!("{sequence:>8}  {}  {verdict}  {}  {body}", header(TIME), message.subject);
    }
}

/// The event for people and programs: canonical protobuf JSON.
fn body(event_type: &str, content_type: &str, payload: &[u8]) -> Value {
    let json = if content_type.contains("json") {
        Some(payload.to_vec())
    } else {
        event::by_name(event_type).and_then(|event| contract::projection::to_json(event, payload).ok())
    };
    json.and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_else(|| json!({ "unknown_to_this_version": true, "bytes": payload.len() }))
}
