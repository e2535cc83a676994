//! Whoever takes the newest entries away, together with the head.

use evidence::checkpoint::{AuditEnd, Checkpoint};
use evidence::note;
use platform::audit::Recorder as _;
use sea_orm::ConnectionTrait as _;

use super::super::Fault;
use super::{Book, entry, public_key, register};
use crate::checkpoints::LogEvidence;
use crate::checkpoints::tests::{NEVER, evidence};
use crate::journal::RequestKey;
use crate::log::Head;

impl Book {
    async fn record(&self, numbers: std::ops::RangeInclusive<u128>) {
        for number in numbers {
            self.ledger.journal.record(entry(number, &[number])).await.unwrap();
        }
    }

    /// A checkpoint of one more event, and where it says that the audit ended.
    async fn checkpoint(&self, evidence: &LogEvidence, name: &str) -> AuditEnd {
        self.ledger.journal.submit(register(name), RequestKey::none("Register")).await.unwrap();
        let stored = evidence.make().await.unwrap().unwrap();
        Checkpoint::open(&stored.note, evidence.key()).unwrap().audit.unwrap()
    }

    /// Leaves the audit as it was when this entry was its last, head and all.
    async fn cut_behind(&self, entry: u64) -> Head {
        let last = self.audit.get(entry).await.unwrap().unwrap();
        let intruder = self.intruder().await;
        for sql in [
            format!("DELETE FROM audit WHERE sequence > {entry}"),
            format!("DELETE FROM audit_child WHERE sequence > {entry}"),
            format!(
                "UPDATE event_log_head SET audit_sequence = {entry}, audit_hash = x'{}', revision = revision + 1",
                hex::encode(last.hash)
            ),
        ] {
            intruder.execute_unprepared(&sql).await.unwrap();
        }
        Head { sequence: entry, hash: last.hash }
    }
}

fn head(end: AuditEnd) -> Head {
    Head { sequence: end.sequence, hash: end.hash }
}

#[tokio::test]
async fn entries_that_were_cut_off_with_the_head_are_missed_by_a_checkpoint() {
    let book = Book::open().await;
    let evidence = evidence(&book.ledger, NEVER);
    let mut ends = vec![book.checkpoint(&evidence, "before any entry").await];
    for part in 0..3 {
        book.record(part * 3 + 1..=part * 3 + 3).await;
        ends.push(book.checkpoint(&evidence, &format!("part {part}")).await);
    }
    book.record(10..=11).await;
    assert_eq!(ends.iter().map(|end| end.sequence).collect::<Vec<_>>(), [0, 3, 6, 9]);
    let whole = book.verify_with(&ends).await;
    assert_eq!((whole.entries, whole.checkpoints, whole.fault), (11, 8, None), "those kept, and the same elsewhere");

    let last = book.cut_behind(9).await;
    assert_eq!(last, head(ends[3]));
    assert_eq!(book.verify().await.fault, None, "what no checkpoint has seen, none misses");
    let found = book.cut_behind(7).await;
    let cut = Fault::Cut { expected: head(ends[3]), found };
    let verified = book.verify().await;
    assert_eq!((verified.entries, verified.checkpoints, verified.fault), (7, 3, Some(cut)));
    let said = cut.to_string();
    assert!(said.contains("entry 9") && said.contains(&hex::encode(ends[3].hash)), "{said}");
    assert!(said.contains("entry 7") && said.contains(&hex::encode(found.hash)), "{said}");

    // Nor is one made that would hide it, whether or not others have written since.
    book.ledger.journal.submit(register("one more"), RequestKey::none("Register")).await.unwrap();
    assert_eq!(evidence.make().await.unwrap_err().reason, "AUDIT_REWRITTEN");
    book.record(12..=20).await;
    assert_eq!(evidence.make().await.unwrap_err().reason, "AUDIT_REWRITTEN");
    let fault = book.verify().await.fault;
    assert!(
        matches!(fault, Some(Fault::Rewritten { sequence: 9, expected, .. }) if expected == ends[3].hash),
        "{fault:?}"
    );

    // Whoever has the database takes the checkpoints away, too, and not the copy that somebody has.
    book.cut_behind(2).await;
    book.intruder().await.execute_unprepared("DELETE FROM log_checkpoint WHERE size > 1").await.unwrap();
    assert_eq!(book.verify().await.fault, None);
    let Some(Fault::Cut { expected, found }) = book.verify_with(&ends[1..]).await.fault else { panic!("it is cut") };
    assert_eq!((expected, found.sequence), (head(ends[3]), 2), "the newest of them is named");
}

#[tokio::test]
async fn a_checkpoint_from_before_says_nothing_and_one_of_nobody_s_is_a_fault() {
    let book = Book::open().await;
    let evidence = evidence(&book.ledger, NEVER);
    book.record(1..=3).await;
    book.checkpoint(&evidence, "one").await;
    let stored = evidence.latest().await.unwrap().unwrap();
    let key = public_key(&book.ledger.signer);
    let text = Checkpoint { audit: None, ..Checkpoint::open(&stored.note, &key).unwrap() }.text();
    let before = note::write(&text, &key, &book.ledger.signer.sign(text.as_bytes()));
    let set = async |note: &str| {
        let sql = format!("UPDATE log_checkpoint SET note = '{note}'");
        book.intruder().await.execute_unprepared(&sql).await.unwrap();
    };
    set(&before).await;
    let verified = book.verify().await;
    assert_eq!((verified.entries, verified.checkpoints, verified.fault), (3, 0, None));
    let next = book.checkpoint(&evidence, "two").await;
    assert_eq!(next.sequence, 3, "the log goes on from it");
    assert_eq!(book.verify().await.checkpoints, 1);

    let stored = evidence.latest().await.unwrap().unwrap().note;
    set(&stored.replace("audit 3", "audit 2")).await;
    assert_eq!(book.verify().await.fault, Some(Fault::Checkpoint(1)));
}

#[tokio::test]
async fn who_writes_the_audit_anew_with_the_key_is_found_out_by_what_was_kept_elsewhere() {
    let book = Book::open().await;
    book.record(1..=4).await;
    let entries = book.all().await;
    let other = AuditEnd { sequence: 2, hash: [7; 32] };
    let expected = Fault::Rewritten { sequence: 2, expected: other.hash, found: entries[1].hash };
    let same = AuditEnd { sequence: 4, hash: entries[3].hash };
    assert_eq!(book.verify_with(&[same, other]).await.fault, Some(expected));
    assert_eq!(book.verify_with(&[same]).await.fault, None);
}
