//! Entries are committed with what they tell of, or not at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::audit::v1::Decision;
use futures::future::join_all;
use kernel::HolidayCalendar;
use platform::access::{EmergencyCall, EmergencyDesk as _};
use platform::audit::Recorder as _;
use platform::vault::Vault;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::super::Verified;
use super::{Book, entry, key, register, trail};
use crate::checkpoints::tests::{NEVER, evidence};
use crate::emergency::{Emergencies, EmergencySettings};
use crate::journal::{Journal, JournalSettings, RequestKey};
use crate::test_ledger::Ledger;

#[tokio::test]
async fn a_change_is_recorded_with_its_effect_and_names_the_children_of_its_events() {
    let book = Book::open().await;
    let trail = trail(1);
    let reply = trail.working(book.ledger.journal.submit(register("one"), key(1))).await.unwrap();
    let [entry] = <[_; 1]>::try_from(book.all().await).unwrap();
    assert_eq!((entry.sequence, entry.id, entry.decision), (1, Uuid::from_u128(1), Decision::Allowed as i64));
    assert_eq!(entry.children, [Uuid::try_parse(&reply.child).unwrap()]);
    assert!(trail.children().is_empty(), "they are recorded");
    assert_eq!(book.verify().await, Verified { entries: 1, signatures: 1, checkpoints: 0, fault: None });
}

#[tokio::test]
async fn what_is_refused_repeated_or_done_by_the_service_itself_is_not_the_journals_to_record() {
    let book = Book::open().await;
    let journal = &book.ledger.journal;
    trail(1).working(journal.submit(register("one"), key(1))).await.unwrap();
    trail(2).working(journal.submit(register("one"), key(1))).await.unwrap();
    trail(3).working(journal.submit(register("poison"), key(3))).await.unwrap_err();
    trail(4).working(journal.submit(register("one"), key(4))).await.unwrap_err();
    journal.submit(register("two"), RequestKey::none("Register")).await.unwrap();
    let beside = RequestKey::none("Register").of_the_service();
    trail(5).working(journal.submit(register("beside"), beside)).await.unwrap();
    let (journal_of_a_task, call) = (journal.clone(), trail(6));
    let task = async move { journal_of_a_task.submit(register("later"), RequestKey::none("Register")).await };
    call.working(async { tokio::spawn(task).await }).await.unwrap().unwrap();
    journal.rehearse(register("three")).await.unwrap();
    let calls: Vec<Uuid> = book.all().await.iter().map(|entry| entry.id).collect();
    assert_eq!(calls, [Uuid::from_u128(1)]);
}

#[tokio::test]
async fn the_same_request_twice_in_a_group_has_one_entry() {
    let book = Book::open().await;
    let commands = (0..50).map(|number| trail(number).working(book.ledger.journal.submit(register("one"), key(7))));
    for reply in join_all(commands).await {
        reply.unwrap();
    }
    assert_eq!((book.all().await.len(), book.ledger.count().await), (1, 1));
}

#[tokio::test]
async fn each_part_of_a_request_is_recorded_with_its_own_effect() {
    let book = Book::open().await;
    // Its key is made in the call; its parts are carried out elsewhere.
    let whole = trail(1).working(async { key(1) }).await;
    for (index, name) in ["one", "two"].into_iter().enumerate() {
        let content = contract::registry::v1::GetChildRequest { child: name.to_owned(), ..Default::default() };
        let key = whole.part(index as u64, &content, |hash| hash.map(|byte| !byte));
        book.ledger.journal.submit(register(name), key).await.unwrap();
    }
    let calls: Vec<Uuid> = book.all().await.iter().map(|entry| entry.id).collect();
    assert_eq!(calls, [Uuid::from_u128(1); 2]);
    let none = trail(2).working(async { RequestKey::of("CA", "Register", "", &()).unwrap() }).await;
    let part = none.part(0, &(), |hash| *hash);
    book.ledger.journal.submit(register("three"), part).await.unwrap();
    assert_eq!(book.all().await.len(), 3, "of a request without an id too");
}

#[tokio::test]
async fn entries_that_come_at_once_are_numbered_without_a_gap_and_share_signatures() {
    let book = Book::open().await;
    let journal = &book.ledger.journal;
    let entries = (0..300).map(|number| journal.record(entry(number, &[number, number + 1])));
    let commands =
        (300..330).map(|number| trail(number).working(journal.submit(register(&format!("{number}")), key(number))));
    let (recorded, replies) = futures::join!(join_all(entries), join_all(commands));
    recorded.into_iter().for_each(|recorded| recorded.unwrap());
    replies.into_iter().for_each(|reply| drop(reply.unwrap()));
    let verified = book.verify().await;
    assert_eq!((verified.entries, verified.fault), (330, None));
    assert!((2..200).contains(&verified.signatures), "{} signatures", verified.signatures);
    assert_eq!(book.ledger.log.head().await.unwrap().sequence, 30, "an entry is no event");
}

