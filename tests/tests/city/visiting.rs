//! Every child on duty is seen once a month; who was not is told to the supervisor on the 1st, and once.

use contract::registry::v1;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::migrant_service_server::MigrantService as _;
use contract::registry::v1::visit_service_server::VisitService as _;
use contract::registry::v1::worker_service_server::WorkerService as _;
use platform::sweeper::Sweeper;
use tests::both_databases;
use tests::city::Backend;
use tests::refusal::assert_refused;
use tonic::Code;

use crate::office::{Office, answer, asked, day, visit};

both_databases!(
    a_left_behind_child_not_visited_by_the_31st_is_overdue_on_the_1st_and_a_migrant_child_never,
    two_processes_and_a_restart_tell_nothing_twice,
    hundreds_of_children_and_several_months_are_told_in_steps,
    a_visit_does_the_duty_and_tells_nothing_of_what_was_seen,
    a_phones_batch_is_recorded_once_and_its_bad_entries_are_named,
    a_workers_list_holds_the_children_who_are_with_the_worker,
    a_late_record_unsays_nothing_and_the_summary_knows,
    the_duty_follows_categories_moves_merges_and_ends,
    another_rule_counts_from_the_present_month_on,
    the_ledger_puts_a_special_migrant_child_on_the_duty_and_takes_it_off,
);

const VILLAGE: &str = "371602001001";
const NEXT_VILLAGE: &str = "371602001002";
const TOWNSHIP: &str = "371602001";

impl Office {
    async fn record(&self, visit: v1::VisitFacts) -> v1::Visit {
        let request = v1::RecordVisitRequest { visit: Some(visit), ..Default::default() };
        answer(self.visits.record_visit(asked(request)).await).visit.unwrap()
    }

    /// The children on a worker's list of a month, with their states.
    async fn due(&self, worker: &str, month: &str) -> Vec<(String, v1::DutyState)> {
        let request =
            v1::ListDueVisitsRequest { worker: worker.to_owned(), month: Some(first(month)), ..Default::default() };
        let due = answer(self.visits.list_due_visits(asked(request)).await).due;
        due.into_iter().map(|due| (due.child.clone(), due.state())).collect()
    }

    /// Changes something of a child's file that has nothing to do with its duty.
    async fn touch(&self, child: &str) {
        let request = v1::UpdateChildRequest {
            child: child.to_owned(),
            profile: Some(v1::ChildProfile { phone: "19900008431".to_owned(), ..Default::default() }),
            update_mask: Some(prost_types::FieldMask { paths: vec!["phone".to_owned()] }),
            ..Default::default()
        };
        answer(self.children.update_child(asked(request)).await);
    }

    async fn summary(&self, month: &str) -> v1::VisitSummary {
        let request = v1::SummariseVisitsRequest { month: Some(first(month)), division: "371602".to_owned() };
        answer(self.visits.summarise_visits(asked(request)).await).total.unwrap()
    }

    async fn overdue(&self) -> Vec<(String, i32)> {
        let told = self.told::<v1::VisitOverdue>().await;
        told.into_iter().map(|event| (event.child, event.month.unwrap().month)).collect()
    }
}

/// A month of the wire.
fn first(month: &str) -> contract::google::r#type::Date {
    contract::date::from_month(month.parse().unwrap())
}

async fn a_left_behind_child_not_visited_by_the_31st_is_overdue_on_the_1st_and_a_migrant_child_never(backend: Backend) {
    let office = Office::open(backend, "2025-02-10").await;
    let supervisor = office.appoint(TOWNSHIP, "2025-01-01").await.id;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let left_behind = office.child_with(VILLAGE, v1::Category::LeftBehind, "2025-02-10").await;
    let migrant = office.child_with(VILLAGE, v1::Category::Migrant, "2025-02-10").await;
    let special = office.child_with(VILLAGE, v1::Category::Migrant, "2025-02-10").await;
    let flag = v1::SetSpecialMigrantRequest { child: special.clone(), special: true, ..Default::default() };
    let flagged = answer(office.visits.set_special_migrant(asked(flag)).await);
    assert!(!flagged.on_duty, "the category counts from March");

    office.at("2025-03-01");
    office.sweep().await;
    assert_eq!(office.overdue().await, [], "nobody was on duty in February");
    office.at("2025-03-31T15:59:59Z");
    office.sweep().await;
    assert_eq!(office.overdue().await, [], "the day is not over");
    office.at("2025-03-31T16:00:00Z");
    office.sweep().await;
    assert_eq!(office.overdue().await, [(left_behind.clone(), 3), (special.clone(), 3)]);
    let told = office.told::<v1::VisitOverdue>().await;
    assert!(told.iter().all(|event| event.supervisor == supervisor && event.worker == director));
    assert!(told.iter().all(|event| event.county == "371602" && event.child != migrant));
    office.sweep().await;
    office.at("2025-04-30T15:59:59Z");
    office.sweep().await;
    assert_eq!(office.overdue().await.len(), 2, "once for each child and month");
    office.record(visit(&left_behind, &director, "2025-04-30")).await;
    office.at("2025-05-01");
    office.sweep().await;
    assert_eq!(office.overdue().await[2..], [(special, 4)]);
}

