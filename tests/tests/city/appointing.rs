//! Workers have posts, are trained, replaced and looked up as things stood.

use contract::registry::v1;
use contract::registry::v1::replace_worker_request::Successor;
use contract::registry::v1::worker_service_server::WorkerService as _;
use tests::both_databases;
use tests::city::Backend;
use tests::refusal::assert_refused;
use tonic::Code;

use crate::office::{Office, answer, appointment, asked, day, person};

both_databases!(
    a_village_has_one_director_at_a_time,
    a_replacement_takes_the_assigned_children_along,
    a_worker_reads_as_of_any_day_and_any_knowledge,
    what_a_worker_learns_is_recorded_and_nothing_of_a_person_lies_open,
    workers_are_listed_by_post_and_page,
    a_name_is_corrected_and_a_phone_changes_from_a_day_on,
);

const VILLAGE: &str = "371602001001";
const NEXT_VILLAGE: &str = "371602001002";
const TOWNSHIP: &str = "371602001";

fn instant(time: &str) -> prost_types::Timestamp {
    let seconds = time.parse::<kernel::Instant>().unwrap().as_micros() / 1_000_000;
    prost_types::Timestamp { seconds, nanos: 0 }
}

async fn a_village_has_one_director_at_a_time(backend: Backend) {
    let office = Office::open(backend, "2025-01-15").await;
    let first = office.appoint(VILLAGE, "2025-01-01").await;
    let appoint = async |request| office.workers.appoint_worker(asked(request)).await;
    let taken = appoint(appointment(VILLAGE, "2025-06-01")).await;
    assert_refused(taken, Code::FailedPrecondition, "POST_TAKEN");
    let again = v1::AppointWorkerRequest {
        subject: Some(v1::appoint_worker_request::Subject::Worker(first.id.clone())),
        ..appointment(NEXT_VILLAGE, "2025-06-01")
    };
    assert_refused(appoint(again.clone()).await, Code::FailedPrecondition, "WORKER_HAS_POST");
    let wrong =
        v1::AppointWorkerRequest { role: v1::WorkerRole::Director.into(), ..appointment(TOWNSHIP, "2025-01-01") };
    assert_refused(appoint(wrong).await, Code::InvalidArgument, "DIVISION_LEVEL");
    assert_refused(appoint(appointment("371602999", "2025-01-01")).await, Code::InvalidArgument, "UNKNOWN_DIVISION");
    let stale = v1::AppointWorkerRequest { etag: "v9".to_owned(), ..again.clone() };
    assert_refused(appoint(stale).await, Code::Aborted, "ETAG_MISMATCH");

    let end = |until: &str| v1::EndAppointmentRequest {
        worker: first.id.clone(),
        until: Some(day(until)),
        ..Default::default()
    };
    let early = office.workers.end_appointment(asked(end("2025-01-01"))).await;
    assert_refused(early, Code::FailedPrecondition, "DATE_BEFORE_START");
    answer(office.workers.end_appointment(asked(end("2025-06-01"))).await);
    let twice = office.workers.end_appointment(asked(end("2025-06-01"))).await;
    assert_refused(twice, Code::FailedPrecondition, "WORKER_HAS_NO_POST");
    answer(appoint(again).await);
    let next = answer(appoint(appointment(VILLAGE, "2025-06-01")).await).worker.unwrap();

    let appointed: Vec<_> = office.told::<v1::WorkerAppointed>().await;
    let told: Vec<_> = appointed.iter().map(|event| (event.worker.as_str(), event.division.as_str())).collect();
    assert_eq!(told, [(&*first.id, VILLAGE), (&*first.id, NEXT_VILLAGE), (&*next.id, VILLAGE)]);
    assert!(appointed.iter().all(|event| event.county == "371602" && event.predecessor.is_empty()));
    let ended = office.told::<v1::WorkerEnded>().await;
    assert_eq!((ended.len(), ended[0].until), (1, Some(day("2025-06-01"))));
}

