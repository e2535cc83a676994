use kernel::{Id, ManualClock, Month};
use proptest::prelude::*;

use super::month::overdue_from;
use super::*;
use crate::domain::child::{Child, EndReason};
use crate::domain::samples::{day, household, identified, month, noon, with_category};
use crate::domain::worker::{Person, Post, Role, Worker};
use crate::domain::{Category, CategoryRecord};

/// Born on 2012-05-17.
fn child(county: &str) -> Child {
    identified(county, "371699201205170039")
}

/// The default: all but the plain migrant's.
fn rule() -> DutyRule {
    DutyRule::of(Category::ALL.into_iter().filter(|category| *category != Category::Migrant))
}

fn facts(on: &str, guardianship: Guardianship, risk: Risk) -> VisitFacts {
    let clock = ManualClock::new(noon("2024-12-12"));
    VisitFacts {
        child: Id::generate(&clock),
        worker: Id::generate(&clock),
        on: day(on),
        kind: VisitKind::Home,
        guardianship,
        risk,
        notes: "奶奶说孩子睡得不好".to_owned(),
        evidence: vec!["照片17".to_owned()],
    }
}

fn visit(on: &str, risk: Risk) -> Visit {
    let id = Id::generate(&ManualClock::new(noon("2024-12-12")));
    Visit { id, facts: facts(on, Guardianship::Good, risk), recorded: noon(on) }
}

fn months(duty: &Duty) -> Vec<String> {
    let all = Month::range(month("2024-10"), month("2025-12"));
    all.filter(|month| duty.in_month(*month).is_some()).map(|month| month.to_string()).collect()
}

#[test]
fn given_a_left_behind_child_then_duty_from_the_month_in_which_the_category_counts() {
    let left_behind = with_category(&child("371621"), Category::LeftBehind, "2025-02-28");
    let duty = Duty::none(left_behind.id).revised(&left_behind, &rule(), month("2025-02"));
    assert_eq!(duty.in_month(month("2025-02")), None);
    assert_eq!(duty.in_month(month("2025-03")), Some("371621".parse().unwrap()));
    assert_eq!(duty.in_month(month("2099-12")), Some("371621".parse().unwrap()));
}

#[test]
fn given_a_migrant_child_then_duty_only_if_it_is_special() {
    let migrant = with_category(&child("371621"), Category::Migrant, "2025-02-28");
    let plain = Duty::none(migrant.id).revised(&migrant, &rule(), month("2025-03"));
    assert!(plain.spans.is_empty());
    let special = Duty { special_migrant: true, ..plain }.revised(&migrant, &rule(), month("2025-03"));
    assert!(special.in_month(month("2025-03")).is_some());
    let back = Duty { special_migrant: false, ..special }.revised(&migrant, &rule(), month("2025-05"));
    assert_eq!(months(&back), ["2025-03", "2025-04"]);
}

#[test]
fn given_a_file_registered_in_march_with_an_old_category_then_no_duty_before() {
    let old = with_category(&child("371621"), Category::LeftBehind, "2023-05-01");
    assert_eq!(months(&Duty::none(old.id).revised(&old, &rule(), month("2025-03")))[0], "2025-03");
}

#[test]
fn given_an_end_recorded_in_march_then_march_is_no_duty_and_february_was() {
    let left_behind = with_category(&child("371621"), Category::LeftBehind, "2024-12-20");
    let duty = Duty::none(left_behind.id).revised(&left_behind, &rule(), month("2025-01"));
    let dead = left_behind.end(EndReason::Death, day("2025-01-20"), noon("2025-03-02")).unwrap().child;
    assert_eq!(months(&duty.revised(&dead, &rule(), month("2025-03"))), ["2025-01", "2025-02"]);
}

#[test]
fn given_a_move_then_the_duty_goes_along_and_the_past_stays() {
    let left_behind = with_category(&child("371621"), Category::LeftBehind, "2024-12-20");
    let duty = Duty::none(left_behind.id).revised(&left_behind, &rule(), month("2025-01"));
    let moved = left_behind.transfer(household("371681"), day("2025-03-20"), noon("2025-03-21")).unwrap().child;
    let duty = duty.revised(&moved, &rule(), month("2025-03"));
    let at = |text: &str| duty.in_month(month(text)).unwrap().to_string();
    assert_eq!((at("2025-02"), at("2025-03"), at("2025-04")), ("371621".into(), "371681".into(), "371681".into()));
}

#[test]
fn a_visit_needs_a_worker_in_post_and_a_day_that_has_come() {
    let now = noon("2025-03-10");
    let person = Person { full_name: "某某".to_owned(), phone: String::new() };
    let worker = Worker::new(Id::generate(&ManualClock::new(now)), person, now);
    let post = Post::new(Role::Director, "371602001001".parse().unwrap()).unwrap();
    let days = kernel::Period::since(day("2025-03-01"));
    let worker = worker.appoint(post, days, None, [], now).unwrap().worker;
    let check = |on: &str| {
        let id = Id::generate(&ManualClock::new(now));
        Visit::recorded(id, facts(on, Guardianship::Good, Risk::None), &worker, now).map(|visit| visit.month())
    };
    assert_eq!(check("2025-03-10"), Ok(month("2025-03")));
    assert_eq!(check("2025-03-11"), Err(VisitError::InFuture));
    assert_eq!(check("2025-02-28"), Err(VisitError::WorkerHasNoPost));
}

