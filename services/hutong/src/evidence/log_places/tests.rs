//! Whatever is asked of whatever log in whatever parts, each line stands at its one place.

use std::collections::{BTreeMap, BTreeSet};

use contract::evidence::v1::TimeStamp;
use evidence::key::Algorithm;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;

const EVENTS: u64 = 40;

/// A log by its sizes alone: its checkpoints, and which of them are stamped.
#[derive(Debug)]
struct Log {
    checkpoints: BTreeMap<u64, bool>,
}

impl Log {
    fn first_with(&self, event: u64) -> u64 {
        *self.checkpoints.range(event..).next().expect("the last checkpoint has every event").0
    }

    fn first_stamped_with(&self, event: u64) -> Option<u64> {
        self.checkpoints.range(event..).find(|(_, stamped)| **stamped).map(|(size, _)| *size)
    }

    /// What `ProveEvents` answers. Each checkpoint says in the place of a proof which one it continues.
    fn prove(&self, events: &[u64], known: u64) -> Vec<Checkpoint> {
        let needed = events.iter().map(|event| self.first_with(*event)).filter(|size| *size != known);
        let stamped = events.iter().filter_map(|event| self.first_stamped_with(*event));
        let sizes: BTreeSet<u64> = needed.chain(stamped).collect();
        let mut before = known;
        let checkpoint = |size| {
            let continued = before;
            before = size;
            Checkpoint {
                size,
                time: None,
                note: size.to_string(),
                consistency: way(continued, size),
                time_stamp: self.checkpoints[&size].then(TimeStamp::default),
            }
        };
        sizes.into_iter().map(checkpoint).collect()
    }
}

fn way(from: u64, to: u64) -> Vec<Vec<u8>> {
    if from == 0 || from == to { Vec::new() } else { vec![from.to_be_bytes().to_vec()] }
}

/// A line, or an event's message between them.
enum Written {
    Message(u64),
    Line(Line),
}

fn write(log: &Log, parts: &[&[u64]]) -> Vec<Written> {
    let mut places = LogPlaces::new(PublicKey::new("city.test", "registry", Algorithm::Ed25519, &[0; 32]).unwrap());
    let mut written = Vec::new();
    for part in parts {
        let answer = log.prove(part, places.goes_on_from(part[0]));
        places.take(part[0], answer);
        for event in *part {
            let lines = places.lines_before(log.first_with(*event)).unwrap();
            written.extend(lines.into_iter().map(Written::Line));
            written.push(Written::Message(*event));
        }
        places.end_part();
    }
    written.extend(places.last_line().map(Written::Line));
    written
}

/// Reads as the verifier does, and expects nothing that a verifier would miss.
fn check(log: &Log, written: &[Written]) {
    let (mut last, mut stamped) = (0, 0);
    let mut waiting: Vec<u64> = Vec::new();
    let mut before: Option<&Written> = None;
    let proof = |consistency: &[Bytes]| consistency.iter().map(|hash| hash.0.clone()).collect::<Vec<_>>();
    for one in written {
        match one {
            Written::Message(event) => {
                assert_eq!(log.first_with(*event), last, "the checkpoint of event {event}");
                assert!(*event > stamped, "the time-stamp of event {event} stands behind it");
                assert!(!matches!(before, Some(Written::Line(Line::TimeStamp(_)))), "no checkpoint for event {event}");
                waiting.push(*event);
            }
            Written::Line(Line::Checkpoint(SignedCheckpoint { note, consistency })) => {
                let size: u64 = note.parse().unwrap();
                assert!(size > last && proof(consistency) == way(last, size), "{size} continues {last}");
                last = size;
            }
            Written::Line(Line::TimeStamp(StampedCheckpoint { note, consistency, .. })) => {
                let size: u64 = note.parse().unwrap();
                assert!(matches!(before, Some(Written::Message(_))), "behind what it covers");
                assert!(size >= last && proof(consistency) == way(last, size), "{size} continues {last}");
                assert!(!waiting.is_empty(), "{size} is needed");
                for event in waiting.drain(..) {
                    assert_eq!(log.first_stamped_with(event), Some(size), "event {event}");
                }
                (last, stamped) = (size, size);
            }
            Written::Line(_) => panic!("no other line is a log's"),
        }
        before = Some(one);
    }
    assert!(waiting.iter().all(|event| log.first_stamped_with(*event).is_none()), "{waiting:?} could be stamped");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn each_checkpoint_and_time_stamp_has_one_place(
        sizes in subsequence((1..EVENTS).collect::<Vec<u64>>(), 0..30),
        stamped in prop::collection::vec(any::<bool>(), 30),
        events in subsequence((1..=EVENTS).collect::<Vec<u64>>(), 1..=EVENTS as usize),
        cuts in prop::collection::vec(any::<bool>(), EVENTS as usize),
    ) {
        let log = Log { checkpoints: sizes.into_iter().chain([EVENTS]).zip(stamped).collect() };
        let mut parts: Vec<&[u64]> = Vec::new();
        let mut begin = 0;
        for end in 1..=events.len() {
            if end == events.len() || cuts[end] {
                parts.push(&events[begin..end]);
                begin = end;
            }
        }
        check(&log, &write(&log, &parts));
    }
}
