use kernel::{Id, ManualClock, Period};

use super::*;
use crate::domain::samples::{day, noon};

fn named(name: &str) -> Worker {
    let now = noon("2024-12-12");
    let person = Person { full_name: name.to_owned(), phone: String::new() };
    Worker::new(Id::generate(&ManualClock::new(now)), person, now)
}

fn post(code: &str) -> Post {
    Post::new(if code.len() == 12 { Role::Director } else { Role::Supervisor }, code.parse().unwrap()).unwrap()
}

fn appointed(worker: &Worker, code: &str, from: &str) -> Worker {
    worker.appoint(post(code), Period::since(day(from)), None, [], noon(from)).unwrap().worker
}

#[test]
fn a_post_lies_in_a_division_of_its_level() {
    let check = |role: Role, code: &str| Post::new(role, code.parse().unwrap()).is_ok();
    assert!(check(Role::Director, "371602001001"));
    assert!(check(Role::Supervisor, "371602001"));
    assert!(!check(Role::Director, "371602001"));
    assert!(!check(Role::Supervisor, "371602001001"));
    assert!(!check(Role::Supervisor, "441900003"), "a township without a county");
}

#[test]
fn given_a_director_when_another_is_appointed_to_the_village_then_the_post_is_taken() {
    let one = appointed(&named("一"), "371602001001", "2025-01-01");
    let other = named("二");
    let check = |post: Post, from: &str| {
        other.appoint(post, Period::since(day(from)), None, [&one], noon("2025-01-01")).map(|change| change.worker)
    };
    assert_eq!(check(post("371602001001"), "2024-06-01").unwrap_err(), AppointmentError::PostTaken);
    assert!(check(post("371602001002"), "2025-01-01").is_ok());
    let (ended, of, rest) = one.end_post(day("2025-03-01"), None, noon("2025-02-01")).unwrap();
    assert_eq!((of, rest), (post("371602001001"), Period::since(day("2025-03-01"))));
    let from = Period::since(day("2025-03-01"));
    assert!(other.appoint(post("371602001001"), from, None, [&ended.worker], noon("2025-02-01")).is_ok());
}

#[test]
fn given_a_director_then_no_second_village_at_the_same_time() {
    let one = appointed(&named("一"), "371602001001", "2025-01-01");
    let check = |from: &str, until: Option<&str>| {
        let days = Period::new(day(from), until.map(day)).unwrap();
        one.appoint(post("371602001002"), days, None, [], noon("2025-01-01")).map(drop)
    };
    assert_eq!(check("2025-02-01", None), Err(AppointmentError::WorkerHasPost));
    assert_eq!(check("2024-02-01", Some("2025-01-01")), Ok(()));
}

#[test]
fn ends_that_cannot_be_are_refused() {
    let one = appointed(&named("一"), "371602001001", "2025-01-01");
    let check = |worker: &Worker, until: &str| worker.end_post(day(until), None, noon("2025-02-01")).map(drop);
    assert_eq!(check(&one, "2025-01-01"), Err(AppointmentError::BeforeStart));
    assert_eq!(check(&one, "2024-12-31"), Err(AppointmentError::WorkerHasNoPost));
    let ended = one.end_post(day("2025-01-02"), None, noon("2025-02-01")).unwrap().0.worker;
    assert_eq!(check(&ended, "2025-01-02"), Err(AppointmentError::WorkerHasNoPost), "it has ended already");
    assert_eq!(ended.posts.on(day("2025-01-01")), Some(&post("371602001001")));
    assert_eq!(ended.posts.as_of(day("2025-01-02"), noon("2025-01-31")), Some(&post("371602001001")));
}

#[test]
fn a_training_is_told_with_the_county_of_the_latest_post() {
    let one = appointed(&named("一"), "371602001001", "2025-01-01");
    let training = |on: &str| Training {
        on: day(on),
        hours: 8,
        topic: "入户走访".to_owned(),
        certificate: String::new(),
        recorded: noon("2025-02-01"),
    };
    let change = one.train(training("2025-01-20"), noon("2025-02-01")).unwrap();
    assert_eq!(
        change.events,
        [WorkerEvent {
            worker: one.id,
            post: post("371602001001"),
            fact: WorkerFact::Trained { on: day("2025-01-20"), hours: 8 }
        }]
    );
    assert_eq!(one.train(training("2025-02-02"), noon("2025-02-01")), Err(TrainingError::InFuture));
    assert!(!format!("{change:?}").contains("入户走访"));
}

#[test]
fn a_guide_is_acknowledged_once_a_version() {
    let one = appointed(&named("一"), "371602001001", "2025-01-01");
    let read = |version: &str| GuideAcknowledgement {
        version: version.to_owned(),
        on: day("2025-01-20"),
        recorded: noon("2025-02-01"),
    };
    let once = one.acknowledge(read("2024"), noon("2025-02-01")).unwrap().worker;
    assert_eq!(once.acknowledge(read("2024"), noon("2025-02-02")).unwrap().worker, once);
    assert_eq!(once.acknowledge(read("2025"), noon("2025-02-02")).unwrap().worker.acknowledgements.len(), 2);
}

#[test]
fn a_handover_takes_the_days_of_one_worker_only() {
    let clock = ManualClock::new(noon("2024-12-12"));
    let [one, other, third] = std::array::from_fn(|_| Id::generate(&clock));
    let days = |from: &str, until: Option<&str>| Period::new(day(from), until.map(day)).unwrap();
    let child = Assignment::none(Id::generate(&clock))
        .assigned(Some(one), days("2025-01-01", Some("2025-03-01")), noon("2025-01-01"))
        .assigned(Some(other), days("2025-03-01", Some("2025-05-01")), noon("2025-01-01"))
        .assigned(Some(one), days("2025-05-01", None), noon("2025-01-01"));
    let from = Period::since(day("2025-02-01"));
    let handed = child.handed_over(one, Some(third), from, noon("2025-01-15"));
    let on = |assignment: &Assignment, text: &str| assignment.workers.on(day(text)).copied();
    let expected = [("2025-01-31", one), ("2025-02-01", third), ("2025-04-30", other), ("2025-05-01", third)];
    for (text, worker) in expected {
        assert_eq!(on(&handed, text), Some(worker), "{text}");
    }
    let left = child.handed_over(one, None, from, noon("2025-01-15"));
    assert_eq!((on(&left, "2025-02-01"), on(&left, "2025-03-01")), (None, Some(other)));
    assert_eq!(child.handed_over(third, None, from, noon("2025-01-15")), child);
}
