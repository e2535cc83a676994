//! Lists and searches of the past: what was so on a day, as far as it was known at an instant.

use contract::google::r#type::Date;
use contract::registry::v1;
use contract::registry::v1::application_service_server::ApplicationService as _;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::child_service_server::ChildService as _;
use contract::registry::v1::migrant_service_server::MigrantService as _;
use kernel::Clock as _;
use prost_types::Timestamp;
use tests::both_databases;
use tests::city::Backend;
use tests::refusal::assert_refused;
use tonic::Code;

use crate::office::{Office, answer, asked, day};

both_databases!(
    a_list_of_the_past_holds_what_reading_every_file_says,
    a_search_shows_the_files_as_they_stood,
    an_application_shows_the_steps_that_were_known,
    the_ledger_lists_what_was_known,
);

impl Office {
    fn now(&self) -> Timestamp {
        let micros = self.clock.now().as_micros();
        Timestamp { seconds: micros / 1_000_000, nanos: 0 }
    }

    async fn transfer(&self, child: &str, to: &str, on: &str) {
        let request = v1::TransferChildRequest {
            child: child.to_owned(),
            household_division: to.to_owned(),
            transferred_on: Some(day(on)),
            ..Default::default()
        };
        answer(self.children.transfer_child(asked(request)).await);
    }

    async fn end(&self, child: &str, on: &str) {
        let request = v1::EndChildRequest {
            child: child.to_owned(),
            reason: v1::EndReason::Death.into(),
            ended_on: Some(day(on)),
            ..Default::default()
        };
        answer(self.children.end_child(asked(request)).await);
    }

    async fn merge(&self, into: &str, merged: &str) {
        let request =
            v1::MergeChildrenRequest { child: into.to_owned(), merged_child: merged.to_owned(), ..Default::default() };
        answer(self.children.merge_children(asked(request)).await);
    }

    /// All pages of a list, two files on each.
    async fn list(&self, request: v1::ListChildrenRequest) -> Vec<v1::Child> {
        let mut all = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = v1::ListChildrenRequest { page_size: 2, page_token, ..request.clone() };
            let page = answer(self.children.list_children(asked(request)).await);
            all.extend(page.children);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }

    async fn read(&self, child: &str, valid: Date, recorded: Timestamp) -> Option<v1::Child> {
        let request =
            v1::GetChildRequest { child: child.to_owned(), as_of_valid: Some(valid), as_of_recorded: Some(recorded) };
        self.children.get_child(asked(request)).await.ok().and_then(|answer| answer.into_inner().child)
    }
}

