//! Time-stamps in a file: whose word they are is [`crate::time_stamp`]'s to say, and `tests/city`'s with a real authority.

use proptest::prelude::*;

use super::*;
use crate::file::line::{StampedCheckpoint, VERSION_WITH_TIME_STAMPS};
use crate::hash::time_stamp;
use crate::time_stamp::Authority;

/// The sample with its log stamped at two sizes: after five events, which no message needs as a checkpoint, and after ten.
struct Stamped {
    sample: Sample,
    lines: Vec<Line>,
}

impl Stamped {
    fn new() -> Self {
        let sample = Sample::new();
        let mut lines = sample.lines.clone();
        let Line::Evidence(head) = &mut lines[0] else { panic!("the head") };
        (head.version, head.time_stamps) = (VERSION_WITH_TIME_STAMPS, 2);
        let hashes: Vec<Hash> = facts(VERSION).iter().map(|(_, hash)| *hash).collect();
        let (tree, blocks) = (Tree::default(), [(0, hashes.clone())].into());
        let root = |size| tree.root(size, &part(&hashes, size)).unwrap();
        let consistency = |from, to| tree.consistency(from, to, &part(&hashes, to)).unwrap();
        lines[4] = sample.checkpoint(10, root(10), tree.consistency(5, 10, &blocks).unwrap());
        lines.insert(4, stamp(&sample, &sample.checkpoint(5, root(5), consistency(4, 5)), b"one token"));
        lines.push(stamp(&sample, &sample.checkpoint(10, root(10), vec![]), b"another"));
        Self { sample, lines }
    }

    fn check(&self, change: impl FnOnce(&mut Vec<Line>)) -> Vec<&'static str> {
        let mut lines = self.lines.clone();
        change(&mut lines);
        self.sample.check(&lines)
    }

    fn changed(&self, change: impl FnOnce(&mut StampedCheckpoint)) -> Vec<&'static str> {
        self.check(|lines| {
            let Line::TimeStamp(stamped) = &mut lines[4] else { panic!("the first time-stamp") };
            change(stamped);
        })
    }
}

fn stamp(sample: &Sample, checkpoint: &Line, token: &[u8]) -> Line {
    let Line::Checkpoint(SignedCheckpoint { note, consistency }) = checkpoint.clone() else { panic!("a checkpoint") };
    let signature = Bytes(sample.registry.sign(&time_stamp(&note, token)));
    Line::TimeStamp(StampedCheckpoint { note, consistency, token: Bytes(token.to_vec()), signature })
}

#[test]
fn who_names_no_authority_has_them_proved_to_be_those_that_were_kept() {
    let stamped = Stamped::new();
    let keys = stamped.sample.known();
    let report = verify(Cursor::new(written(&stamped.lines)), Known::of(&keys), |_| ()).unwrap();
    assert_eq!(reasons(&report), [""; 0]);
    assert!(report.is_proved());
    assert_eq!(
        (report.time_stamps, report.time_stamps_checked, report.stamped, report.existed_by),
        (2, false, 0, None)
    );
}

#[test]
fn what_is_no_word_of_the_authority_is_a_fault() {
    let stamped = Stamped::new();
    let keys = stamped.sample.known();
    let pem = include_bytes!("../../../../../tests/fixtures/time_stamp/rsa.pem");
    let authority = Authority::from_pem(pem).unwrap();
    let known = Known { keys: &keys, authority: Some(&authority) };
    let report = verify(Cursor::new(written(&stamped.lines)), known, |_| ()).unwrap();
    assert_eq!((reasons(&report), report.stamped), (vec!["TIME_STAMP"; 2], 0));
}

#[test]
fn one_that_the_log_did_not_keep_is_refused() {
    let stamped = Stamped::new();
    assert_eq!(stamped.changed(|it| it.token.0[0] ^= 1), ["TIME_STAMP_NOT_KEPT"]);
    assert_eq!(stamped.changed(|it| it.signature.0[0] ^= 1), ["TIME_STAMP_NOT_KEPT"]);
    assert_eq!(stamped.changed(|it| it.note = it.note.replace("00:01:00", "00:00:30")), ["CHECKPOINT"]);
    assert_eq!(stamped.changed(|it| drop(it.consistency.pop())), ["REWRITTEN_LOG"]);
    let root = sha256(b"another past");
    let other = stamped.sample.checkpoint(5, root, vec![root]);
    assert_eq!(stamped.check(|lines| lines[4] = stamp(&stamped.sample, &other, b"token")), ["REWRITTEN_LOG"]);
    assert_eq!(stamped.check(|lines| lines[4] = lines.pop().unwrap()), ["REWRITTEN_LOG"], "nothing leads there");
}

#[test]
fn each_has_one_place_and_stands_for_messages_before_it() {
    let stamped = Stamped::new();
    let moved = |from: usize, to: usize| {
        stamped.check(|lines| {
            let line = lines.remove(from);
            lines.insert(to, line);
        })
    };
    // Lines: head, checkpoint, 1, 2, time-stamp, checkpoint, 3, 4, 5, time-stamp.
    assert_eq!(moved(4, 3), ["MOVED_LINE"], "before a message that it covers");
    assert_eq!(moved(4, 2), ["MOVED_LINE"], "between a checkpoint and the message that needs it");
    assert_eq!(moved(4, 1), ["UNNEEDED_TIME_STAMP"], "before any");
    assert_eq!(moved(9, 8), ["MOVED_LINE"]);
    assert_eq!(moved(9, 6), ["MOVED_LINE"], "behind a checkpoint that no message has needed");
    assert_eq!(stamped.check(|lines| lines.insert(4, lines[4].clone())), ["REWRITTEN_LOG"]);
    assert_eq!(stamped.check(|lines| lines.push(lines[9].clone())), ["UNNEEDED_TIME_STAMP"]);
    assert_eq!(stamped.check(|lines| drop(lines.pop())), ["MOVED_LINE"], "none is left out");
    for (version, count) in [(1, 2), (2, 0), (2, 2), (3, 0), (3, 1), (3, 3), (4, 2)] {
        let of_another = |lines: &mut Vec<Line>| {
            let Line::Evidence(head) = &mut lines[0] else { panic!("the head") };
            (head.version, head.time_stamps) = (version, count);
        };
        assert_eq!(stamped.check(of_another), ["MOVED_LINE"], "version {version} with {count}");
    }
    let withheld = |lines: &mut Vec<Line>| {
        lines[3] = Line::Withheld(Withheld { first: 2, last: 2 });
        lines.swap(3, 4);
    };
    assert_eq!(stamped.check(withheld), ["MOVED_LINE"], "behind what is withheld, not before");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_changed_byte_of_one_is_accepted(at in any::<prop::sample::Index>(), by in 1_u8..=255) {
        let stamped = Stamped::new();
        let bytes = written(&stamped.lines);
        let begins = |lines: usize| bytes.split_inclusive(|byte| *byte == b'\n').take(lines).map(<[u8]>::len).sum::<usize>();
        let (from, end, last) = (begins(4), begins(5), begins(10));
        let mut kept = bytes[..last].to_vec();
        let at = from + at.index(end - from);
        kept[at] = kept[at].wrapping_add(by);
        let lines = kept.iter().filter(|byte| **byte == b'\n').count();
        let refitted = format!("{{\"end\":{{\"lines\":{lines},\"sha256\":\"{}\"}}}}\n", hex::encode(sha256(&kept)));
        let forged = [kept, refitted.into_bytes()].concat();
        let report = verify(Cursor::new(&forged), Known::of(&stamped.sample.known()), |_| ()).unwrap();
        prop_assert!(!report.is_whole());
    }
}
