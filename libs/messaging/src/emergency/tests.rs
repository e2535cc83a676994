use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock as _, ErrorCode, HolidayCalendar, Instant, ManualClock};
use platform::access::{EmergencyCall, EmergencyDesk as _};
use platform::vault::Vault;
use uuid::Uuid;

use super::{Emergencies, EmergencySettings};
use crate::test_ledger::TestLedger;

const PATH: &str = "/hutong.registry.v1.ChildService/GetChild";
/// Of a National Day's week.
const HOLIDAYS: &str =
    "date,kind,name\n2025-01-01,off,元旦\n2025-10-01,off,国庆节\n2025-10-02,off,国庆节\n2025-10-03,off,国庆节\n";

struct Desk {
    ledger: TestLedger,
    clock: ManualClock,
    emergencies: Emergencies,
}

async fn desk(now: &str) -> Desk {
    let ledger = TestLedger::open().await;
    let clock = ManualClock::new(now.parse().unwrap());
    let emergencies = Emergencies::new(EmergencySettings {
        service: "ledger",
        database: ledger.database.clone(),
        journal: ledger.journal.clone(),
        vault: Arc::new(Vault::open(&ledger.folder().join("vault")).unwrap()),
        calendar: HolidayCalendar::from_csv(HOLIDAYS).unwrap(),
        clock: Arc::new(clock.clone()),
    });
    Desk { ledger, clock, emergencies }
}

fn call(reason: &str) -> EmergencyCall {
    EmergencyCall { caller: "PSB".to_owned(), method: PATH.to_owned(), reason: reason.to_owned() }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_emergency_is_written_down_sealed_and_due_by_the_end_of_the_next_working_day() {
    // A Tuesday before a National Day, 18:00 in Shanghai; the next working day is the Monday after the weekend.
    let Desk { ledger, emergencies, .. } = desk("2025-09-30T10:00:00.000000Z").await;
    emergencies.open(call("孩子有危险")).await.unwrap();
    let all = emergencies.list(true, None, 10).await.unwrap();
    let [one] = all.as_slice() else { panic!("one was opened: {all:?}") };
    assert_eq!((one.caller.as_str(), one.method.as_str(), one.words.reason.as_str()), ("PSB", PATH, "孩子有危险"));
    assert_eq!(one.opened_at, at("2025-09-30T10:00:00.000000Z"));
    assert_eq!(one.review_due, at("2025-10-06T16:00:00.000000Z"));
    assert_eq!(one.reviewed, None);
    assert!(!format!("{one:?}").contains("危险"));
    let files = std::fs::read_dir(ledger.folder().join("databases")).unwrap();
    for file in files.map(|file| std::fs::read(file.unwrap().path()).unwrap()) {
        assert!(!file.windows(6).any(|part| part == "危险".as_bytes()), "it lies sealed");
    }
}

#[tokio::test]
async fn the_first_review_counts_and_the_same_again_changes_nothing() {
    let Desk { ledger: _ledger, emergencies, clock } = desk("2025-06-02T02:00:00.000000Z").await;
    for reason in ["one", "two"] {
        emergencies.open(call(reason)).await.unwrap();
        clock.advance(Duration::from_secs(1));
    }
    let all = emergencies.list(false, None, 10).await.unwrap();
    assert_eq!(all.iter().map(|one| one.words.reason.as_str()).collect::<Vec<_>>(), ["two", "one"]);
    let (newest, oldest) = (all[0].id, all[1].id);
    assert_eq!(emergencies.list(false, Some(newest), 10).await.unwrap()[0].id, oldest);

    let reviewed = emergencies.review(newest, 1, "looked into").await.unwrap();
    assert_eq!((reviewed.reviewed, reviewed.words.note.as_str()), (Some((clock.now(), 1)), "looked into"));
    assert_eq!(reviewed.words.reason, "two");
    clock.advance(Duration::from_secs(1));
    assert_eq!(emergencies.review(newest, 1, "looked into").await.unwrap(), reviewed);
    for (verdict, note) in [(2, "looked into"), (1, "otherwise")] {
        assert_eq!(emergencies.review(newest, verdict, note).await.unwrap_err().reason, "EMERGENCY_REVIEWED");
    }
    let error = emergencies.review(Uuid::nil(), 1, "").await.unwrap_err();
    assert_eq!((error.code, error.reason), (ErrorCode::NotFound, "EMERGENCY_NOT_FOUND"));
    assert_eq!(emergencies.list(true, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_nobody_reviews_is_told_every_day() {
    let Desk { ledger: _ledger, emergencies, clock } = desk("2025-06-02T02:00:00.000000Z").await;
    emergencies.open(call("one")).await.unwrap();
    let due = at("2025-06-03T16:00:00.000000Z");
    assert_eq!(emergencies.next_due(clock.now()).await.unwrap(), Some(due));
    assert_eq!(emergencies.remind(clock.now()).await.unwrap(), 0, "it is not late yet");
    clock.set(due);
    assert_eq!(emergencies.remind(due).await.unwrap(), 1);
    assert_eq!(emergencies.remind(due.saturating_add(Duration::from_hours(23))).await.unwrap(), 0, "told today");
    assert_eq!(emergencies.remind(due.saturating_add(Duration::from_hours(24))).await.unwrap(), 1, "told again");
    let id = emergencies.list(true, None, 1).await.unwrap()[0].id;
    emergencies.review(id, 2, "none was").await.unwrap();
    assert_eq!(emergencies.remind(due.saturating_add(Duration::from_hours(96))).await.unwrap(), 0);
    assert_eq!(emergencies.next_due(clock.now()).await.unwrap(), None);
}
