use std::collections::BTreeSet;
use std::sync::Arc;

use contract::audit::v1::Decision;
use futures::future::join_all;
use kernel::Instant;
use platform::audit::{Call, Entry, Recorder as _, Trail};
use proptest::prelude::*;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use super::{AuditLog, CallFilter, Chain, Fault, SealedCall, Verified};
use crate::journal::{Journal, JournalSettings, RequestKey};
use crate::log::Head;
use crate::seal::{Signer, ZERO_HASH};
use crate::test_ledger::{Ledger, Register, TestLedger};

fn call(number: u128) -> Call {
    Call {
        id: Uuid::from_u128(number),
        at: Instant::from_micros(1_732_000_000_000_000 + i64::try_from(number).unwrap()),
        caller: "EDU-371621".to_owned(),
        actor: "clerk-7".to_owned(),
        method: "hutong.registry.v1.ChildService/GetChild",
        purpose: "to know",
        trace: "4bf92f3577b34da6a3ce929d0e0e4736".to_owned(),
    }
}

fn entry(number: u128, children: &[u128]) -> Entry {
    let children = children.iter().map(|child| Uuid::from_u128(*child)).collect();
    Entry::answered(Arc::new(call(number)), BTreeSet::new(), children)
}

fn key(number: u128, trail: &Trail) -> RequestKey {
    let content = contract::registry::v1::GetChildRequest::default();
    let id = Uuid::from_u128(number).to_string();
    RequestKey::of("CA", "Register", &id, &content).unwrap().on(Some(trail.clone()))
}

fn trail(number: u128) -> Trail {
    Trail::new(call(number))
}

fn register(name: &str) -> Register {
    Register(name.to_owned())
}

struct Book {
    ledger: TestLedger,
    audit: AuditLog,
}

impl Book {
    async fn open() -> Self {
        let ledger = TestLedger::open().await;
        let audit = AuditLog::new(ledger.database.clone());
        Self { ledger, audit }
    }

    async fn all(&self) -> Vec<SealedCall> {
        self.audit.read(0, 10_000).await.unwrap()
    }

    async fn verify(&self) -> Verified {
        self.audit.verify(&self.ledger.signer.verifier()).await.unwrap()
    }

    /// Whoever has the file.
    async fn intruder(&self) -> DatabaseConnection {
        let file = self.ledger.folder().join("databases/ledger.db");
        sea_orm::Database::connect(format!("sqlite://{}", file.display())).await.unwrap()
    }
}