async fn two_processes_and_a_restart_tell_nothing_twice(backend: Backend) {
    let office = Office::open(backend, "2025-03-10").await;
    let mut children = Vec::new();
    for _ in 0..6 {
        children.push((office.child_with(VILLAGE, v1::Category::LeftBehind, "2025-02-10").await, 3));
    }
    let other = office.another().await;
    office.at("2025-04-01");
    let (one, two) = tokio::join!(
        Sweeper::run_once(office.application.as_ref(), &office.clock, &office.sweeps),
        Sweeper::run_once(other.application.as_ref(), &other.clock, &other.sweeps)
    );
    one.and(two).unwrap();
    office.another().await.sweep().await;
    assert_eq!(office.overdue().await, children);
}

async fn hundreds_of_children_and_several_months_are_told_in_steps(backend: Backend) {
    let office = Office::open(backend, "2025-02-10").await;
    let children =
        futures::future::join_all((0..600).map(|_| office.child_with(VILLAGE, v1::Category::Disabled, "2025-01-10")))
            .await;
    office.at("2025-05-02");
    office.sweep().await;
    let mut told = office.overdue().await;
    told.sort();
    let mut expected: Vec<_> =
        children.into_iter().flat_map(|child| [2, 3, 4].map(|month| (child.clone(), month))).collect();
    expected.sort();
    assert_eq!(told, expected);
}

