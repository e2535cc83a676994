use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::*;
use crate::key::Algorithm;

struct Log {
    pair: Ed25519KeyPair,
    key: PublicKey,
}

impl Log {
    fn new() -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
        let key = PublicKey::new("city.test", "registry", Algorithm::Ed25519, pair.public_key().as_ref()).unwrap();
        Self { pair, key }
    }

    fn open(&self, text: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::open(&note::write(text, &self.key, self.pair.sign(text.as_bytes()).as_ref()), &self.key)
    }

    fn checkpoint(&self, audit: Option<AuditEnd>) -> Checkpoint {
        let time = "2024-12-12T00:01:00.000000Z".parse().unwrap();
        Checkpoint { origin: self.key.name().to_owned(), size: 7, root: [7; 32], time, audit }
    }
}

#[test]
fn what_is_written_is_read_with_the_audit_s_end_and_without() {
    let log = Log::new();
    for audit in [None, Some(AuditEnd { sequence: 0, hash: [0; 32] }), Some(AuditEnd { sequence: 12, hash: [9; 32] })] {
        let checkpoint = log.checkpoint(audit);
        assert_eq!(log.open(&checkpoint.text()), Ok(checkpoint));
    }
}

#[test]
fn a_checkpoint_has_the_lines_that_it_always_had_and_one_more() {
    let log = Log::new();
    let before =
        "city.test/registry\n7\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\ntime 2024-12-12T00:01:00.000000Z\n";
    assert_eq!(log.checkpoint(None).text(), before);
    let audit = Some(AuditEnd { sequence: 12, hash: [9; 32] });
    let line = "audit 12 CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n";
    assert_eq!(log.checkpoint(audit).text(), format!("{before}{line}"));
}

#[test]
fn the_line_has_one_spelling_and_one_place() {
    let log = Log::new();
    let text = log.checkpoint(Some(AuditEnd { sequence: 12, hash: [9; 32] })).text();
    let time = "time 2024-12-12T00:01:00.000000Z\n";
    let audit = &text[text.find("audit").unwrap()..];
    for other in [
        text.replace("audit 12 ", "audit 012 "),
        text.replace("audit 12 ", "audit +12 "),
        text.replace("audit 12 ", "audit  12 "),
        text.replace("audit 12 ", "audit -1 "),
        text.replace("audit 12 ", "audit "),
        text.replace("audit 12 ", "Audit 12 "),
        text.replace("CQk=\n", "CQk\n"),
        text.replace("CQk=\n", "CQl=\n"),
        text.replace("CQkJ", "CQ"),
        text.replace("CQk=\n", "CQk= \n"),
        format!("{text}{audit}"),
        format!("{text}more\n"),
        text.replace(&format!("{time}{audit}"), &format!("{audit}{time}")),
        text.replace(time, ""),
    ] {
        assert_ne!(other, text);
        assert_eq!(log.open(&other), Err(CheckpointError::Form), "{other}");
    }
}
