//! What is recorded is judged, and what is found committed with its event.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::audit::v1::Decision;
use contract::date::timestamp;
use contract::registry::v1::AccessUnusual;
use kernel::{Clock as _, ManualClock};
use platform::audit::{Call, Entry, Recorder as _};
use platform::database::Database;
use prost::Message as _;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use super::super::{FoundFilter, Listed, Unusual, WatchSettings, Watcher};
use super::*;
use crate::audit::{AuditAlone, AuditLog};
use crate::journal::{Context, JournalSettings};
use crate::migration::{Migrator, migrations};
use crate::seal::Signer;
use crate::test_ledger::TestLedger;

const NOON: &str = "2025-03-10T04:00:00.000000Z";

fn tell(unusual: &Unusual, context: &mut Context<'_>) {
    context.record(&AccessUnusual {
        finding: unusual.id.to_string(),
        division: unusual.division.clone(),
        caller: unusual.caller.clone(),
        pattern: unusual.pattern.into(),
        from: Some(timestamp(unusual.from)),
        until: Some(timestamp(unusual.until)),
        calls: unusual.calls,
        children: unusual.children,
    });
}

/// A clerk of a caller's was shown a child.
fn entry(time: Instant, caller: &str, child: u128) -> Entry {
    let call = Call {
        id: Uuid::from_u128(child),
        at: time,
        caller: caller.to_owned(),
        actor: "clerk-7".to_owned(),
        method: GET,
        purpose: "to know",
        trace: String::new(),
    };
    Entry {
        call: Arc::new(call),
        decision: Decision::Allowed,
        reason: String::new(),
        fields: BTreeSet::new(),
        children: [Uuid::from_u128(child)].into(),
        calls: 1,
    }
}

struct Guard {
    ledger: TestLedger,
    audit: AuditLog,
}

impl Guard {
    async fn open() -> Self {
        let ledger = TestLedger::open().await;
        ledger.clock.set(at(NOON));
        let audit = AuditLog::new(ledger.database.clone());
        Self { ledger, audit }
    }

    fn watcher(&self) -> Watcher {
        Watcher::new(WatchSettings {
            database: self.ledger.database.clone(),
            journal: self.ledger.journal.clone(),
            tell: Some(tell),
            config: UnusualConfig { bulk_children: 3, ..low() },
            city: "371600".parse().unwrap(),
            clock: Arc::new(self.ledger.clock.clone()),
        })
    }

    /// A caller is shown children, now.
    async fn shown(&self, caller: &str, children: std::ops::Range<u128>) {
        for child in children {
            self.ledger.journal.record(entry(self.ledger.clock.now(), caller, child)).await.unwrap();
        }
    }

    async fn found(&self) -> Vec<Listed> {
        self.audit.unusual(&FoundFilter::default(), None, 100).await.unwrap()
    }

    async fn told(&self) -> Vec<AccessUnusual> {
        let events = self.ledger.log.read(0, 100).await.unwrap();
        events.iter().map(|sealed| AccessUnusual::decode(sealed.event.body.clone()).unwrap()).collect()
    }
}

#[tokio::test]
async fn a_finding_its_event_and_the_mark_are_one_commit() {
    let guard = Guard::open().await;
    let mut watcher = guard.watcher();
    assert_eq!(watcher.look().await.unwrap(), None);
    guard.shown("EDU-371621", 0..2).await;
    let due = watcher.look().await.unwrap();
    assert_eq!(due, Some(at("2025-03-10T05:01:00.000000Z")), "the hour's end, settled");
    assert_eq!((guard.found().await, guard.told().await), (vec![], vec![]), "two children are no bulk");
    guard.shown("EDU-371621", 2..9).await;
    watcher.look().await.unwrap();
    // First the caller, who reaches it with the third child, and of it the clerk.
    let [of_clerk, of_all] = guard.found().await.try_into().unwrap();
    assert_eq!((of_all.caller.as_str(), of_all.actor.as_str(), of_all.children), ("EDU-371621", "", 3));
    assert_eq!((of_clerk.actor.as_str(), of_clerk.children, of_clerk.is_over), ("clerk-7", 3, false));
    let told = guard.told().await;
    let expected = AccessUnusual {
        finding: of_all.id.to_string(),
        division: "371621".to_owned(),
        caller: "EDU-371621".to_owned(),
        pattern: UnusualPattern::BulkReading.into(),
        from: Some(timestamp(at(NOON))),
        until: Some(timestamp(at(NOON))),
        calls: 3,
        children: 3,
    };
    assert_eq!((told.len(), &told[0]), (2, &expected));
    let text = String::from_utf8_lossy(&told[1].encode_to_vec()).into_owned();
    assert!(!text.contains("clerk-7"), "no person is named");

    guard.ledger.clock.set(at("2025-03-10T05:01:00.000000Z"));
    assert_eq!(watcher.look().await.unwrap(), None, "nothing waits any more");
    let over = guard.found().await;
    assert!(over.iter().all(|found| found.is_over && found.children == 9 && found.calls == 9), "{over:?}");
    assert_eq!(guard.told().await, told, "counted, not told again");
}

