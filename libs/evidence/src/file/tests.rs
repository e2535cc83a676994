use std::io::Cursor;

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::line::{
    Bytes, Digest, Head, Line, Place, SentMessage, SignedCheckpoint, VERSION, VERSION_WITH_AUDIT, Withheld,
};
use super::*;
use crate::checkpoint::{AuditEnd, Checkpoint};
use crate::hash::{Content, Fact, Hash, Message, ZERO_HASH, commitment, content_commitment, sha256};
use crate::key::{Algorithm, PublicKey};
use crate::note;
use crate::tree::{Blocks, Tree};

mod bytes;
mod time_stamps;

/// A service with its key.
struct Service {
    pair: Ed25519KeyPair,
    key: PublicKey,
}

impl Service {
    fn new(name: &str, seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let key = PublicKey::new("city.test", name, Algorithm::Ed25519, pair.public_key().as_ref()).unwrap();
        Self { pair, key }
    }

    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

/// A mailbox of five messages, of every second event of a log with checkpoints after the fourth and the tenth event.
struct Sample {
    exchange: Service,
    registry: Service,
    lines: Vec<Line>,
    /// Where the audit ended at each checkpoint, if they say so.
    audit: Option<AuditEnd>,
}

impl Sample {
    fn new() -> Self {
        Self::of_version(VERSION)
    }

    /// With checkpoints that say where the audit ended in a version that is for them.
    fn of_version(version: u32) -> Self {
        let (exchange, registry) = (Service::new("exchange", 1), Service::new("registry", 2));
        let mut keys = vec![exchange.key.to_string(), registry.key.to_string()];
        keys.sort();
        let head = Head { version, mailbox: "EDU".into(), first: 1, last: 5, keys, time_stamps: 0 };
        let audit = (version == VERSION_WITH_AUDIT).then_some(AuditEnd { sequence: 12, hash: [3; 32] });
        let mut sample = Self { exchange, registry, lines: vec![Line::Evidence(head)], audit };
        let facts = facts(version);
        let hashes: Vec<Hash> = facts.iter().map(|(_, hash)| *hash).collect();
        let blocks: Blocks = [(0, hashes.clone())].into();
        let tree = Tree::default();
        let mut previous = ZERO_HASH;
        for number in 1..=5_u64 {
            let event = number * 2;
            let size = if event <= 4 { 4 } else { 10 };
            if number == 1 || number == 3 {
                let consistency = if number == 1 { vec![] } else { tree.consistency(4, 10, &blocks).unwrap() };
                sample.lines.push(sample.checkpoint(size, tree.root(size, &part(&hashes, size)).unwrap(), consistency));
            }
            let proof = tree.inclusion(event - 1, size, &part(&hashes, size)).unwrap();
            let before = facts[usize::try_from(event).unwrap() - 2].1;
            let place = Place {
                previous: Digest(before),
                commitment: Digest(committed(version, event)),
                checkpoint: size,
                proof: proof.into_iter().map(Bytes::from).collect(),
            };
            let (message, hash) = sample.message(number, event, previous, place);
            previous = hash;
            sample.lines.push(message);
        }
        sample
    }

    fn checkpoint(&self, size: u64, root: Hash, consistency: Vec<Hash>) -> Line {
        let origin = self.registry.key.name().to_owned();
        let time = "2024-12-12T00:01:00.000000Z".parse().unwrap();
        let text = Checkpoint { origin, size, root, time, audit: self.audit }.text();
        let note = note::write(&text, &self.registry.key, &self.registry.sign(text.as_bytes()));
        Line::Checkpoint(SignedCheckpoint { note, consistency: consistency.into_iter().map(Bytes::from).collect() })
    }