#[tokio::test]
async fn an_entry_is_written_though_nobody_waits_for_it() {
    let book = Book::open().await;
    for number in 0..20 {
        drop(book.ledger.journal.record(entry(number, &[])));
    }
    book.ledger.journal.recorded().await;
    assert_eq!(book.verify().await.entries, 20);
}

#[tokio::test]
async fn two_processes_on_one_database_keep_one_chain() {
    let book = Book::open().await;
    let (beside, _feed) = Journal::<Ledger>::start(JournalSettings {
        database: platform::database::Database::open(
            &platform::config::Config::default().database,
            "ledger",
            book.ledger.folder(),
        )
        .await
        .unwrap(),
        environment: Arc::new(()),
        clock: Arc::new(book.ledger.clock.clone()),
        signer: book.ledger.signer.clone(),
        config: platform::config::Config::default().journal,
    });
    for round in 0..10 {
        let here = (0..10).map(|number| book.ledger.journal.record(entry(round * 100 + number, &[1])));
        let there = (10..20).map(|number| beside.record(entry(round * 100 + number, &[1])));
        for recorded in join_all(here.chain(there)).await {
            recorded.unwrap();
        }
    }
    let verified = book.verify().await;
    assert_eq!((verified.entries, verified.fault), (200, None));
    let calls: BTreeSet<Uuid> = book.all().await.iter().map(|entry| entry.id).collect();
    assert_eq!(calls.len(), 200, "none is written twice");
}

#[tokio::test]
async fn a_change_that_the_database_refuses_leaves_neither_effect_nor_entry() {
    let book = Book::open().await;
    let intruder = book.intruder().await;
    let refuse =
        "CREATE TRIGGER refuse BEFORE INSERT ON ledger WHEN NEW.name = 'refused' BEGIN SELECT RAISE(ABORT, 'no'); END";
    intruder.execute_unprepared(refuse).await.unwrap();
    let names = ["one", "refused", "two"];
    let commands = names
        .iter()
        .zip(1..)
        .map(|(name, number)| trail(number).working(book.ledger.journal.submit(register(name), key(number))));
    let replies = join_all(commands).await;
    assert_eq!(replies.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    let calls: Vec<Uuid> = book.all().await.iter().map(|entry| entry.id).collect();
    assert_eq!(calls, [Uuid::from_u128(1), Uuid::from_u128(3)]);

    intruder.execute_unprepared("DROP TRIGGER refuse").await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
    intruder.execute_unprepared(refuse).await.unwrap();
    let unrecorded = trail(9);
    unrecorded.working(book.ledger.journal.submit(register("three"), key(9))).await.unwrap_err();
    book.ledger.journal.record(entry(10, &[])).await.unwrap_err();
    assert_eq!((book.ledger.count().await, book.all().await.len()), (2, 2));
    assert_eq!(book.ledger.log.head().await.unwrap().sequence, 2);
}

#[tokio::test]
async fn whatever_is_handed_in_while_a_call_is_answered_is_committed_with_its_entry_or_not_at_all() {
    let book = Book::open().await;
    let evidence = evidence(&book.ledger, NEVER);
    let emergencies = Emergencies::new(EmergencySettings {
        service: "ledger",
        database: book.ledger.database.clone(),
        journal: book.ledger.journal.clone(),
        vault: Arc::new(Vault::open(&book.ledger.folder().join("vault")).unwrap()),
        calendar: HolidayCalendar::from_csv("date,kind,name\n2024-01-01,off,元旦\n").unwrap(),
        clock: Arc::new(book.ledger.clock.clone()),
    });
    let opened = EmergencyCall { caller: "HC".to_owned(), method: "GetChild".to_owned(), reason: "danger".to_owned() };
    trail(1).working(emergencies.open(opened)).await.unwrap();
    assert_eq!(book.all().await, [], "what the call asked for is still to be answered");
    let emergency = emergencies.list(true, None, 1).await.unwrap()[0].id;
    book.ledger.journal.submit(register("before"), RequestKey::none("Register")).await.unwrap();

    let act = async |first: u128| {
        let registered = book.ledger.journal.submit(register("one"), RequestKey::none("Register"));
        let done = [
            trail(first).working(evidence.make()).await.map(drop),
            trail(first + 1).working(registered).await.map(drop),
            trail(first + 2).working(emergencies.review(emergency, 1, "looked into")).await.map(drop),
        ];
        done.map(|done| done.is_ok())
    };
    let stands = async || {
        let checkpoints = evidence.after(0, 10).await.unwrap().len();
        (checkpoints, book.ledger.count().await, emergencies.list(true, None, 1).await.unwrap().len())
    };
    let before = stands().await;
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
    let intruder = book.intruder().await;
    intruder.execute_unprepared(refuse).await.unwrap();
    assert_eq!((act(10).await, stands().await), ([false; 3], before));
    intruder.execute_unprepared("DROP TRIGGER refuse").await.unwrap();
    assert_eq!((act(20).await, stands().await), ([true; 3], (1, 2, 0)));
    let calls: Vec<u128> = book.all().await.iter().map(|entry| entry.id.as_u128()).collect();
    assert_eq!(calls, [20, 21, 22]);
}