async fn a_replacement_takes_the_assigned_children_along(backend: Backend) {
    let office = Office::open(backend, "2025-01-15").await;
    let goes = office.appoint(VILLAGE, "2025-01-01").await.id;
    let other = office.appoint(NEXT_VILLAGE, "2025-01-01").await.id;
    let assign = async |child: &str, worker: &str, from: &str, until: Option<&str>| {
        let request = v1::AssignChildRequest {
            child: child.to_owned(),
            worker: worker.to_owned(),
            from: Some(day(from)),
            until: until.map(day),
            ..Default::default()
        };
        office.workers.assign_child(asked(request)).await
    };
    let (theirs, others) = (office.child(NEXT_VILLAGE).await, office.child(VILLAGE).await);
    answer(assign(&theirs, &goes, "2025-01-10", None).await);
    answer(assign(&others, &other, "2025-01-10", None).await);
    assert_refused(assign(&theirs, &goes, "2024-12-31", None).await, Code::FailedPrecondition, "WORKER_HAS_NO_POST");
    let empty = assign(&theirs, &goes, "2025-01-10", Some("2025-01-10")).await;
    assert_refused(empty, Code::InvalidArgument, "PERIOD_EMPTY");

    let replace = |successor: Successor| v1::ReplaceWorkerRequest {
        worker: goes.clone(),
        successor: Some(successor),
        from: Some(day("2025-02-01")),
        ..Default::default()
    };
    let busy = office.workers.replace_worker(asked(replace(Successor::Known(other.clone())))).await;
    assert_refused(busy, Code::FailedPrecondition, "WORKER_HAS_POST");
    let same = office.workers.replace_worker(asked(replace(Successor::Known(goes.clone())))).await;
    assert_refused(same, Code::InvalidArgument, "SAME_WORKER");
    let replaced = answer(office.workers.replace_worker(asked(replace(Successor::Person(person("赵主任"))))).await);
    let comes = replaced.successor.unwrap();
    assert_eq!(replaced.children, 1);
    assert_eq!(comes.posts[0].from, Some(day("2025-02-01")));
    assert_eq!(replaced.worker.unwrap().posts[0].until, Some(day("2025-02-01")));

    // Read back by an assignment that changes nothing of what is asked.
    let held = answer(assign(&theirs, &comes.id, "2025-03-01", None).await).assignments;
    let held: Vec<_> = held.iter().map(|it| (it.worker.as_str(), it.from.unwrap(), it.until)).collect();
    assert_eq!(held, [(&*goes, day("2025-01-10"), Some(day("2025-02-01"))), (&*comes.id, day("2025-02-01"), None)]);
    let appointed = office.told::<v1::WorkerAppointed>().await;
    assert_eq!(appointed.last().unwrap().predecessor, goes);
    let ended = office.told::<v1::WorkerEnded>().await;
    assert_eq!(ended.last().unwrap().successor, comes.id);

    let end =
        v1::EndAppointmentRequest { worker: comes.id.clone(), until: Some(day("2025-04-01")), ..Default::default() };
    answer(office.workers.end_appointment(asked(end)).await);
    let left = answer(assign(&theirs, "", "2026-01-01", None).await).assignments;
    assert_eq!(left.last().unwrap().until, Some(day("2025-04-01")), "no assignment outlasts the post");
}

async fn a_worker_reads_as_of_any_day_and_any_knowledge(backend: Backend) {
    let office = Office::open(backend, "2025-01-15").await;
    let worker = office.appoint(VILLAGE, "2025-01-01").await.id;
    office.at("2025-03-10");
    let end =
        v1::EndAppointmentRequest { worker: worker.clone(), until: Some(day("2025-03-01")), ..Default::default() };
    answer(office.workers.end_appointment(asked(end)).await);
    let post = async |valid: &str, recorded: Option<&str>| {
        let request = v1::GetWorkerRequest {
            worker: worker.clone(),
            as_of_valid: Some(day(valid)),
            as_of_recorded: recorded.map(instant),
        };
        let read = answer(office.workers.get_worker(asked(request)).await).worker.unwrap();
        read.post.map(|post| (post.from, post.until))
    };
    let (from, until) = (Some(day("2025-01-01")), Some(day("2025-03-01")));
    assert_eq!(post("2025-02-28", None).await, Some((from, until)));
    assert_eq!(post("2025-03-01", None).await, None);
    assert_eq!(post("2025-03-01", Some("2025-03-09T15:59:59Z")).await, Some((from, None)), "nobody knew of the end");
    assert_eq!(post("2025-03-01", Some("2025-03-09T16:00:00Z")).await, None);
    let early = v1::GetWorkerRequest {
        worker: worker.clone(),
        as_of_recorded: Some(instant("2025-01-14T15:59:59Z")),
        ..Default::default()
    };
    let early = office.workers.get_worker(asked(early)).await;
    assert_refused(early, Code::NotFound, "WORKER_NOT_FOUND");
    let nobody = v1::GetWorkerRequest { worker: office.child(VILLAGE).await, ..Default::default() };
    assert_refused(office.workers.get_worker(asked(nobody)).await, Code::NotFound, "WORKER_NOT_FOUND");
}