    fn message(&self, number: u64, event: u64, previous: Hash, place: Place) -> (Line, Hash) {
        let mut message = SentMessage {
            number,
            previous: Digest(previous),
            subject: format!("hutong.v1.{TYPE}.371621"),
            id: id(event),
            event_type: TYPE.into(),
            source: "/hutong/registry".into(),
            time: TIME.into(),
            about: id(event + 100),
            cursor: format!("registry={event}"),
            content_type: "application/protobuf".into(),
            body: Bytes(vec![10, 3, b'a', b'b', b'c']),
            key: self.exchange.key.header_id().to_owned(),
            signature: Bytes(Vec::new()),
            event: Some(place),
        };
        let previous = hex::encode(previous);
        let hash = Message {
            previous: &previous,
            mailbox: "EDU",
            sequence: number,
            subject: &message.subject,
            id: &message.id,
            event_type: &message.event_type,
            source: &message.source,
            time: &message.time,
            about: &message.about,
            cursor: &message.cursor,
            content_type: &message.content_type,
            body: &message.body.0,
        }
        .hash();
        message.signature = Bytes(self.exchange.sign(&hash));
        (Line::Message(Box::new(message)), hash)
    }

    fn known(&self) -> Vec<PublicKey> {
        vec![self.registry.key.clone(), self.exchange.key.clone()]
    }

    /// What is wrong with these lines, with an end that fits them.
    fn check(&self, lines: &[Line]) -> Vec<&'static str> {
        reasons(&verify(Cursor::new(written(lines)), Known::of(&self.known()), |_| {}).unwrap())
    }

    /// The lines with one message changed.
    fn changed(&self, number: usize, change: impl FnOnce(&mut SentMessage)) -> Vec<Line> {
        let mut lines = self.lines.clone();
        let message = lines.iter_mut().filter_map(|line| if let Line::Message(it) = line { Some(it) } else { None });
        change(message.into_iter().nth(number - 1).unwrap());
        lines
    }
}

const TYPE: &str = "registry.child.registered";
const TIME: &str = "2024-12-12T00:00:00.000000Z";

fn id(number: u64) -> String {
    uuid::Uuid::from_u128(u128::from(number)).to_string()
}

fn committed(version: u32, event: u64) -> Hash {
    match version {
        1 => content_commitment(&[7; 16], &event.to_be_bytes()),
        _ => commitment(&[7; 16], id(event + 200).parse().unwrap(), &event.to_be_bytes()),
    }
}

fn facts(version: u32) -> Vec<(u64, Hash)> {
    let mut previous = ZERO_HASH;
    (1..=10)
        .map(|sequence| {
            let fact = Fact {
                previous,
                sequence,
                id: id(sequence).parse().unwrap(),
                event_type: TYPE,
                county: "371621",
                occurred_at: TIME.parse().unwrap(),
                content: match version {
                    1 => Content::Committed(id(sequence + 100).parse().unwrap(), committed(version, sequence)),
                    _ => Content::Hidden(committed(version, sequence)),
                },
            };
            previous = fact.hash();
            (sequence, previous)
        })
        .collect()
}

fn part(hashes: &[Hash], size: u64) -> Blocks {
    [(0, hashes[..usize::try_from(size).unwrap()].to_vec())].into()
}

fn written(lines: &[Line]) -> Vec<u8> {
    let (Line::Evidence(head), rest) = (lines[0].clone(), &lines[1..]) else { panic!("a file begins with its head") };
    let mut writer = Writer::begin(Vec::new(), head).unwrap();
    for line in rest {
        writer.write(line).unwrap();
    }
    writer.finish().unwrap()
}

fn reasons(report: &Report) -> Vec<&'static str> {
    report.faults.iter().map(|fault| fault.wrong.reason()).collect()
}

#[test]
fn a_whole_file_is_proved_and_says_what_it_proves() {
    let sample = Sample::new();
    let mut lines = 0;
    let report = verify(Cursor::new(written(&sample.lines)), Known::of(&sample.known()), |line| lines = line).unwrap();
    assert_eq!(reasons(&report), [""; 0]);
    assert!(report.is_proved());
    assert_eq!((report.messages, report.in_log, report.checkpoints, report.withheld), (5, 5, 2, 0));
    assert_eq!((report.city.as_str(), report.mailbox.as_str()), ("city.test", "EDU"));
    assert_eq!(report.sealed_by.as_deref(), Some("2024-12-12T00:01:00.000000Z"));
    assert_eq!(lines, 9);
}

