//! What is found follows from the calls alone.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::judge::{Judge, Mark};
use super::*;

const BEGINNING: Mark = Mark { done: 0, read: 0, closed: Instant::EPOCH, findings: 0, revision: 0 };
const HOUR: i64 = 3_600_000_000;
/// 18:00 in Shanghai.
const EVENING: &str = "2025-03-10T10:00:00.000000Z";

fn judge(rules: UnusualConfig) -> Judge {
    Judge::new(rules, BEGINNING, BTreeMap::new())
}

#[test]
fn bulk_reading_is_told_with_the_call_that_reaches_it_and_counted_when_the_hour_is_over() {
    let mut judge = judge(low());
    let time = at("2025-03-10T02:30:00.000000Z");
    let mut found = Vec::new();
    for (number, children) in [[1, 2], [2, 3], [3, 1], [4, 5], [6, 7]].iter().enumerate() {
        found.extend(judge.take(&read(number as u64 + 1, time, "CA", children)));
    }
    assert_eq!(lines(&found), ["1 BULK_READING CA/ 4 calls 5 children told"]);
    assert_eq!(judge.next_end(), Some(at("2025-03-10T03:00:00.000000Z")));
    assert_eq!(judge.close(at("2025-03-10T02:59:59.999999Z")), []);
    assert_eq!(
        lines(&judge.close(at("2025-03-10T03:00:00.000000Z"))),
        ["1 BULK_READING CA/ 5 calls 7 children counted over"]
    );
    assert_eq!((judge.next_end(), judge.mark().done), (None, 5), "nothing of it is read again");
}

#[test]
fn actors_are_counted_one_by_one_and_whoever_makes_them_up_together() {
    let mut judge = judge(low());
    let time = at("2025-03-10T02:30:00.000000Z");
    let mut found = Vec::new();
    for (number, actor) in ["ann", "bob", "ann", "ann", "eve", "dan"].iter().enumerate() {
        let call = read(number as u64 + 1, time, "EDU", &[number as u128]);
        found.extend(judge.take(&SealedCall { actor: (*actor).to_owned(), ..call }));
    }
    assert_eq!(
        lines(&found),
        ["1 BULK_READING EDU/ann 3 calls 3 children told", "2 BULK_READING EDU/ 5 calls 5 children told"]
    );
    // However many it makes up, they take a bounded place.
    for number in 0..3_000_u64 {
        let call = read(number + 10, time, "HC", &[1]);
        judge.take(&SealedCall { actor: format!("a{number}"), ..call });
    }
    let over = judge.close(at("2025-03-10T03:00:00.000000Z"));
    assert!(!over.iter().any(|finding| finding.key.caller == "HC"));
}

#[test]
fn what_is_no_read_of_a_department_is_not_counted() {
    let mut judge = judge(UnusualConfig { night_calls: 1, bulk_children: 1, exported_children: 1, ..low() });
    let night = at("2025-03-10T15:00:00.000000Z");
    let plain = read(1, night, "EDU", &[1]);
    let others = [
        SealedCall { caller: "registry".to_owned(), ..plain.clone() },
        SealedCall { caller: String::new(), ..plain.clone() },
        SealedCall { method: UPDATE.to_owned(), ..plain.clone() },
        SealedCall { method: "unknown".to_owned(), ..plain.clone() },
        SealedCall { decision: 3, reason: "NOT_PERMITTED".to_owned(), ..plain.clone() },
        SealedCall { decision: 4, ..plain.clone() },
        SealedCall { children: Vec::new(), ..plain.clone() },
    ];
    for call in others {
        assert_eq!(judge.take(&call), [], "{call:?}");
    }
    assert_eq!(judge.close(Instant::MAX), []);
    assert_eq!(judge.take(&SealedCall { at: Instant::MAX, ..plain }).len(), 1, "and this one is");
}