async fn what_a_worker_learns_is_recorded_and_nothing_of_a_person_lies_open(backend: Backend) {
    let office = Office::open(backend, "2025-01-15").await;
    let worker = office.appoint(VILLAGE, "2025-01-01").await.id;
    let train = |on: &str| v1::RecordTrainingRequest {
        worker: worker.clone(),
        training: Some(v1::Training {
            trained_on: Some(day(on)),
            hours: 8,
            topic: "入户走访".to_owned(),
            certificate: "滨证2025-017".to_owned(),
        }),
        ..Default::default()
    };
    let trained = answer(office.workers.record_training(asked(train("2025-01-10"))).await).worker.unwrap();
    assert!(trained.trainings[0] == train("2025-01-10").training.unwrap());
    let future = office.workers.record_training(asked(train("2025-01-16"))).await;
    assert_refused(future, Code::InvalidArgument, "DATE_OUT_OF_RANGE");
    let acknowledge = v1::AcknowledgeGuideRequest {
        worker: worker.clone(),
        acknowledgement: Some(v1::GuideAcknowledgement {
            guide_version: "2024".to_owned(),
            acknowledged_on: Some(day("2025-01-11")),
        }),
        ..Default::default()
    };
    let once = answer(office.workers.acknowledge_guide(asked(acknowledge.clone())).await).worker.unwrap();
    let twice = answer(office.workers.acknowledge_guide(asked(acknowledge)).await).worker.unwrap();
    assert!(once == twice && twice.acknowledgements.len() == 1);
    let told = office.told::<v1::WorkerTrained>().await;
    assert_eq!((told.len(), told[0].hours, told[0].county.as_str()), (1, 8, "371602"));
    for secret in ["李主任", "19900001111", "入户走访", "滨证2025-017"] {
        assert!(!office.lies_open(secret).await, "a personal text lies in the database as it is");
    }
    assert!(office.lies_open(VILLAGE).await, "this search finds what lies open");
}

async fn workers_are_listed_by_post_and_page(backend: Backend) {
    let office = Office::open(backend, "2025-01-15").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let next = office.appoint(NEXT_VILLAGE, "2025-01-01").await.id;
    let supervisor = office.appoint(TOWNSHIP, "2025-01-01").await.id;
    let elsewhere = office.appoint("371681001", "2025-01-01").await.id;
    let later = office.appoint("371681001213", "2025-03-01").await.id;
    let list = async |request: v1::ListWorkersRequest| {
        let page = answer(office.workers.list_workers(asked(request)).await);
        (page.workers.into_iter().map(|worker| worker.id).collect::<Vec<_>>(), page.next_page_token)
    };
    let of = |division: &str, role: v1::WorkerRole| v1::ListWorkersRequest {
        division: division.to_owned(),
        role: role.into(),
        ..Default::default()
    };
    let any = v1::WorkerRole::Unspecified;
    assert_eq!(list(of("371602", any)).await.0, [&*director, &*next, &*supervisor]);
    assert_eq!(list(of("", v1::WorkerRole::Supervisor)).await.0, [&*supervisor, &*elsewhere]);
    assert_eq!(list(of("371602001001", any)).await.0, [&*director]);
    office.at("2025-03-01");
    assert_eq!(list(of("371681", any)).await.0, [&*elsewhere, &*later]);

    let page = |token: String| v1::ListWorkersRequest { page_size: 2, page_token: token, ..of("371602", any) };
    let (first, token) = list(page(String::new())).await;
    assert_eq!(first, [&*director, &*next]);
    assert_eq!(list(page(token.clone())).await, (vec![supervisor.clone()], String::new()));
    let other = v1::ListWorkersRequest { page_token: token, ..of("371681", any) };
    assert_refused(office.workers.list_workers(asked(other)).await, Code::InvalidArgument, "PAGE_TOKEN_INVALID");

    let training =
        v1::Training {
            trained_on: Some(day("2025-01-10")), hours: 4, topic: "法规".to_owned(), ..Default::default()
        };
    let trained = v1::RecordTrainingRequest { worker: director, training: Some(training), ..Default::default() };
    answer(office.workers.record_training(asked(trained)).await);
    let untrained = v1::ListWorkersRequest { without_training: true, ..of("371602", any) };
    assert_eq!(list(untrained).await.0, [&*next, &*supervisor]);
}

