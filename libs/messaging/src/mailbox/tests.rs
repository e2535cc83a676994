use bytes::Bytes;
use proptest::prelude::*;

use super::{Composed, Forged, MailboxPosition, MailboxReader, Origin, compose};
use crate::seal::Signer;

const SUBJECT: &str = "hutong.v1.registry.child.registered.371621";

fn message(signer: &Signer, position: &MailboxPosition, sequence: u64) -> Composed {
    let origin = Origin {
        service: "registry",
        sequence,
        id: "0198b2f0-0000-7000-8000-000000000001",
        event_type: "registry.child.registered",
        source: "/hutong/registry",
        time: "2024-12-12T00:00:00.000000Z",
        about: "0198b2f0-0000-7000-8000-000000000002",
        traceparent: None,
    };
    let body = Bytes::from(format!("body {sequence}"));
    compose("EDU", position, origin, SUBJECT, "application/protobuf", body, signer)
}

fn messages(signer: &Signer, count: u64) -> Vec<Composed> {
    let mut position = MailboxPosition::default();
    (1..=count)
        .map(|number| {
            let composed = message(signer, &position, number * 3);
            position = composed.position.clone();
            composed
        })
        .collect()
}

fn check(reader: &mut MailboxReader, message: &Composed) -> Result<u64, Forged> {
    reader.check(&message.headers, SUBJECT, &message.body, message.position.sequence).map(|verified| verified.missing)
}

#[test]
fn a_whole_mailbox_is_proved() {
    let signer = Signer::generate().unwrap();
    let mut reader = MailboxReader::new("EDU", signer.verifier());
    for message in messages(&signer, 20) {
        assert_eq!(check(&mut reader, &message), Ok(0));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let signer = Signer::generate().unwrap();
    let (one, other) = (messages(&signer, 5), messages(&signer, 5));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!((&one.headers, &one.body), (&other.headers, &other.body));
    }
}

#[test]
fn a_missing_message_is_counted_and_a_swapped_one_is_refused() {
    let signer = Signer::generate().unwrap();
    let all = messages(&signer, 4);
    let mut reader = MailboxReader::new("EDU", signer.verifier());
    assert_eq!(check(&mut reader, &all[0]), Ok(0));
    assert_eq!(check(&mut reader, &all[2]), Ok(1));
    assert_eq!(check(&mut reader, &all[1]), Err(Forged::Chain));
}

#[test]
fn another_history_does_not_continue_this_one() {
    let signer = Signer::generate().unwrap();
    let mut reader = MailboxReader::new("EDU", signer.verifier());
    check(&mut reader, &messages(&signer, 1)[0]).unwrap();
    let other_first = message(&signer, &MailboxPosition::default(), 99);
    let other_second = message(&signer, &other_first.position, 100);
    assert_eq!(check(&mut reader, &other_second), Err(Forged::Chain));
}

#[test]
fn a_forger_without_the_key_is_refused() {
    let (signer, forger) = (Signer::generate().unwrap(), Signer::generate().unwrap());
    let mut reader = MailboxReader::new("EDU", signer.verifier());
    assert_eq!(check(&mut reader, &messages(&forger, 1)[0]), Err(Forged::Signature));
    let mut other = MailboxReader::new("HC", signer.verifier());
    assert_eq!(check(&mut other, &messages(&signer, 1)[0]), Err(Forged::OtherMailbox));
}

proptest! {
    #[test]
    fn any_changed_byte_of_the_body_is_refused(at in 0_usize..6, by in 1_u8..=255) {
        let signer = Signer::generate().unwrap();
        let message = &messages(&signer, 1)[0];
        let mut body = message.body.to_vec();
        body[at] = body[at].wrapping_add(by);
        let mut reader = MailboxReader::new("EDU", signer.verifier());
        let result = reader.check(&message.headers, SUBJECT, &body, 1);
        prop_assert_eq!(result.unwrap_err(), Forged::Hash);
    }

    #[test]
    fn any_changed_header_is_refused(
        name in prop::sample::select(vec!["ce-id", "ce-type", "ce-source", "ce-time", "ce-subject", "content-type", "hutong-cursor", "hutong-previous", "hutong-sequence", "hutong-hash", "hutong-signature", "hutong-key"]),
        value in "[a-z0-9=]{1,40}",
    ) {
        let signer = Signer::generate().unwrap();
        let message = &messages(&signer, 1)[0];
        let mut headers = message.headers.clone();
        headers.insert(name, value.as_str());
        let mut reader = MailboxReader::new("EDU", signer.verifier());
        prop_assert!(reader.check(&headers, SUBJECT, &message.body, 1).is_err());
    }
}