#[tokio::test]
async fn a_change_is_recorded_with_its_effect_and_names_the_children_of_its_events() {
    let book = Book::open().await;
    let trail = trail(1);
    let reply = book.ledger.journal.submit(register("one"), key(1, &trail)).await.unwrap();
    let [entry] = <[_; 1]>::try_from(book.all().await).unwrap();
    assert_eq!((entry.sequence, entry.id, entry.decision), (1, Uuid::from_u128(1), Decision::Allowed as i64));
    assert_eq!(entry.children, [Uuid::try_parse(&reply.child).unwrap()]);
    assert!(trail.children().is_empty(), "they are recorded");
    assert_eq!(book.verify().await, Verified { entries: 1, signatures: 1, fault: None });
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

/// Of every column of every row, and every row, one change.
#[tokio::test]
async fn whatever_is_changed_in_the_tables_is_found_where_it_stands() {
    let book = Book::open().await;
    for number in 1..=6 {
        book.ledger.journal.record(entry(number, &[number, number + 1])).await.unwrap();
    }
    let group = (7..=9).map(|number| book.ledger.journal.record(entry(number, &[])));
    join_all(group).await.into_iter().for_each(|recorded| recorded.unwrap());
    let whole = book.verify().await;
    assert_eq!((whole.entries, whole.fault), (9, None));

    let intruder = book.intruder().await;
    let run = async |sql: &str| {
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        intruder.execute_raw(statement).await.unwrap().rows_affected()
    };
    let text = ["caller", "actor", "method", "purpose", "reason", "fields", "trace"];
    let changes = text.iter().map(|column| format!("{column} = {column} || 'x'")).chain(
        ["at = at + 1", "decision = 3 - decision", "calls = calls + 1", "id = randomblob(16)", "hash = randomblob(32)"]
            .map(str::to_owned),
    );
    let changes: Vec<String> = changes.collect();
    run("CREATE TABLE kept AS SELECT * FROM audit").await;
    run("CREATE TABLE kept_child AS SELECT * FROM audit_child").await;
    let restore = async || {
        for table in ["audit", "audit_child"] {
            run(&format!("DELETE FROM {table}")).await;
        }
        run("INSERT INTO audit SELECT * FROM kept").await;
        run("INSERT INTO audit_child SELECT * FROM kept_child").await;
    };
    let find = async |sql: String, fault: Fault| {
        assert!(run(&sql).await > 0, "{sql}");
        assert_eq!(book.verify().await.fault, Some(fault), "{sql}");
        restore().await;
        assert_eq!(book.verify().await, whole);
    };
    for row in 1..=9 {
        for change in &changes {
            find(format!("UPDATE audit SET {change} WHERE sequence = {row}"), Fault::Changed(row)).await;
        }
        let removed = if row == 9 { Fault::End(9) } else { Fault::Missing(row) };
        find(format!("DELETE FROM audit WHERE sequence = {row}"), removed).await;
        find(format!("INSERT INTO audit_child (sequence, child) VALUES ({row}, randomblob(16))"), Fault::Changed(row))
            .await;
        find(format!("UPDATE audit SET sequence = sequence + 100 WHERE sequence = {row}"), Fault::Missing(row)).await;
    }
    for row in 1..=6 {
        for sql in [
            format!(
                "DELETE FROM audit_child WHERE rowid = (SELECT rowid FROM audit_child WHERE sequence = {row} LIMIT 1)"
            ),
            format!(
                "UPDATE audit_child SET child = randomblob(16) WHERE sequence = {row} AND child < x'00000000000000000000000000000008' AND rowid IN (SELECT rowid FROM audit_child WHERE sequence = {row} LIMIT 1)"
            ),
        ] {
            find(sql, Fault::Changed(row)).await;
        }
        find(format!("UPDATE audit SET signature = randomblob(64) WHERE sequence = {row}"), Fault::Signature(row))
            .await;
        find(format!("UPDATE audit SET signature = NULL WHERE sequence = {row}"), Fault::Signature(row)).await;
        for key in ["'0123456789abcdef'", "''", "'', signature = NULL"] {
            find(format!("UPDATE audit SET key_id = {key} WHERE sequence = {row}"), Fault::Changed(row)).await;
        }
    }
    find("INSERT INTO audit_child VALUES (99, randomblob(16))".to_owned(), Fault::End(99)).await;
    find("INSERT INTO audit_child VALUES (0, randomblob(16))".to_owned(), Fault::End(0)).await;
    let beyond = "INSERT INTO audit SELECT 10, id, at, caller, actor, method, purpose, decision, reason, fields, trace, calls, \
                  hash, signature, key_id FROM audit WHERE sequence = 9";
    find(beyond.to_owned(), Fault::End(10)).await;
    assert_eq!(
        book.audit.verify(&Signer::generate().unwrap().verifier()).await.unwrap().fault,
        Some(Fault::Signature(1)),
        "another service's key proves nothing"
    );
}

#[tokio::test]
async fn lists_and_totals_tell_what_a_clerk_would_count() {
    let book = Book::open().await;
    let mut entries = Vec::new();
    for number in 0..60_u128 {
        let children: Vec<u128> = (0..number % 4).map(|child| 1 + (number + child) % 7).collect();
        let mut entry = entry(number, &children);
        let call = Arc::make_mut(&mut entry.call);
        call.caller = ["EDU", "EDU-371621", "CA"][usize::try_from(number % 3).unwrap()].to_owned();
        call.actor = ["", "a", "b"][usize::try_from(number / 3 % 3).unwrap()].to_owned();
        entry.decision =
            [Decision::Allowed, Decision::Redacted, Decision::Refused][usize::try_from(number / 9 % 3).unwrap()];
        book.ledger.journal.record(entry.clone()).await.unwrap();
        entries.push(entry);
    }
    let at = |number: u128| Some(call(number).at);
    let filters = [
        CallFilter::default(),
        CallFilter { child: Some(Uuid::from_u128(3)), ..Default::default() },
        CallFilter { caller: "EDU".to_owned(), ..Default::default() },
        CallFilter { actor: "b".to_owned(), decision: Some(Decision::Redacted), ..Default::default() },
        CallFilter { from: at(10), until: at(20), ..Default::default() },
        CallFilter { child: Some(Uuid::from_u128(5)), caller: "CA".to_owned(), from: at(7), ..Default::default() },
        CallFilter { caller: "nobody".to_owned(), ..Default::default() },
    ];
    for filter in filters {
        let holds = |entry: &Entry| {
            filter.child.is_none_or(|child| entry.children.contains(&child))
                && (filter.caller.is_empty() || filter.caller == entry.call.caller)
                && (filter.actor.is_empty() || filter.actor == entry.call.actor)
                && filter.decision.is_none_or(|decision| decision == entry.decision)
                && filter.from.is_none_or(|from| entry.call.at >= from)
                && filter.until.is_none_or(|until| entry.call.at < until)
        };
        let expected: Vec<&Entry> = entries.iter().rev().filter(|entry| holds(entry)).collect();
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = book.audit.list(&filter, before, 7, 2).await.unwrap();
            before = page.last().map(|last| last.call.sequence);
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(
            found.iter().map(|it| it.call.id).collect::<Vec<_>>(),
            expected.iter().map(|it| it.call.id).collect::<Vec<_>>(),
            "{filter:?}"
        );
        for (found, expected) in found.iter().zip(&expected) {
            let some = expected.children.iter().copied().take(2).collect();
            assert_eq!(found.call.children, filter.child.map_or(some, |child| vec![child]));
            assert_eq!(found.child_count, expected.children.len() as u64);
        }
        let totals = book.audit.totals(&filter).await.unwrap();
        let children: BTreeSet<Uuid> = expected.iter().flat_map(|entry| entry.children.iter().copied()).collect();
        let children = if filter.child.is_some() { usize::from(!expected.is_empty()) } else { children.len() };
        assert_eq!(totals.children, children as u64, "{filter:?}");
        assert_eq!(totals.by_decision.values().sum::<u64>(), expected.len() as u64);
        for (decision, count) in totals.by_decision {
            let of = expected.iter().filter(|entry| i64::from(i32::from(entry.decision)) == decision);
            assert_eq!(count, of.count() as u64);
        }
    }
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let texts = ("[A-Z-]{0,4}", "[a-z.]{0,4}", "[A-Z_]{0,4}", "[0-9a-f]{0,4}");
    let rest = (any::<u128>(), any::<i32>(), 0..5_i32, proptest::collection::btree_set("[a-z]{1,3}", 0..3));
    (texts, rest, proptest::collection::btree_set(any::<u128>(), 0..4)).prop_map(
        |((caller, actor, reason, trace), (id, at, decision, fields), children)| Entry {
            call: Arc::new(Call {
                id: Uuid::from_u128(id),
                at: Instant::from_micros(at.into()),
                caller,
                actor,
                trace,
                ..call(0)
            }),
            decision: Decision::try_from(decision).unwrap(),
            reason,
            fields,
            children: children.into_iter().map(Uuid::from_u128).collect(),
            calls: 1,
        },
    )
}

/// The hash as its description says, written out.
fn by_hand(previous: &[u8], call: &SealedCall) -> Vec<u8> {
    let mut text = b"hutong.call.v1".to_vec();
    text.extend(previous);
    text.extend(call.sequence.to_be_bytes());
    let children: Vec<u8> = call.children.iter().flat_map(|child| child.into_bytes()).collect();
    for part in [
        call.id.into_bytes().to_vec(),
        call.at.as_micros().to_be_bytes().to_vec(),
        call.caller.clone().into_bytes(),
        call.actor.clone().into_bytes(),
        call.method.clone().into_bytes(),
        call.purpose.clone().into_bytes(),
        call.decision.to_be_bytes().to_vec(),
        call.reason.clone().into_bytes(),
        call.fields.clone().into_bytes(),
        call.trace.clone().into_bytes(),
        call.calls.to_be_bytes().to_vec(),
        call.signature.as_ref().map(|it| it.key_id.clone().into_bytes()).unwrap_or_default(),
        children,
    ] {
        text.extend((part.len() as u64).to_be_bytes());
        text.extend(part);
    }
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text).as_ref().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_chain_is_proved_as_it_was_sealed_and_not_when_two_entries_are_exchanged(
        groups in proptest::collection::vec(proptest::collection::vec(any_entry(), 1..4), 1..5),
        places in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        let signer = Signer::generate().unwrap();
        let mut head = Head { sequence: 0, hash: ZERO_HASH };
        let mut calls: Vec<SealedCall> = Vec::new();
        for group in &groups {
            let sealed = SealedCall::seal(group, head, &signer);
            let last = sealed.last().unwrap();
            prop_assert!(last.signature.is_some());
            head = Head { sequence: last.sequence, hash: last.hash };
            calls.extend(sealed);
        }
        let verifier = signer.verifier();
        let mut chain = Chain::new(&verifier);
        let mut previous = ZERO_HASH.to_vec();
        for call in &calls {
            prop_assert_eq!(by_hand(&previous, call), call.hash.to_vec());
            previous = call.hash.to_vec();
            prop_assert_eq!(chain.push(call), Ok(()));
        }
        prop_assert_eq!(chain.finish(&head), Ok(()));

        let (one, other) = (places.0.index(calls.len()), places.1.index(calls.len()));
        if one != other {
            let (a, b) = (calls[one].clone(), calls[other].clone());
            calls[one] = SealedCall { sequence: a.sequence, signature: a.signature.clone(), ..b.clone() };
            calls[other] = SealedCall { sequence: b.sequence, signature: b.signature, ..a };
            let mut chain = Chain::new(&verifier);
            let broken = calls.iter().find_map(|call| chain.push(call).err());
            prop_assert_eq!(broken, Some(Fault::Changed(one.min(other) as u64 + 1)));
        }
    }
}