async fn a_name_is_corrected_and_a_phone_changes_from_a_day_on(backend: Backend) {
    let office = Office::open(backend, "2025-01-15").await;
    let worker = office.appoint(VILLAGE, "2025-01-01").await;
    let update = |name: &str, phone: &str, paths: &[&str], valid_from: Option<&str>| v1::UpdateWorkerRequest {
        worker: worker.id.clone(),
        person: Some(v1::WorkerPerson { full_name: name.to_owned(), phone: phone.to_owned() }),
        update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(ToString::to_string).collect() }),
        valid_from: valid_from.map(day),
        ..Default::default()
    };
    let known = async |on: &str, recorded: Option<&str>| {
        let request = v1::GetWorkerRequest {
            worker: worker.id.clone(),
            as_of_valid: Some(day(on)),
            as_of_recorded: recorded.map(instant),
        };
        let person = answer(office.workers.get_worker(asked(request)).await).worker.unwrap().person.unwrap();
        (person.full_name, person.phone)
    };
    let is = |name: &str, phone: &str| (name.to_owned(), phone.to_owned());
    office.at("2025-02-10");
    let both = update("李主仁", "19900002222", &["full_name", "phone"], None);
    let changed = answer(office.workers.update_worker(asked(both.clone())).await).worker.unwrap();
    assert_ne!(changed.etag, worker.etag);
    assert!(answer(office.workers.update_worker(asked(both)).await).worker.unwrap() == changed, "nothing else changed");
    assert_eq!(known("2025-02-09", None).await, is("李主仁", "19900001111"));
    assert_eq!(known("2025-02-10", None).await, is("李主仁", "19900002222"));
    assert_eq!(known("2025-02-10", Some("2025-02-09T15:59:59Z")).await, is("李主任", "19900001111"));
    office.at("2025-03-10");
    let earlier = update("", "19900003333", &["phone"], Some("2025-02-01"));
    answer(office.workers.update_worker(asked(earlier)).await);
    assert_eq!(known("2025-01-31", None).await, is("李主仁", "19900001111"));
    assert_eq!(known("2025-02-01", None).await, is("李主仁", "19900003333"));
    assert_eq!(known("2025-02-10", Some("2025-03-09T15:59:59Z")).await, is("李主仁", "19900002222"));
    assert_eq!(known("2025-02-10", None).await, is("李主仁", "19900003333"));

    let update = async |request| office.workers.update_worker(asked(request)).await;
    let refused = |name: &str, paths: &[&str], from: Option<&str>| v1::UpdateWorkerRequest {
        person: Some(person(name)),
        update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(ToString::to_string).collect() }),
        valid_from: from.map(day),
        worker: worker.id.clone(),
        ..Default::default()
    };
    assert_refused(update(refused("  ", &["full_name"], None)).await, Code::InvalidArgument, "NAME_MISSING");
    assert_refused(update(refused("", &["full_name"], None)).await, Code::InvalidArgument, "INVALID_FIELDS");
    assert_refused(update(refused("李", &["*"], None)).await, Code::InvalidArgument, "INVALID_FIELDS");
    let future = refused("李", &["phone"], Some("2025-03-11"));
    assert_refused(update(future).await, Code::InvalidArgument, "DATE_OUT_OF_RANGE");
    let stale = v1::UpdateWorkerRequest { etag: worker.etag.clone(), ..refused("李", &["phone"], None) };
    assert_refused(update(stale).await, Code::Aborted, "ETAG_MISMATCH");
    for secret in ["李主任", "李主仁", "19900001111", "19900003333"] {
        assert!(!office.lies_open(secret).await, "a personal text lies in the database as it is");
    }
}