#[test]
fn a_file_of_the_first_format_is_still_proved_and_none_passes_for_the_other() {
    for (version, other) in [(1, 2), (2, 1)] {
        let sample = Sample::of_version(version);
        assert_eq!(sample.check(&sample.lines), [""; 0], "version {version}");
        let mut lines = sample.lines.clone();
        if let Line::Evidence(head) = &mut lines[0] {
            head.version = other;
        }
        assert_eq!(sample.check(&lines)[0], "NOT_IN_LOG", "version {version} as {other}");
    }
}

#[test]
fn checkpoints_that_say_where_the_audit_ended_stand_in_a_format_of_their_own() {
    let sample = Sample::of_version(VERSION_WITH_AUDIT);
    assert_eq!(sample.check(&sample.lines), [""; 0]);
    let of_version = |lines: &[Line], version: u32| {
        let mut lines = lines.to_vec();
        let Line::Evidence(head) = &mut lines[0] else { panic!("the head") };
        head.version = version;
        sample.check(&lines)
    };
    assert_eq!(of_version(&sample.lines, VERSION), ["MOVED_LINE"], "an older version would not read it");
    assert_eq!(of_version(&Sample::new().lines, VERSION_WITH_AUDIT), ["MOVED_LINE"], "none says so");
    let mut lines = sample.lines.clone();
    lines[1] = Sample::new().lines[1].clone();
    assert_eq!(sample.check(&lines), [""; 0], "one from before stands beside one that says so");
    let Line::Checkpoint(checkpoint) = &mut lines[4] else { panic!("the second checkpoint") };
    checkpoint.note = checkpoint.note.replace("audit 12", "audit 11");
    assert_eq!(sample.check(&lines), ["CHECKPOINT"]);
}

#[test]
fn without_known_keys_a_file_is_whole_and_not_proved() {
    let sample = Sample::new();
    let report = verify(Cursor::new(written(&sample.lines)), Known::default(), |_| {}).unwrap();
    assert!(report.is_whole() && !report.is_proved());
    let stranger = [Service::new("exchange", 9).key, sample.registry.key.clone()];
    let report = verify(Cursor::new(written(&sample.lines)), Known::of(&stranger), |_| {}).unwrap();
    assert_eq!(reasons(&report), ["FOREIGN_KEY"]);
}

#[test]
fn each_kind_of_tampering_is_named_where_it_is() {
    let sample = Sample::new();
    let check = |lines: &[Line]| sample.check(lines);
    assert_eq!(check(&sample.changed(2, |message| message.body.0[3] ^= 1)), ["SIGNATURE"]);
    assert_eq!(check(&sample.changed(2, |message| message.time = TIME.replace("2024", "2023"))), ["SIGNATURE"]);
    assert_eq!(check(&sample.changed(2, |message| message.subject.push('\n'))), ["HEADER"]);
    assert_eq!(check(&sample.changed(2, |message| message.key = "0".repeat(16))), ["SIGNATURE"]);
    let commitment = |message: &mut SentMessage| message.event.as_mut().unwrap().commitment.0[0] ^= 1;
    assert_eq!(check(&sample.changed(4, commitment)), ["NOT_IN_LOG"]);
    let proof = |message: &mut SentMessage| drop(message.event.as_mut().unwrap().proof.pop());
    assert_eq!(check(&sample.changed(4, proof)), ["NOT_IN_LOG"]);
    assert_eq!(check(&sample.changed(1, |message| message.event = None)), ["MOVED_LINE"]);

    let mut gap = sample.lines.clone();
    gap.remove(3);
    assert_eq!(check(&gap), ["MISSING"]);
    let mut swapped = sample.lines.clone();
    swapped.swap(6, 7);
    assert_eq!(check(&swapped), ["MISSING", "MOVED_LINE"]);
    let mut short = sample.lines.clone();
    short.pop();
    assert_eq!(check(&short), ["MISSING"]);
    let mut moved = sample.lines.clone();
    moved.swap(3, 4);
    assert_eq!(check(&moved), ["NOT_IN_LOG"], "the message needs the checkpoint before");
    let mut unneeded = sample.lines.clone();
    unneeded.remove(4);
    assert_eq!(check(&unneeded), ["NOT_IN_LOG"; 3]);
}