/// Registers, moves, confirms, ends and merges over half a year; then every list of the past is what the files themselves say.
async fn a_list_of_the_past_holds_what_reading_every_file_says(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let mut children = Vec::new();
    let mut instants = vec![office.now()];
    for (month, division) in [(1, "371621101"), (1, "371602001"), (2, "371621101"), (3, "371681"), (3, "371602001001")]
    {
        office.at(&format!("2025-0{month}-12"));
        children.push(office.child(division).await);
    }
    office.confirm(&children[0], v1::Category::ScatteredOrphan, "2025-02-20").await;
    office.confirm(&children[2], v1::Category::HivAffected, "2025-02-20").await;
    instants.push(office.now());
    office.at("2025-04-02");
    let record = office.confirm(&children[1], v1::Category::ScatteredOrphan, "2025-01-20").await;
    office.transfer(&children[0], "371602001", "2025-03-20").await;
    office.end(&children[3], "2025-03-30").await;
    instants.push(office.now());
    office.at("2025-05-06");
    office.merge(&children[2], &children[4]).await;
    office.transfer(&children[2], "371681", "2025-05-05").await;
    let ended = v1::EndCategoryRequest {
        child: children[1].clone(),
        record,
        ended_on: Some(day("2025-03-03")),
        ..Default::default()
    };
    answer(office.categories.end_category(asked(ended)).await);
    instants.push(office.now());
    office.at("2025-06-01");
    children.push(office.child("371621").await);

    let filters = |valid: Date, known: Timestamp| {
        let times =
            v1::ListChildrenRequest { as_of_valid: Some(valid), as_of_recorded: Some(known), ..Default::default() };
        let divisions = ["", "3716", "371602", "371602001", "371621101", "371681"];
        let of = divisions.map(|division| v1::ListChildrenRequest { division: division.to_owned(), ..times.clone() });
        let orphans = v1::ListChildrenRequest { category: v1::Category::ScatteredOrphan.into(), ..times.clone() };
        let tier = v1::ListChildrenRequest { tier: v1::SupportTier::B.into(), ..of[2].clone() };
        let ended = v1::ListChildrenRequest { state: v1::ChildState::Ended.into(), ..times.clone() };
        let merged = v1::ListChildrenRequest { state: v1::ChildState::Merged.into(), ..times };
        of.into_iter().chain([orphans, tier, ended, merged]).collect::<Vec<_>>()
    };
    let mut found = 0;
    for on in ["2025-01-01", "2025-03-19", "2025-03-20", "2025-04-01", "2025-05-06", "2025-06-01"] {
        for known in instants.iter().copied().chain([office.now()]) {
            let mut then = Vec::new();
            for child in &children {
                then.extend(office.read(child, day(on), known).await);
            }
            for request in filters(day(on), known) {
                let state = if request.state == 0 { v1::ChildState::Active.into() } else { request.state };
                let expected: Vec<_> = then
                    .iter()
                    .filter(|child| child.state == state)
                    .filter(|child| child.profile.as_ref().unwrap().household_division.starts_with(&request.division))
                    .filter(|child| {
                        let carries = |record: &v1::CategoryRecord| {
                            (request.category == 0 || record.category == request.category)
                                && (request.tier == 0 || record.tier == request.tier)
                        };
                        (request.category == 0 && request.tier == 0) || child.categories.iter().any(carries)
                    })
                    .cloned()
                    .collect();
                let listed = office.list(request).await;
                assert!(listed == expected, "{on}, known at {}", known.seconds);
                found += listed.len();
            }
        }
    }
    assert!(found > 100, "the lists held {found} files");
}

async fn a_search_shows_the_files_as_they_stood(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let child = office.child("371621101").await;
    let before = office.now();
    office.at("2025-03-25");
    office.transfer(&child, "371681", "2025-03-20").await;
    let later = office.child("371621101").await;
    let search = async |valid: Option<Date>, recorded: Option<Timestamp>| {
        let query = v1::NameAndBirth { full_name: "王小明".to_owned(), birth_date: Some(day("2014-03-02")) };
        let request = v1::SearchChildrenRequest {
            query: Some(v1::search_children_request::Query::NameAndBirth(query)),
            as_of_valid: valid,
            as_of_recorded: recorded,
        };
        let found = answer(office.children.search_children(asked(request)).await).children;
        found.into_iter().map(|child| (child.id, child.county)).collect::<Vec<_>>()
    };
    let in_county = |child: &String, county: &str| (child.clone(), county.to_owned());
    assert_eq!(search(None, None).await, [in_county(&child, "371681"), in_county(&later, "371621")]);
    let march = Some(day("2025-03-19"));
    assert_eq!(search(march, None).await, [in_county(&child, "371621"), in_county(&later, "371621")]);
    assert_eq!(search(None, Some(before)).await, [in_county(&child, "371621")], "the other was not opened yet");
}

