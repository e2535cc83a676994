use std::sync::Arc;
use std::time::Duration;

use evidence::checkpoint::Checkpoint;
use evidence::tree::{check_consistency, check_inclusion};
use futures::future::join_all;
use kernel::Clock as _;
use platform::config::{Config, EvidenceConfig};
use sea_orm::ConnectionTrait as _;
use tokio_util::sync::CancellationToken;

use super::{CheckpointSettings, Checkpointer, LogEvidence, Wanted};
use crate::journal::RequestKey;
use crate::seal::{Cover, ZERO_HASH};
use crate::test_ledger::{Register, TestLedger};

/// Long enough that none is made by itself.
pub(crate) const NEVER: Duration = Duration::from_hours(1000);

pub(crate) fn evidence(ledger: &TestLedger, interval: Duration) -> LogEvidence {
    let settings = CheckpointSettings {
        city: "city.test".to_owned(),
        service: "registry".to_owned(),
        database: ledger.database.clone(),
        journal: ledger.journal.clone(),
        signer: ledger.signer.clone(),
        clock: Arc::new(ledger.clock.clone()),
        evidence: EvidenceConfig { checkpoint: interval, ..Config::default().evidence },
        shutdown: CancellationToken::new(),
    };
    Checkpointer::start(settings).unwrap().evidence().clone()
}

fn after(known: u64) -> Wanted {
    Wanted { known, time_stamps: false }
}

async fn register(ledger: &TestLedger, numbers: std::ops::Range<u32>) {
    let commands =
        numbers.map(|number| ledger.journal.submit(Register(format!("child {number}")), RequestKey::none("Register")));
    for reply in join_all(commands).await {
        reply.unwrap();
    }
}