#[test]
fn a_night_is_told_once_when_it_is_over_and_an_export_is_one_call() {
    let mut judge = judge(UnusualConfig { bulk_children: 0, bulk_children_of_actor: 0, ..low() });
    // 22:00 in Shanghai is 14:00 UTC; the last one comes after midnight.
    let times = ["13:59:59", "14:00:00", "15:30:00", "21:59:59", "22:00:00"];
    for (number, time) in times.iter().enumerate() {
        let time = at(&format!("2025-03-10T{time}.000000Z"));
        judge.take(&read(number as u64 + 1, time, "EDU-371621", &[7]));
    }
    let mut found = judge.close(at("2025-03-10T22:00:00.000000Z"));
    assert_eq!(lines(&found), ["1 NIGHT EDU-371621/ 3 calls 1 children told over"]);
    let night = found.remove(0);
    assert_eq!((night.first, night.last), (at("2025-03-10T14:00:00.000000Z"), at("2025-03-10T21:59:59.000000Z")));
    let time = at("2025-03-11T02:00:00.000000Z");
    let mut parts = Vec::new();
    for number in 0..4 {
        let part = read(number + 6, time, "CA", &[number.into()]);
        parts.extend(judge.take(&SealedCall { method: EXPORT.to_owned(), id: Uuid::from_u128(9), ..part }));
    }
    assert_eq!(lines(&parts), ["2 BULK_EXPORT CA/ 1 calls 4 children told"]);
}

#[test]
fn an_office_outside_its_area_is_told_whatever_became_of_its_calls() {
    let mut judge = judge(UnusualConfig { outside_area_calls: 1, ..low() });
    let call = read(1, at(EVENING), "EDU-371621", &[1]);
    let outside = SealedCall { reason: "OUTSIDE_AREA".to_owned(), decision: 3, ..call.clone() };
    judge.take(&outside);
    judge.take(&SealedCall { sequence: 2, id: Uuid::from_u128(2), decision: 2, ..outside.clone() });
    judge.take(&SealedCall { sequence: 3, id: Uuid::from_u128(3), method: UPDATE.to_owned(), ..outside });
    judge.take(&SealedCall { sequence: 4, reason: String::new(), ..call });
    let found = judge.close(at("2025-03-10T11:00:00.000000Z"));
    assert_eq!(lines(&found), ["1 OUTSIDE_AREA EDU-371621/ 3 calls 1 children told over"]);
}

#[test]
fn one_that_comes_late_counts_in_the_next_hour_or_night() {
    let rules = UnusualConfig { night_calls: 1, bulk_children: 1, ..low() };
    let mut judge = judge(rules);
    let late = read(1, at("2025-03-10T15:30:00.000000Z"), "EDU", &[1]);
    judge.close(at("2025-03-12T02:20:00.000000Z"));
    let told = judge.take(&late);
    assert!(told.iter().all(|finding| is(finding, UnusualPattern::BulkReading)) && told.len() == 1);
    let hour = told[0].key.window;
    assert_eq!((hour.from, told[0].first), (at("2025-03-12T02:00:00.000000Z"), late.at));
    let night = &judge.close(at("2025-03-12T22:00:00.000000Z"))[1];
    assert_eq!((night.key.window.from, night.first), (at("2025-03-12T14:00:00.000000Z"), late.at));
}

#[test]
fn a_threshold_of_nought_is_never_reached() {
    let rules = UnusualConfig {
        bulk_children: 0,
        bulk_children_of_actor: 0,
        exported_children: 0,
        night_calls: 0,
        outside_area_calls: 0,
        ..low()
    };
    let mut never = judge(rules);
    let mut no_night = judge(UnusualConfig { night: None, night_calls: 1, ..low() });
    for number in 1..100 {
        let call = read(number, at("2025-03-10T15:30:00.000000Z"), "EDU", &[number.into()]);
        let call = SealedCall { reason: "OUTSIDE_AREA".to_owned(), actor: "ann".to_owned(), ..call };
        assert_eq!(never.take(&call), []);
        no_night.take(&call);
    }
    assert_eq!(never.close(Instant::MAX), []);
    assert!(!no_night.close(Instant::MAX).iter().any(|finding| is(finding, UnusualPattern::Night)));
}

#[test]
fn an_ordinary_day_of_a_city_is_not_unusual() {
    // Thirty clerks who open 60 files an hour each from a county of 3,000, two county exports, and a doctor at night.
    let mut judge = judge(defaults());
    let mut sequence = 0;
    let mut found = Vec::new();
    for hour in 0..9_i64 {
        let time = Instant::from_micros(at("2025-03-10T00:00:00.000000Z").as_micros() + hour * HOUR);
        for clerk in 0..30_u128 {
            for file in 0..60_u128 {
                sequence += 1;
                let call = read(sequence, time, "CA", &[clerk * 60 + file]);
                found.extend(judge.take(&SealedCall { actor: format!("clerk-{clerk}"), ..call }));
            }
        }
    }
    for county in 0..2 {
        sequence += 1;
        let children: Vec<u128> = (0..3_000).map(|child| county * 3_000 + child).collect();
        let call = read(sequence, at("2025-03-10T10:00:00.000000Z"), "CA", &children);
        found.extend(judge.take(&SealedCall { method: EXPORT.to_owned(), ..call }));
    }
    for _ in 0..10 {
        sequence += 1;
        found.extend(judge.take(&read(sequence, at("2025-03-10T16:00:00.000000Z"), "HC", &[1])));
    }
    found.extend(judge.close(Instant::MAX));
    assert_eq!(lines(&found), [""; 0]);
}