#[test]
fn a_message_of_another_history_does_not_fit_in() {
    let sample = Sample::new();
    let Line::Message(third) = &sample.lines[5] else { panic!("the third message") };
    let (forged, _) = sample.message(3, 6, [1; 32], third.event.clone().unwrap());
    let mut lines = sample.lines.clone();
    lines[5] = forged;
    assert_eq!(sample.check(&lines), ["CHAIN"], "signed by the exchange, and yet not what followed");
}

#[test]
fn a_log_whose_past_was_changed_is_found_out() {
    let sample = Sample::new();
    let mut lines = sample.lines.clone();
    let root = sha256(b"another past");
    lines[4] = sample.checkpoint(10, root, vec![root]);
    assert_eq!(sample.check(&lines), ["REWRITTEN_LOG"]);
    let mut note = sample.lines.clone();
    let Line::Checkpoint(checkpoint) = &mut note[4] else { panic!("the second checkpoint") };
    checkpoint.note = checkpoint.note.replace("00:01:00", "00:00:30");
    assert_eq!(sample.check(&note), ["CHECKPOINT"]);
}

#[test]
fn messages_may_be_withheld_but_not_hidden() {
    let sample = Sample::new();
    let mut lines = sample.lines.clone();
    lines[3] = Line::Withheld(Withheld { first: 2, last: 2 });
    let report = verify(Cursor::new(written(&lines)), Known::of(&sample.known()), |_| {}).unwrap();
    assert_eq!((reasons(&report), report.messages, report.withheld), (vec![], 4, 1));
    for (first, last) in [(1, 2), (2, 3), (3, 3), (2, 1), (2, 99)] {
        lines[3] = Line::Withheld(Withheld { first, last });
        assert!(!sample.check(&lines).is_empty(), "{first} to {last}");
    }
}

#[test]
fn a_file_that_was_cut_or_extended_is_told_from_a_forged_one() {
    let sample = Sample::new();
    let whole = written(&sample.lines);
    let check = |bytes: &[u8]| reasons(&verify(Cursor::new(bytes), Known::of(&sample.known()), |_| {}).unwrap());
    assert_eq!(check(b""), ["CUT_SHORT"]);
    assert_eq!(check(b"{}\n"), ["NO_EVIDENCE"]);
    assert_eq!(check(&whole[..whole.len() - 1]), ["CUT_SHORT"]);
    assert_eq!(check(&whole[..whole.len() / 2]), ["CUT_SHORT"]);
    assert_eq!(check(&[whole.as_slice(), b"\n"].concat()), ["AFTER_END"]);
    let text = String::from_utf8(whole).unwrap();
    assert_eq!(check(text.replacen("\":", "\": ", 1).as_bytes()), ["CHANGED_LINE"]);
    assert_eq!(check(text.replace("\"version\":2", "\"version\":5").as_bytes()), ["VERSION"]);
    let stamped = text.replace("\"version\":2", "\"version\":3");
    assert_eq!(check(stamped.as_bytes()), ["MOVED_LINE"], "it has no time-stamp");
}

#[test]
fn others_read_our_notes_and_keys() {
    use signed_note::{Note, StandardVerifier, VerifierList};
    let sample = Sample::new();
    let Line::Checkpoint(checkpoint) = &sample.lines[1] else { panic!("the first checkpoint") };
    let verifier = StandardVerifier::new(&sample.registry.key.to_string()).unwrap();
    let note = Note::from_bytes(checkpoint.note.as_bytes()).unwrap();
    let (verified, unknown) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!((verified.len(), unknown.len(), verified[0].id()), (1, 0, sample.registry.key.id()));
    // The key of the standard's own example.
    let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert!(matches!(peter.parse::<PublicKey>(), Err(crate::key::KeyError::Form)), "our names have two parts");
    let ours = sample.registry.key.to_string();
    assert_eq!(ours.parse::<PublicKey>().as_ref(), Ok(&sample.registry.key));
    assert_eq!(ours.replace("registry", "register").parse::<PublicKey>(), Err(crate::key::KeyError::Id));
}