#[test]
fn attention_is_needed_for_a_risk_and_where_nobody_guards() {
    let check = |guardianship, risk| facts("2025-03-10", guardianship, risk).needs_attention();
    assert!(!check(Guardianship::Good, Risk::None));
    assert!(!check(Guardianship::Weak, Risk::None));
    assert!(check(Guardianship::Good, Risk::Present));
    assert!(check(Guardianship::Absent, Risk::None));
    assert!(check(Guardianship::Harmful, Risk::None));
}

#[test]
fn a_month_remembers_its_latest_visit_whatever_the_order_of_recording() {
    let [risky, calm] = [visit("2025-03-20", Risk::Present), visit("2025-03-05", Risk::None)];
    let none = VisitMonth::none(risky.facts.child, month("2025-03"));
    let expected = Some(Seen { visits: 2, last_on: day("2025-03-20"), needs_attention: true });
    assert_eq!(none.with(&risky).with(&calm).seen, expected);
    assert_eq!(none.with(&calm).with(&risky).seen, expected);
}

#[test]
fn overdue_is_told_from_the_first_microsecond_of_april_and_once() {
    let march = VisitMonth::none(visit("2025-03-20", Risk::None).facts.child, month("2025-03"));
    let midnight: kernel::Instant = "2025-03-31T16:00:00Z".parse().unwrap();
    assert_eq!(overdue_from(month("2025-03")), midnight);
    assert_eq!(march.told(kernel::Instant::from_micros(midnight.as_micros() - 1)), None);
    let told = march.told(midnight).unwrap();
    assert_eq!(told.told(midnight), None);
    let late = told.with(&visit("2025-03-20", Risk::None));
    assert_eq!((late.overdue, late.seen.map(|seen| seen.visits)), (Some(midnight), Some(1)));
    assert_eq!(march.with(&visit("2025-03-31", Risk::None)).told(midnight), None);
}

#[test]
fn nothing_seen_is_printed() {
    let text = format!("{:?}", visit("2025-03-20", Risk::Urgent));
    assert!(!text.contains("睡得不好") && !text.contains("Urgent") && !text.contains("照片17"), "{text}");
}

/// What a child's file becomes.
#[derive(Clone, Debug)]
enum Step {
    Confirm(usize, i32),
    EndCategory(usize),
    Move(bool),
    Special(bool),
    End,
}

fn steps() -> impl Strategy<Value = Vec<(u8, Step)>> {
    let step = prop_oneof![
        4 => (0..4_usize, 0..5_i32).prop_map(|(category, back)| Step::Confirm(category, back)),
        3 => (0..6_usize).prop_map(Step::EndCategory),
        2 => any::<bool>().prop_map(Step::Move),
        2 => any::<bool>().prop_map(Step::Special),
        1 => Just(Step::End),
    ];
    proptest::collection::vec((0..3_u8, step), 1..12)
}

const CATEGORIES: [Category; 4] = [Category::LeftBehind, Category::Migrant, Category::Disabled, Category::InDifficulty];

fn after(child: &Child, step: &Step, present: Month) -> Child {
    let today = present.first_day();
    let now = noon(&today.to_string());
    let changed = match *step {
        Step::Confirm(category, back) => {
            let id = Id::generate(&ManualClock::new(now));
            child.confirm(id, CATEGORIES[category], present.plus(-back).first_day(), now).ok()
        }
        Step::EndCategory(index) => {
            let record = child.categories.get(index).map(|record: &CategoryRecord| record.id);
            record.and_then(|record| child.end_category(record, today, now).ok())
        }
        Step::Move(there) => child.transfer(household(if there { "371681" } else { "371621" }), today, now).ok(),
        Step::End => child.end(EndReason::Adoption, today, now).ok(),
        Step::Special(_) => None,
    };
    changed.map_or_else(|| child.clone(), |change| change.child)
}

proptest! {
    /// A month's duty is what the file said at the month's end, asked month by month.
    #[test]
    fn the_past_of_a_duty_is_what_was_known_at_the_end_of_each_month(steps in steps()) {
        let mut file = child("371621");
        let mut duty = Duty::none(file.id);
        let mut present = month("2024-10");
        // By month: where the child is on duty, as it was known when the month ended.
        let mut known: Vec<(Month, Option<kernel::Division>)> = Vec::new();
        let says = |file: &Child, special: bool, month: Month| {
            let counts = file.categories.iter().any(|record| {
                record.counts_in(month) && (record.category != Category::Migrant || special)
            });
            (counts && file.active().is_ok()).then(|| file.household().division())
        };
        for (pause, step) in &steps {
            for _ in 0..*pause {
                known.push((present, says(&file, duty.special_migrant, present)));
                present = present.next();
            }
            file = after(&file, step, present);
            if let Step::Special(special) = step {
                duty.special_migrant = *special;
            }
            duty = duty.revised(&file, &rule(), present);
            prop_assert!(duty.spans.windows(2).all(|pair| pair[0].until.is_some_and(|until| until <= pair[1].from)));
        }
        for (month, expected) in known {
            prop_assert_eq!(duty.in_month(month), expected, "{}", month);
        }
        for ahead in Month::range(present, present.plus(6)) {
            prop_assert_eq!(duty.in_month(ahead), says(&file, duty.special_migrant, ahead), "{}", ahead);
        }
    }
}