/// What is counted together, and how much: pattern, caller, actor, window, then calls, children, first and last.
type Counted = BTreeMap<(i32, String, String, i64), (u64, u64, i64, i64)>;

/// Each call put to each question, on its own.
fn naive(calls: &[SealedCall], rules: &UnusualConfig) -> Counted {
    let mut of: BTreeMap<(i32, String, String, i64), Vec<&SealedCall>> = BTreeMap::new();
    for call in calls.iter().filter(|call| ["EDU", "EDU-371621", "CA"].contains(&call.caller.as_str())) {
        let hour = call.at.as_micros() / HOUR * HOUR;
        // Shanghai's clock, turned so that a day begins at 22:00.
        let turned = call.at.as_micros() + (8 + 2) * HOUR;
        let night = (turned % (24 * HOUR) < 8 * HOUR).then(|| turned / (24 * HOUR) * 24 * HOUR - 10 * HOUR);
        let shown = !call.children.is_empty() && call.decision <= 2;
        let mut ask = |pattern: UnusualPattern, actor: &str, window: i64| {
            of.entry((pattern.into(), call.caller.clone(), actor.to_owned(), window)).or_default().push(call);
        };
        if call.reason == "OUTSIDE_AREA" {
            ask(UnusualPattern::OutsideArea, "", hour);
        }
        if shown && call.method == GET {
            ask(UnusualPattern::BulkReading, "", hour);
            if !call.actor.is_empty() {
                ask(UnusualPattern::BulkReading, &call.actor, hour);
            }
        }
        if shown && call.method == EXPORT {
            ask(UnusualPattern::BulkExport, "", hour);
        }
        if let Some(night) = night.filter(|_| shown && [GET, EXPORT].contains(&call.method.as_str())) {
            ask(UnusualPattern::Night, "", night);
        }
    }
    let counted = of.into_iter().map(|(key, calls)| {
        let of_many = calls.iter().filter(|call| call.method != GET).map(|call| call.id).collect::<BTreeSet<_>>();
        let single: i64 = calls.iter().filter(|call| call.method == GET).map(|call| call.calls).sum();
        let children: BTreeSet<_> = calls.iter().flat_map(|call| &call.children).collect();
        let times = || calls.iter().map(|call| call.at.as_micros());
        let count = u64::try_from(single).unwrap() + of_many.len() as u64;
        (key, (count, children.len() as u64, times().min().unwrap(), times().max().unwrap()))
    });
    let thresholds = |pattern: i32, actor: &str| match UnusualPattern::try_from(pattern).unwrap() {
        UnusualPattern::BulkReading if actor.is_empty() => (0, rules.bulk_children),
        UnusualPattern::BulkReading => (0, rules.bulk_children_of_actor),
        UnusualPattern::BulkExport => (0, rules.exported_children),
        UnusualPattern::Night => (rules.night_calls, 0),
        _ => (rules.outside_area_calls, 0),
    };
    let reaches = |key: &(i32, String, String, i64), calls: u64, children: u64| {
        let (least_calls, least_children) = thresholds(key.0, &key.2);
        calls >= least_calls && children >= least_children
    };
    counted.filter(|(key, (calls, children, ..))| reaches(key, *calls, *children)).collect()
}

