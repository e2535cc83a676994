//! Entries are committed with what they tell of, or not at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::audit::v1::Decision;
use futures::future::join_all;
use platform::audit::Recorder as _;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::super::Verified;
use super::{Book, entry, key, register, trail};
use crate::journal::{Journal, JournalSettings, RequestKey};
use crate::test_ledger::Ledger;

#[tokio::test]
async fn a_change_is_recorded_with_its_effect_and_names_the_children_of_its_events() {
    let book = Book::open().await;
    let trail = trail(1);
    let reply = book.ledger.journal.submit(register("one"), key(1, &trail)).await.unwrap();
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
    journal.submit(register("one"), key(1, &trail(1))).await.unwrap();
    journal.submit(register("one"), key(1, &trail(2))).await.unwrap();
    journal.submit(register("poison"), key(3, &trail(3))).await.unwrap_err();
    journal.submit(register("one"), key(4, &trail(4))).await.unwrap_err();
    journal.submit(register("two"), RequestKey::none("Register")).await.unwrap();
    journal.rehearse(register("three")).await.unwrap();
    let calls: Vec<Uuid> = book.all().await.iter().map(|entry| entry.id).collect();
    assert_eq!(calls, [Uuid::from_u128(1)]);
}

#[tokio::test]
async fn the_same_request_twice_in_a_group_has_one_entry() {
    let book = Book::open().await;
    let commands = (0..50).map(|number| book.ledger.journal.submit(register("one"), key(7, &trail(number))));
    for reply in join_all(commands).await {
        reply.unwrap();
    }
    assert_eq!((book.all().await.len(), book.ledger.count().await), (1, 1));
}

#[tokio::test]
async fn each_part_of_a_request_is_recorded_with_its_own_effect() {
    let book = Book::open().await;
    let whole = key(1, &trail(1));
    for (index, name) in ["one", "two"].into_iter().enumerate() {
        let content = contract::registry::v1::GetChildRequest { child: name.to_owned(), ..Default::default() };
        let key = whole.part(index as u64, &content, |hash| hash.map(|byte| !byte));
        book.ledger.journal.submit(register(name), key).await.unwrap();
    }
    let calls: Vec<Uuid> = book.all().await.iter().map(|entry| entry.id).collect();
    assert_eq!(calls, [Uuid::from_u128(1); 2]);
    let none = RequestKey::of("CA", "Register", "", &()).unwrap().on(Some(trail(2)));
    let part = none.part(0, &(), |hash| *hash);
    book.ledger.journal.submit(register("three"), part).await.unwrap();
    assert_eq!(book.all().await.len(), 3, "of a request without an id too");
}

#[tokio::test]
async fn entries_that_come_at_once_are_numbered_without_a_gap_and_share_signatures() {
    let book = Book::open().await;
    let journal = &book.ledger.journal;
    let entries = (0..300).map(|number| journal.record(entry(number, &[number, number + 1])));
    let commands = (300..330).map(|number| journal.submit(register(&format!("{number}")), key(number, &trail(number))));
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
        .map(|(name, number)| book.ledger.journal.submit(register(name), key(number, &trail(number))));
    let replies = join_all(commands).await;
    assert_eq!(replies.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    let calls: Vec<Uuid> = book.all().await.iter().map(|entry| entry.id).collect();
    assert_eq!(calls, [Uuid::from_u128(1), Uuid::from_u128(3)]);

    intruder.execute_unprepared("DROP TRIGGER refuse").await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
    intruder.execute_unprepared(refuse).await.unwrap();
    let unrecorded = trail(9);
    book.ledger.journal.submit(register("three"), key(9, &unrecorded)).await.unwrap_err();
    book.ledger.journal.record(entry(10, &[])).await.unwrap_err();
    assert_eq!((book.ledger.count().await, book.all().await.len()), (2, 2));
    assert_eq!(book.ledger.log.head().await.unwrap().sequence, 2);
}