async fn an_application_shows_the_steps_that_were_known(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let child = office.child("371621101").await;
    let early = office.now();
    office.at("2025-01-13");
    let request = v1::SubmitApplicationRequest {
        child: child.clone(),
        category: v1::Category::InDifficulty.into(),
        applicant: v1::Applicant::Guardian.into(),
        received_on: Some(day("2025-01-10")),
        ..Default::default()
    };
    let submitted = answer(office.applications.submit_application(asked(request)).await).application.unwrap();
    let mut known = vec![(office.now(), submitted.clone())];
    let get = async |recorded: Option<Timestamp>| {
        let request = v1::GetApplicationRequest { application: submitted.id.clone(), as_of_recorded: recorded };
        office.applications.get_application(asked(request)).await
    };
    office.at("2025-03-01");
    office.sweep().await;
    known.push((office.now(), answer(get(None).await).application.unwrap()));
    office.at("2025-03-03");
    let check = v1::CheckApplicationRequest {
        application: submitted.id.clone(),
        checked_on: Some(day("2025-03-02")),
        supports: false,
        opinion: "材料不全".to_owned(),
        ..Default::default()
    };
    known.push((office.now(), answer(office.applications.check_application(asked(check)).await).application.unwrap()));
    office.at("2025-03-05");
    let refuse = v1::RefuseApplicationRequest {
        application: submitted.id.clone(),
        decided_on: Some(day("2025-03-05")),
        reasons: "不符合条件".to_owned(),
        ..Default::default()
    };
    let refused = answer(office.applications.refuse_application(asked(refuse)).await).application.unwrap();
    known.push((office.now(), refused));
    office.at("2025-03-06");

    let list = async |recorded: Option<Timestamp>, state: i32, late: bool| {
        let request = v1::ListApplicationsRequest { as_of_recorded: recorded, state, late, ..Default::default() };
        answer(office.applications.list_applications(asked(request)).await).applications
    };
    for (instant, expected) in &known {
        assert!(answer(get(Some(*instant)).await).application.as_ref() == Some(expected), "{}", instant.seconds);
        for state in 1..=5 {
            let listed = list(Some(*instant), state, false).await;
            assert_eq!(listed.len(), usize::from(state == expected.state), "{} in {state}", instant.seconds);
            assert!(listed.iter().all(|application| application == expected));
        }
        assert_eq!(list(Some(*instant), 0, true).await.len(), usize::from(expected.reminders > 0));
    }
    assert_eq!(known[1].1.reminders, 1);
    assert_refused(get(Some(early)).await, Code::NotFound, "APPLICATION_NOT_FOUND");
    assert!(list(Some(early), 0, false).await.is_empty());
}

async fn the_ledger_lists_what_was_known(backend: Backend) {
    let office = Office::open(backend, "2025-01-10").await;
    let facts = v1::MigrantFacts {
        full_name: "流童".to_owned(),
        birth_date: Some(day("2015-06-10")),
        sex: 1,
        registration_county: "370102".to_owned(),
        residence_division: "371621101".to_owned(),
        arrived_on: Some(day("2024-03-01")),
        ..Default::default()
    };
    let report = v1::MigrantReport {
        facts: Some(facts),
        sources: vec![v1::MigrantSource::School.into()],
        surveyed_on: Some(day("2025-01-09")),
    };
    let before = office.now();
    office.at("2025-01-12");
    let request = v1::RecordMigrantRequest { report: Some(report), ..Default::default() };
    let entry = answer(office.migrants.record_migrant(asked(request)).await).migrant.unwrap();
    let recorded = office.now();
    office.at("2025-02-10");
    let gone = v1::RecordMigrantDepartureRequest {
        migrant: entry.id.clone(),
        left_on: Some(day("2025-01-20")),
        ..Default::default()
    };
    answer(office.migrants.record_migrant_departure(asked(gone)).await);
    let list = async |on: &str, known: Option<Timestamp>, source: i32| {
        let request =
            v1::ListMigrantsRequest { day: Some(day(on)), as_of_recorded: known, source, ..Default::default() };
        answer(office.migrants.list_migrants(asked(request)).await).migrants.len()
    };
    assert_eq!(list("2025-01-25", None, 0).await, 0);
    assert_eq!(list("2025-01-25", Some(recorded), 0).await, 1, "nobody knew of the departure");
    assert_eq!(list("2025-01-15", Some(before), 0).await, 0, "nobody knew of the child");
    let school = v1::MigrantSource::School.into();
    assert_eq!(list("2025-01-15", Some(recorded), school).await, 1);
}