#[tokio::test]
async fn a_checkpoint_is_signed_kept_and_made_only_for_something_new() {
    let ledger = TestLedger::open().await;
    let evidence = evidence(&ledger, NEVER);
    assert_eq!(evidence.make().await.unwrap(), None, "there is nothing to say of an empty log");
    register(&ledger, 0..3).await;
    let first = evidence.make().await.unwrap().unwrap();
    let opened = Checkpoint::open(&first.note, evidence.key()).unwrap();
    assert_eq!((opened.origin.as_str(), opened.size, opened.time), ("city.test/registry", 3, ledger.clock.now()));
    ledger.clock.advance(Duration::from_mins(1));
    assert_eq!(evidence.make().await.unwrap().as_ref(), Some(&first));
    assert_eq!(ledger.log.head().await.unwrap().sequence, 3, "a checkpoint is no event");
    register(&ledger, 3..4).await;
    let second = evidence.make().await.unwrap().unwrap();
    assert_eq!(evidence.after(0, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(evidence.first_with(3).await.unwrap(), Some(first));
    assert_eq!(evidence.first_with(4).await.unwrap(), Some(second));
    assert_eq!(evidence.first_with(5).await.unwrap(), None);
}

#[tokio::test]
async fn checkpoints_come_by_themselves() {
    let ledger = TestLedger::open().await;
    let evidence = evidence(&ledger, Duration::from_millis(1));
    register(&ledger, 0..2).await;
    while evidence.latest().await.unwrap().is_none_or(|latest| latest.size < 2) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn every_event_is_proved_in_the_first_checkpoint_that_has_it_after_a_restart_too() {
    let ledger = TestLedger::open().await;
    let before = evidence(&ledger, NEVER);
    for end in [1, 255, 256, 600, 1_030] {
        let begin = u32::try_from(ledger.log.head().await.unwrap().sequence).unwrap();
        register(&ledger, begin..end).await;
        before.make().await.unwrap();
    }
    let again = evidence(&ledger, NEVER);
    let wanted: Vec<u64> = (1..=1_030).step_by(7).collect();
    let proofs = again.prove(&wanted, after(0)).await.unwrap();
    assert_eq!(proofs, before.prove(&wanted, after(0)).await.unwrap());
    let sizes: Vec<u64> = proofs.checkpoints.iter().map(|(checkpoint, _)| checkpoint.size).collect();
    assert_eq!(sizes, [1, 255, 600, 1_030], "the checkpoint of 256 is the first of event 256 only");
    for pair in proofs.checkpoints.windows(2) {
        let [(earlier, _), (later, proof)] = pair else { unreachable!("windows of two") };
        check_consistency(proof, later.size, &later.root, earlier.size, &earlier.root).unwrap();
    }
    for (proof, event) in proofs.events.iter().zip(ledger.log.of(&wanted).await.unwrap()) {
        let (checkpoint, _) = proofs.checkpoints.iter().find(|(it, _)| it.size == proof.checkpoint).unwrap();
        assert_eq!((proof.sequence, proof.previous), (event.sequence, event.previous));
        check_inclusion(&proof.proof, checkpoint.size, &checkpoint.root, proof.sequence - 1, &event.hash).unwrap();
    }
    let continued = again.prove(&[600, 1_030], after(600)).await.unwrap();
    assert_eq!(continued.checkpoints, proofs.checkpoints[3..]);
    assert_eq!(again.prove(&[1_031], after(0)).await.unwrap_err().reason, "EVENT_NOT_FOUND");
    assert_eq!(again.prove(&[2, 1], after(0)).await.unwrap_err().reason, "NOT_ASCENDING");
    register(&ledger, 1_030..1_031).await;
    assert_eq!(again.prove(&[1_031], after(0)).await.unwrap_err().reason, "NOT_CHECKPOINTED");
}

#[tokio::test]
async fn a_log_whose_past_was_changed_gets_no_further_checkpoint() {
    let ledger = TestLedger::open().await;
    let evidence = evidence(&ledger, NEVER);
    register(&ledger, 0..5).await;
    evidence.make().await.unwrap();
    let sql = "UPDATE event_log SET hash = (SELECT hash FROM event_log WHERE sequence = 2) WHERE sequence = 3";
    let file = ledger.folder().join("databases/ledger.db");
    let intruder = sea_orm::Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
    intruder.execute_unprepared(sql).await.unwrap();
    register(&ledger, 5..6).await;
    assert_eq!(evidence.make().await.unwrap_err().reason, "LOG_REWRITTEN");
}

#[tokio::test]
async fn an_erased_content_leaves_chain_signature_and_proofs_as_they_were() {
    let ledger = TestLedger::open().await;
    let evidence = evidence(&ledger, NEVER);
    register(&ledger, 0..20).await;
    evidence.make().await.unwrap();
    let before = evidence.prove(&(1..=20).collect::<Vec<_>>(), after(0)).await.unwrap();
    assert_eq!(ledger.log.erase(&ledger.journal, &[7, 13]).await.unwrap(), 2);
    assert_eq!(ledger.log.erase(&ledger.journal, &[7, 13]).await.unwrap(), 0, "once is enough");
    assert_eq!(ledger.log.erase(&ledger.journal, &[99]).await.unwrap_err().reason, "EVENT_NOT_FOUND");

    let mut previous = ZERO_HASH;
    for event in ledger.log.read(0, 100).await.unwrap() {
        assert!(event.is_as_sealed(&previous), "event {}", event.sequence);
        assert!(ledger.signer.verifier().verify(&event.hash, &event.signature));
        let erased = [7, 13].contains(&event.sequence);
        let gone = (event.event.body.is_empty(), event.event.aggregate.is_nil(), event.cover.is_erased());
        assert_eq!(gone, (erased, erased, erased));
        previous = event.hash;
    }
    register(&ledger, 20..21).await;
    evidence.make().await.unwrap();
    assert_eq!(evidence.prove(&(1..=20).collect::<Vec<_>>(), after(0)).await.unwrap(), before);
}

#[tokio::test]
async fn events_of_earlier_seals_stay_valid_and_those_of_the_first_cannot_be_erased() {
    let ledger = TestLedger::open().await;
    register(&ledger, 0..2).await;
    let [mut first, mut second] = <[_; 2]>::try_from(ledger.log.read(0, 2).await.unwrap()).unwrap();
    first.hash = crate::seal::chain_hash(&ZERO_HASH, 1, &first.event, &Cover::Open);
    second.cover = Cover::Content(second.cover.hidden().unwrap());
    second.hash = crate::seal::chain_hash(&first.hash, 2, &second.event, &second.cover);
    let file = ledger.folder().join("databases/ledger.db");
    let writer = sea_orm::Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
    let [one, two] = [first.hash, second.hash].map(hex::encode);
    for sql in [
        format!("UPDATE event_log SET seal = 1, salt = NULL, hash = x'{one}' WHERE sequence = 1"),
        format!("UPDATE event_log SET seal = 2, previous = x'{one}', hash = x'{two}' WHERE sequence = 2"),
        format!("UPDATE event_log_head SET hash = x'{two}', revision = revision + 1"),
    ] {
        writer.execute_unprepared(&sql).await.unwrap();
    }
    register(&ledger, 2..3).await;
    let events = ledger.log.read(0, 10).await.unwrap();
    assert_eq!((events[0].cover, events[0].is_as_sealed(&ZERO_HASH)), (Cover::Open, true));
    assert!(events[1].is_as_sealed(&first.hash), "the chain goes on under the second seal");
    assert!(events[2].is_as_sealed(&second.hash), "and under the third");
    let evidence = evidence(&ledger, NEVER);
    evidence.make().await.unwrap();
    let proofs = evidence.prove(&[1, 2, 3], after(0)).await.unwrap();
    assert_eq!(proofs.events.iter().map(|it| it.commitment.is_some()).collect::<Vec<_>>(), [false, false, true]);

    assert_eq!(ledger.log.erase(&ledger.journal, &[1, 2]).await.unwrap_err().reason, "SEALED_OPEN");
    assert!(!ledger.log.get(2).await.unwrap().unwrap().cover.is_erased(), "nothing of it was erased");
    assert_eq!(ledger.log.erase(&ledger.journal, &[2]).await.unwrap(), 1);
    let erased = ledger.log.get(2).await.unwrap().unwrap();
    assert!(erased.cover.is_erased() && erased.event.body.is_empty() && erased.is_as_sealed(&first.hash));
    assert_eq!(erased.event.aggregate, second.event.aggregate, "the second seal needs it");
}