#[tokio::test]
async fn whoever_goes_on_tells_nothing_twice_and_misses_nothing() {
    let guard = Guard::open().await;
    guard.shown("CA", 0..2).await;
    guard.watcher().look().await.unwrap();
    guard.shown("CA", 2..3).await;
    // The one before left nothing but what it had committed, which is nothing.
    guard.watcher().look().await.unwrap();
    assert_eq!(guard.told().await.len(), 2);
    guard.watcher().look().await.unwrap();
    guard.shown("CA", 3..6).await;
    let mut last = guard.watcher();
    last.look().await.unwrap();
    guard.ledger.clock.set(at("2025-03-10T05:01:00.000000Z"));
    guard.watcher().look().await.unwrap();
    let found = guard.found().await;
    assert_eq!((found.len(), guard.told().await.len()), (2, 2));
    assert!(found.iter().all(|found| found.is_over && found.children == 6), "{found:?}");
    // One that has slept over it has nothing to tell.
    last.look().await.unwrap();
    assert_eq!((guard.found().await, guard.told().await.len()), (found, 2));
}

#[tokio::test]
async fn two_watches_on_one_database_tell_once() {
    let guard = Guard::open().await;
    let (mut one, mut other) = (guard.watcher(), guard.watcher());
    one.look().await.unwrap();
    other.look().await.unwrap();
    for hour in 0..20_u128 {
        guard.shown("CA", hour * 3..hour * 3 + 3).await;
        let (first, second) = tokio::join!(one.look(), other.look());
        first.and(second).unwrap();
        let now = guard.ledger.clock.now();
        guard.ledger.clock.set(now.saturating_add(Duration::from_hours(1)));
    }
    let (first, second) = tokio::join!(one.look(), other.look());
    first.and(second).unwrap();
    let bulk = FoundFilter { pattern: Some(UnusualPattern::BulkReading), ..FoundFilter::default() };
    assert_eq!(guard.audit.unusual(&bulk, None, 100).await.unwrap().len(), 40);
    let found = guard.found().await;
    let numbers: Vec<u64> = found.iter().rev().map(|found| found.number).collect();
    assert_eq!(numbers, (1..=found.len() as u64).collect::<Vec<_>>());
    assert_eq!(guard.told().await.len(), found.len());
}

#[tokio::test]
async fn a_long_audit_is_judged_in_parts() {
    let guard = Guard::open().await;
    let entries = (0..1_300_u128).map(|number| {
        let (guard, caller) = (&guard, if number % 2 == 0 { "CA" } else { "registry" });
        async move { guard.shown(caller, number..number + 1).await }
    });
    futures::future::join_all(entries).await;
    let mut watcher = guard.watcher();
    watcher.look().await.unwrap();
    guard.ledger.clock.set(at("2025-03-10T06:00:00.000000Z"));
    watcher.look().await.unwrap();
    let found = guard.found().await;
    assert_eq!(found.iter().map(|found| found.children).collect::<Vec<_>>(), [650, 650]);
    let none = FoundFilter { caller: "registry".to_owned(), ..FoundFilter::default() };
    assert_eq!(guard.audit.unusual(&none, None, 10).await.unwrap(), [], "a service reads by its nature");
}

/// The version before audits were watched.
struct Before;

impl MigratorTrait for Before {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let known = migrations().into_iter();
        known.take_while(|migration| migration.name() != "m20241101_000009_unusual").collect()
    }
}

#[tokio::test]
async fn what_was_recorded_before_the_audit_was_watched_is_not_judged() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::default();
    let database = Database::open(&config.database, "exchange", folder.path()).await.unwrap();
    database.migrate::<Before>().await.unwrap();
    let clock = ManualClock::new(at(NOON));
    let journal = AuditAlone::start(JournalSettings {
        database: database.clone(),
        environment: Arc::new(()),
        clock: Arc::new(clock.clone()),
        signer: Signer::generate().unwrap(),
        config: config.journal,
    });
    for child in 0..9 {
        journal.record(entry(clock.now(), "CA", child)).await.unwrap();
    }
    database.migrate::<Migrator>().await.unwrap();
    let mut watcher = Watcher::new(WatchSettings {
        database: database.clone(),
        journal: journal.clone(),
        tell: None,
        config: low(),
        city: "371600".parse().unwrap(),
        clock: Arc::new(clock.clone()),
    });
    let audit = AuditLog::new(database);
    assert_eq!(watcher.look().await.unwrap(), None);
    for child in 0..5 {
        journal.record(entry(clock.now(), "CA", child)).await.unwrap();
    }
    watcher.look().await.unwrap();
    // A service without an event has the row.
    let found = audit.unusual(&FoundFilter::default(), None, 10).await.unwrap();
    assert_eq!(found.iter().map(|found| (found.number, found.children)).collect::<Vec<_>>(), [(2, 5), (1, 3)]);
}
