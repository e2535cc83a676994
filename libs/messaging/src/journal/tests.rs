use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use kernel::ErrorCode;
use platform::config::Config;
use platform::database::{UNAVAILABLE, Write};
use platform::error::ServiceError;
use uuid::Uuid;

use crate::journal::{Context, Journal, JournalSettings, RequestKey, UseCase, Workspace};
use crate::seal::ZERO_HASH;
use crate::test_ledger::{Register, TestLedger};

fn key(request_id: &str, of: &Register) -> RequestKey {
    let content = contract::registry::v1::GetChildRequest { child: of.0.clone(), ..Default::default() };
    RequestKey::of("CA", "Register", request_id, &content).unwrap()
}

#[tokio::test]
async fn commands_at_once_are_all_written_and_sealed_without_a_gap() {
    let ledger = TestLedger::open().await;
    let commands =
        (0..300).map(|index| ledger.journal.submit(Register(format!("child {index}")), RequestKey::none("Register")));
    for reply in join_all(commands).await {
        reply.unwrap();
    }
    assert_eq!(ledger.count().await, 300);

    let events = ledger.log.read(0, 1_000).await.unwrap();
    assert_eq!(events.len(), 300);
    let mut previous = ZERO_HASH;
    for (index, sealed) in events.iter().enumerate() {
        assert_eq!(sealed.sequence, index as u64 + 1);
        assert!(sealed.is_as_sealed(&previous));
        assert!(ledger.signer.verifier().verify(&sealed.hash, &sealed.signature));
        previous = sealed.hash;
    }
    let head = ledger.log.head().await.unwrap();
    assert_eq!((head.sequence, head.hash), (300, previous));
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_and_disturbs_nobody() {
    let ledger = TestLedger::open().await;
    let commands = ["one", "poison", "two", "one", "poison"]
        .map(|name| ledger.journal.submit(Register(name.to_owned()), RequestKey::none("Register")));
    let replies = join_all(commands).await;
    let reasons: Vec<_> = replies.iter().map(|reply| reply.as_ref().err().map(|error| error.reason)).collect();
    assert_eq!(reasons, [None, Some("POISON"), None, Some("TAKEN"), Some("POISON")]);
    assert_eq!(ledger.log.head().await.unwrap().sequence, 2);
}

#[tokio::test]
async fn the_same_request_is_carried_out_once() {
    let ledger = TestLedger::open().await;
    let id = "6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11";
    let one = Register("one".to_owned());
    let first = ledger.journal.submit(one.clone(), key(id, &one)).await.unwrap();
    let again = join_all((0..20).map(|_| ledger.journal.submit(one.clone(), key(id, &one)))).await;
    for reply in again {
        assert_eq!(reply.unwrap().child, first.child);
    }

    let two = Register("two".to_owned());
    let reused = ledger.journal.submit(two.clone(), key(id, &two)).await.unwrap_err();
    assert_eq!((reused.code, reused.reason), (ErrorCode::InvalidArgument, "REQUEST_ID_REUSED"));
    assert_eq!(ledger.count().await, 1);
}

#[tokio::test]
async fn the_same_request_twice_in_one_group_is_carried_out_once() {
    let ledger = TestLedger::open().await;
    let id = Uuid::from_u128(7).to_string();
    let one = Register("one".to_owned());
    let replies = join_all((0..50).map(|_| ledger.journal.submit(one.clone(), key(&id, &one)))).await;
    let children: BTreeSet<String> = replies.into_iter().map(|reply| reply.unwrap().child).collect();
    assert_eq!(children.len(), 1);
    assert_eq!(ledger.log.head().await.unwrap().sequence, 1);
}

#[tokio::test]
async fn the_parts_of_a_request_are_each_carried_out_once() {
    let ledger = TestLedger::open().await;
    let whole = key("6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11", &Register("whole".to_owned()));
    let part = |index, name: &str| {
        let content = contract::registry::v1::GetChildRequest { child: name.to_owned(), ..Default::default() };
        (Register(name.to_owned()), whole.part(index, &content, |hash| hash.map(|byte| !byte)))
    };
    for (index, before) in [(0, false), (1, false), (0, true), (1, true)] {
        let (use_case, key) = part(index, &format!("child {index}"));
        assert_eq!(ledger.journal.carry_out(use_case, key).await.unwrap().before, before);
    }
    let (use_case, key) = part(1, "another");
    assert_eq!(ledger.journal.submit(use_case, key).await.unwrap_err().reason, "REQUEST_ID_REUSED");
    assert_eq!(ledger.count().await, 2);
}

#[tokio::test]
async fn a_rehearsal_says_what_would_become_and_changes_nothing() {
    let ledger = TestLedger::open().await;
    ledger.journal.submit(Register("one".to_owned()), RequestKey::none("Register")).await.unwrap();
    ledger.journal.rehearse(Register("two".to_owned())).await.unwrap();
    assert_eq!(ledger.journal.rehearse(Register("one".to_owned())).await.unwrap_err().reason, "TAKEN");
    assert_eq!((ledger.count().await, ledger.log.head().await.unwrap().sequence), (1, 1));
}

#[tokio::test]
async fn an_answer_is_kept_for_as_long_as_configured() {
    let ledger = TestLedger::open().await;
    let id = "6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11";
    let one = Register("one".to_owned());
    let first = ledger.journal.submit(one.clone(), key(id, &one)).await.unwrap();
    let day = Duration::from_hours(24);
    ledger.clock.advance(30 * day - Duration::from_micros(1));
    ledger.journal.submit(Register("two".to_owned()), RequestKey::none("Register")).await.unwrap();
    assert_eq!(ledger.journal.submit(one.clone(), key(id, &one)).await.unwrap().child, first.child);

    ledger.clock.advance(day);
    ledger.journal.submit(Register("three".to_owned()), RequestKey::none("Register")).await.unwrap();
    let again = ledger.journal.submit(one.clone(), key(id, &one)).await.unwrap_err();
    assert_eq!(again.reason, "TAKEN", "the request is carried out anew");
}

#[tokio::test]
async fn committed_events_reach_the_feed_in_order() {
    let mut ledger = TestLedger::open().await;
    for name in ["one", "two", "three"] {
        ledger.journal.submit(Register(name.to_owned()), RequestKey::none("Register")).await.unwrap();
    }
    let mut sequences = Vec::new();
    while sequences.len() < 3 {
        let events = ledger.feed.0.recv().await.unwrap();
        sequences.extend(events.iter().map(|event| event.sequence));
    }
    assert_eq!(sequences, [1, 2, 3]);
}

/// What cannot be loaded, because the database has gone.
struct Gone;

#[async_trait::async_trait]
impl Workspace for Gone {
    type Needs = ();
    type Environment = AtomicUsize;

    async fn load(_: &Write, (): (), tries: &AtomicUsize) -> Result<Self, ServiceError> {
        tries.fetch_add(1, Ordering::SeqCst);
        Err(ServiceError::unavailable(UNAVAILABLE, "the database cannot be reached"))
    }

    fn store(self, _: &mut Write, _: &AtomicUsize) -> Result<(), ServiceError> {
        Ok(())
    }
}

struct Anything;

impl UseCase<Gone> for Anything {
    type Reply = ();

    fn needs(&self, (): &mut ()) {}

    fn decide(&self, _: &mut Gone, _: &mut Context<'_>) -> Result<(), ServiceError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_database_that_has_gone_is_not_asked_again_for_each_command_of_a_group() {
    let ledger = TestLedger::open().await;
    let tries = Arc::new(AtomicUsize::new(0));
    let (journal, _feed) = Journal::<Gone>::start(JournalSettings {
        database: ledger.database.clone(),
        environment: Arc::clone(&tries),
        clock: Arc::new(ledger.clock.clone()),
        signer: ledger.signer.clone(),
        config: Config::default().journal,
    });
    let replies = join_all((0..200).map(|_| journal.submit(Anything, RequestKey::none("Anything")))).await;
    assert!(replies.into_iter().all(|reply| reply.unwrap_err().reason == UNAVAILABLE));
    let tries = tries.load(Ordering::SeqCst);
    assert!(tries < 50, "{tries} tries for 200 commands in a few groups");
}