fn any_call() -> impl Strategy<Value = SealedCall> {
    let who = (
        prop::sample::select(vec!["EDU", "EDU-371621", "CA", "registry", ""]),
        prop::sample::select(vec!["", "ann", "bob"]),
    );
    let what = (
        prop::sample::select(vec![GET, GET, GET, EXPORT, UPDATE, "unknown"]),
        1..5_i64,
        prop::sample::select(vec!["", "", "OUTSIDE_AREA", "NOT_PERMITTED"]),
    );
    let rest = (0..30 * 60_i64, prop::collection::btree_set(0..9_u128, 0..4), 1..4_i64, 0..6_u128);
    (who, what, rest).prop_map(|((caller, actor), (method, decision, reason), (minute, children, calls, id))| {
        let time = Instant::from_micros(at(EVENING).as_micros() + minute * 60_000_000);
        let children: Vec<u128> = children.into_iter().collect();
        let call = read(1, time, caller, &children);
        // The parts of one stream have one id; only calls that are too many are counted into one entry.
        let (id, calls) = if method == GET { (call.id, calls) } else { (Uuid::from_u128(id), 1) };
        let (method, reason, actor) = (method.to_owned(), reason.to_owned(), actor.to_owned());
        SealedCall { id, calls, method, decision, reason, actor, ..call }
    })
}

/// What a database has.
struct Stored {
    mark: Mark,
    rows: BTreeMap<u64, Finding>,
    events: Vec<u64>,
}

impl Stored {
    fn commit(&mut self, judge: &mut Judge, found: &mut Vec<Finding>) {
        self.mark = judge.mark();
        judge.marked(self.mark);
        for finding in found.drain(..) {
            if finding.is_new {
                self.events.push(finding.number);
            }
            self.rows.insert(finding.number, finding);
        }
    }

    fn restore(&self, rules: &UnusualConfig) -> Judge {
        let told = self.rows.values().filter(|finding| !finding.is_over);
        Judge::new(rules.clone(), self.mark, told.map(|finding| (finding.key.clone(), finding.number)).collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// In any order, in any parts, killed after any of them, judged while they come or when all are there.
    #[test]
    fn the_same_is_found_of_the_same_calls(
        calls in prop::collection::vec((any_call(), 0..60_i64), 1..120),
        late in prop::sample::select(vec![0_i64, 1, 30, 60 * 48]),
        cuts in prop::collection::vec((any::<bool>(), any::<bool>()), 120),
    ) {
        let rules = UnusualConfig { settle: Duration::from_secs(60 * late.unsigned_abs()), ..low() };
        // Each is recorded so much later than it came.
        let mut calls: Vec<(i64, SealedCall)> = calls
            .into_iter()
            .map(|(call, share)| (call.at.as_micros() + late * 60_000_000 * share / 60, call))
            .collect();
        calls.sort_by_key(|(recorded, _)| *recorded);
        let calls: Vec<(i64, SealedCall)> = calls
            .into_iter()
            .zip(1..)
            .map(|((recorded, call), sequence)| (recorded, SealedCall { sequence, ..call }))
            .collect();
        let mut stored = Stored { mark: BEGINNING, rows: BTreeMap::new(), events: Vec::new() };
        let mut judge = stored.restore(&rules);
        let mut found = Vec::new();
        for ((recorded, _), (is_cut, is_killed)) in calls.iter().zip(&cuts) {
            let after = judge.position();
            for (_, call) in calls.iter().filter(|(time, call)| call.sequence > after && time <= recorded) {
                found.extend(judge.take(call));
            }
            if *is_cut {
                found.extend(judge.close(Instant::from_micros(*recorded).saturating_sub(rules.settle)));
                stored.commit(&mut judge, &mut found);
            }
            if *is_killed {
                judge = stored.restore(&rules);
                found.clear();
            }
        }
        let after = judge.position();
        for (_, call) in calls.iter().filter(|(_, call)| call.sequence > after) {
            found.extend(judge.take(call));
        }
        found.extend(judge.close(Instant::MAX));
        stored.commit(&mut judge, &mut found);

        let entries: Vec<SealedCall> = calls.into_iter().map(|(_, call)| call).collect();
        let told: Vec<_> = stored.rows.values().map(|finding| {
            let Finding { key, calls, children, first, last, .. } = finding;
            let name = (key.pattern.into(), key.caller.clone(), key.actor.clone(), key.window.from.as_micros());
            (name, (*calls, *children, first.as_micros(), last.as_micros()))
        }).collect();
        prop_assert_eq!(told.len(), told.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len(), "once each");
        prop_assert_eq!(told.into_iter().collect::<Counted>(), naive(&entries, &rules));
        let mut events = stored.events.clone();
        events.sort_unstable();
        prop_assert_eq!(events, (1..=stored.rows.len() as u64).collect::<Vec<_>>(), "each is told once, without gaps");
        prop_assert!(stored.rows.values().all(|finding| finding.is_over));
        prop_assert_eq!(stored.mark.done, entries.len() as u64);
    }
}