async fn a_visit_does_the_duty_and_tells_nothing_of_what_was_seen(backend: Backend) {
    let office = Office::open(backend, "2025-03-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let child = office.child_with(VILLAGE, v1::Category::LeftBehind, "2025-02-10").await;
    let seen = v1::VisitFacts {
        risk: v1::VisitRisk::Present.into(),
        notes: "奶奶说孩子睡得不好".to_owned(),
        evidence: vec!["照片17".to_owned()],
        ..visit(&child, &director, "2025-03-09")
    };
    let recorded = office.record(seen.clone()).await;
    assert!(recorded.facts == Some(seen.clone()));
    assert_eq!(office.due(&director, "2025-03").await, [(child.clone(), v1::DutyState::Done)]);
    office.record(visit(&child, &director, "2025-03-02")).await;
    let told = office.told::<v1::VisitCompleted>().await;
    let told: Vec<_> = told.iter().map(|event| (event.visited_on.unwrap(), event.needs_attention)).collect();
    assert_eq!(told, [(day("2025-03-09"), true), (day("2025-03-02"), false)]);
    assert_eq!(office.summary("2025-03").await.at_risk, 1, "the latest visit counts");
    for secret in ["奶奶说孩子睡得不好", "照片17"] {
        assert!(!office.lies_open(secret).await, "what was seen lies in the database as it is");
    }

    let list = async |size: i32, token: String| {
        let request = v1::ListVisitsRequest { child: child.clone(), page_size: size, page_token: token };
        let page = answer(office.visits.list_visits(asked(request)).await);
        let days: Vec<_> = page.visits.into_iter().map(|visit| visit.facts.unwrap().visited_on.unwrap().day).collect();
        (days, page.next_page_token)
    };
    assert_eq!(list(0, String::new()).await, (vec![9, 2], String::new()));
    let (page, token) = list(1, String::new()).await;
    assert_eq!((page, list(1, token).await), (vec![9], (vec![2], String::new())));

    let refused = async |visit: v1::VisitFacts| {
        let request = v1::RecordVisitRequest { visit: Some(visit), ..Default::default() };
        office.visits.record_visit(asked(request)).await
    };
    let future = refused(visit(&child, &director, "2025-03-11")).await;
    assert_refused(future, Code::InvalidArgument, "DATE_OUT_OF_RANGE");
    let before = refused(visit(&child, &director, "2024-12-31")).await;
    assert_refused(before, Code::FailedPrecondition, "WORKER_HAS_NO_POST");
    assert_refused(refused(visit(&director, &director, "2025-03-09")).await, Code::NotFound, "CHILD_NOT_FOUND");
    assert_refused(refused(visit(&child, &child, "2025-03-09")).await, Code::NotFound, "WORKER_NOT_FOUND");
}

async fn a_phones_batch_is_recorded_once_and_its_bad_entries_are_named(backend: Backend) {
    let office = Office::open(backend, "2025-03-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let child = office.child_with(VILLAGE, v1::Category::LeftBehind, "2025-02-10").await;
    let id = |number: u32| format!("0195a000-0000-4000-8000-{number:012}");
    let entry = |number: u32, visit: v1::VisitFacts| v1::VisitEntry { id: id(number), visit: Some(visit) };
    let good = visit(&child, &director, "2025-03-09");
    let batch = |entries: Vec<v1::VisitEntry>, request_id: &str| v1::RecordVisitsRequest {
        entries,
        request_id: request_id.to_owned(),
    };
    let send = async |request: v1::RecordVisitsRequest| {
        let results = answer(office.visits.record_visits(asked(request)).await).results;
        results.into_iter().map(|result| (result.id, result.recorded, result.reason)).collect::<Vec<_>>()
    };
    let morning = vec![
        entry(1, good.clone()),
        entry(2, visit(&director, &director, "2025-03-09")),
        entry(3, v1::VisitFacts { risk: 0, ..good.clone() }),
        entry(1, good.clone()),
        entry(4, visit(&child, &director, "2025-03-12")),
    ];
    let said = |number: u32, reason: &str| (id(number), reason.is_empty(), reason.to_owned());
    let expected =
        [said(1, ""), said(2, "CHILD_NOT_FOUND"), said(3, "INVALID_FIELDS"), said(1, ""), said(4, "DATE_OUT_OF_RANGE")];
    let request = batch(morning.clone(), "6f0f4c2e-93a5-4a39-9c4d-7a3f9f3b1c11");
    assert_eq!(send(request.clone()).await, expected);
    assert_eq!(send(request).await, expected, "the same batch");
    assert_eq!(send(batch(morning, "")).await, expected, "the same visits in another batch");
    assert_eq!(office.told::<v1::VisitCompleted>().await.len(), 1);
    let other = v1::VisitFacts { notes: "别的".to_owned(), ..good.clone() };
    let results = send(batch(vec![entry(1, other), entry(5, good)], "")).await;
    assert_eq!(results, [said(1, "VISIT_ID_REUSED"), said(5, "")]);
    office.at("2025-03-12");
    let later = send(batch(vec![entry(4, visit(&child, &director, "2025-03-12"))], "")).await;
    assert_eq!(later, [said(4, "")], "what was wrong may be right later");
    assert_eq!(office.told::<v1::VisitCompleted>().await.len(), 3);
}

async fn a_workers_list_holds_the_children_who_are_with_the_worker(backend: Backend) {
    let office = Office::open(backend, "2025-03-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let supervisor = office.appoint(TOWNSHIP, "2025-01-01").await.id;
    let child = async |division| office.child_with(division, v1::Category::LeftBehind, "2025-02-10").await;
    let (own, given, far, rough) =
        (child(VILLAGE).await, child(VILLAGE).await, child(NEXT_VILLAGE).await, child(TOWNSHIP).await);
    office.child(VILLAGE).await;
    child("371681001").await;
    let assign = async |child: &str, worker: &str, from: &str| {
        let request = v1::AssignChildRequest {
            child: child.to_owned(),
            worker: worker.to_owned(),
            from: Some(day(from)),
            ..Default::default()
        };
        answer(office.workers.assign_child(asked(request)).await);
    };
    assign(&given, &supervisor, "2025-03-01").await;
    let of = async |worker: &str, month: &str| {
        office.due(worker, month).await.into_iter().map(|due| due.0).collect::<Vec<_>>()
    };
    assert_eq!(of(&director, "2025-03").await, [&*own]);
    assert_eq!(of(&supervisor, "2025-03").await, [given.clone(), far.clone(), rough.clone()]);
    assign(&far, &director, "2025-03-15").await;
    assert_eq!(of(&director, "2025-03").await, [&*own], "not yet");
    assert_eq!(of(&director, "2025-04").await, [own.clone(), far.clone()]);
    assert_eq!(of(&director, "2025-02").await, [] as [String; 0], "no duty in February");

    let page = async |token: String| {
        let request = v1::ListDueVisitsRequest {
            worker: supervisor.clone(),
            month: Some(first("2025-03")),
            page_size: 2,
            page_token: token,
            open_only: true,
        };
        let page = answer(office.visits.list_due_visits(asked(request)).await);
        (page.due.into_iter().map(|due| (due.child, due.assigned)).collect::<Vec<_>>(), page.next_page_token)
    };
    let (first_page, token) = page(String::new()).await;
    assert_eq!(first_page, [(given.clone(), true), (far.clone(), false)]);
    assert_eq!(page(token).await, (vec![(rough.clone(), false)], String::new()));
    office.record(visit(&far, &supervisor, "2025-03-10")).await;
    assert_eq!(page(String::new()).await.0, [(given, true), (rough, false)]);
    let nobody = v1::ListDueVisitsRequest { worker: own, month: Some(first("2025-03")), ..Default::default() };
    assert_refused(office.visits.list_due_visits(asked(nobody)).await, Code::NotFound, "WORKER_NOT_FOUND");
}

async fn a_late_record_unsays_nothing_and_the_summary_knows(backend: Backend) {
    let office = Office::open(backend, "2025-03-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let mut children = Vec::new();
    for division in [VILLAGE, VILLAGE, VILLAGE, "371602002001"] {
        children.push(office.child_with(division, v1::Category::LeftBehind, "2025-02-10").await);
    }
    office.record(visit(&children[0], &director, "2025-03-10")).await;
    let counts = |it: &v1::VisitSummary| (it.due, it.done, it.done_late, it.overdue, it.open);
    assert_eq!(counts(&office.summary("2025-03").await), (4, 1, 0, 0, 3));
    office.at("2025-04-01");
    office.sweep().await;
    assert_eq!(counts(&office.summary("2025-03").await), (4, 1, 0, 3, 0));
    office.record(visit(&children[1], &director, "2025-03-31")).await;
    assert_eq!(counts(&office.summary("2025-03").await), (4, 1, 1, 2, 0));
    assert_eq!(counts(&office.summary("2025-04").await), (4, 0, 0, 0, 4));
    let states: Vec<_> = office.due(&director, "2025-03").await.into_iter().map(|due| due.1).collect();
    assert_eq!(states, [v1::DutyState::Done, v1::DutyState::DoneLate, v1::DutyState::Overdue]);
    assert_eq!(office.overdue().await.len(), 3, "what was told stays told");

    let all = v1::SummariseVisitsRequest { month: Some(first("2025-03")), division: String::new() };
    let townships = answer(office.visits.summarise_visits(asked(all)).await).townships;
    let townships: Vec<_> = townships.iter().map(|it| (it.division.as_str(), counts(it))).collect();
    assert_eq!(townships, [(TOWNSHIP, (3, 1, 1, 1, 0)), ("371602002", (1, 0, 0, 1, 0))]);
}

async fn the_duty_follows_categories_moves_merges_and_ends(backend: Backend) {
    let office = Office::open(backend, "2025-03-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let next = office.appoint(NEXT_VILLAGE, "2025-01-01").await.id;
    let of = async |worker: &str, month: &str| {
        office.due(worker, month).await.into_iter().map(|due| due.0).collect::<Vec<_>>()
    };
    let child = office.child(VILLAGE).await;
    let record = office.confirm(&child, v1::Category::LeftBehind, "2024-06-10").await;
    assert_eq!(of(&director, "2025-02").await, [] as [String; 0], "the file was opened in March");
    assert_eq!(of(&director, "2025-03").await, [&*child]);

    let transfer = v1::TransferChildRequest {
        child: child.clone(),
        household_division: NEXT_VILLAGE.to_owned(),
        transferred_on: Some(day("2025-04-02")),
        ..Default::default()
    };
    office.at("2025-04-02");
    answer(office.children.transfer_child(asked(transfer)).await);
    assert_eq!(of(&director, "2025-03").await, [&*child], "March stays where it was");
    assert_eq!(of(&next, "2025-04").await, [&*child]);

    let end = v1::EndCategoryRequest {
        child: child.clone(),
        record,
        ended_on: Some(day("2025-04-02")),
        ..Default::default()
    };
    answer(office.categories.end_category(asked(end)).await);
    assert_eq!(of(&next, "2025-04").await, [&*child], "a category counts to the end of the month");
    assert_eq!(of(&next, "2025-05").await, [] as [String; 0]);

    let stays = office.child(NEXT_VILLAGE).await;
    office.confirm(&child, v1::Category::Disabled, "2025-03-20").await;
    office.at("2025-05-05");
    let merge = v1::MergeChildrenRequest { child: stays.clone(), merged_child: child.clone(), ..Default::default() };
    answer(office.children.merge_children(asked(merge)).await);
    assert_eq!(of(&next, "2025-04").await, [&*child], "the past is the closed file's");
    assert_eq!(of(&next, "2025-05").await, [&*stays], "the rest is the other's, and no child counts twice");

    let end = v1::EndChildRequest {
        child: stays,
        reason: v1::EndReason::Death.into(),
        ended_on: Some(day("2025-05-04")),
        ..Default::default()
    };
    answer(office.children.end_child(asked(end)).await);
    office.at("2025-06-01");
    office.sweep().await;
    assert_eq!(office.overdue().await, [(child.clone(), 3), (child, 4)], "nobody visits a child who has died");
}

async fn another_rule_counts_from_the_present_month_on(backend: Backend) {
    let office = Office::open(backend, "2025-03-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let migrant = office.child_with(VILLAGE, v1::Category::Migrant, "2025-01-10").await;
    let left_behind = office.child_with(VILLAGE, v1::Category::LeftBehind, "2025-01-10").await;
    office.at("2025-04-10");
    let other = office.another_with("migrant").await;
    other.sweep().await;
    let of = async |month: &str| other.due(&director, month).await.into_iter().map(|due| due.0).collect::<Vec<_>>();
    assert_eq!(of("2025-03").await, [&*left_behind], "March was by the rule before");
    assert_eq!(of("2025-04").await, [&*migrant]);
}

async fn the_ledger_puts_a_special_migrant_child_on_the_duty_and_takes_it_off(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let director = office.appoint(VILLAGE, "2025-01-01").await.id;
    let (child, other) = (office.child(VILLAGE).await, office.child(VILLAGE).await);
    let facts = v1::MigrantFacts {
        full_name: "王小明".to_owned(),
        birth_date: Some(day("2014-03-02")),
        sex: 1,
        guardian_name: "护人".to_owned(),
        registration_county: "370102".to_owned(),
        residence_division: VILLAGE.to_owned(),
        arrived_on: Some(day("2024-09-20")),
        special_reason: v1::SpecialMigrantReason::Poverty.into(),
        child: child.clone(),
        ..Default::default()
    };
    let report = v1::MigrantReport {
        facts: Some(facts),
        sources: vec![v1::MigrantSource::Village.into()],
        surveyed_on: Some(day("2025-01-10")),
    };
    let request = v1::RecordMigrantRequest { report: Some(report), ..Default::default() };
    let entry = answer(office.migrants.record_migrant(asked(request)).await).migrant.unwrap();
    let due = async |month: &str| office.due(&director, month).await.into_iter().map(|due| due.0).collect::<Vec<_>>();
    assert_eq!(due("2025-03").await, [""; 0], "six months are over on 20 March");
    assert_eq!(due("2025-04").await, std::slice::from_ref(&child), "by themselves, without a category");
    let update = async |facts: v1::MigrantFacts, path: &str| {
        let request = v1::UpdateMigrantRequest {
            migrant: entry.id.clone(),
            facts: Some(facts),
            update_mask: Some(prost_types::FieldMask { paths: vec![path.to_owned()] }),
            ..Default::default()
        };
        answer(office.migrants.update_migrant(asked(request)).await);
    };
    office.at("2025-04-10");
    update(v1::MigrantFacts { child: other.clone(), ..Default::default() }, "child").await;
    assert_eq!(due("2025-04").await, std::slice::from_ref(&other), "the entry was linked with the wrong file");
    office.at("2025-05-10");
    update(v1::MigrantFacts::default(), "special_reason").await;
    assert_eq!(due("2025-05").await, std::slice::from_ref(&other), "the month under way stays");
    assert_eq!(due("2025-06").await, [""; 0]);
    let special = v1::MigrantFacts { special_reason: v1::SpecialMigrantReason::Health.into(), ..Default::default() };
    update(special, "special_reason").await;
    office.touch(&other).await;
    assert_eq!(due("2025-06").await, std::slice::from_ref(&other), "a change of the file leaves what the ledger says");
    let gone = v1::RecordMigrantDepartureRequest {
        migrant: entry.id.clone(),
        left_on: Some(day("2025-05-09")),
        ..Default::default()
    };
    answer(office.migrants.record_migrant_departure(asked(gone)).await);
    assert_eq!(due("2025-06").await, [""; 0]);
    office.at("2025-05-31");
    office.sweep().await;
    office.at("2025-06-01");
    office.sweep().await;
    assert!(office.overdue().await.contains(&(other, 5)));
}
