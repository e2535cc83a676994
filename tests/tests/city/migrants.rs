//! The ledger of migrant children in a whole city: its size, its partners, its comparisons.

use contract::registry::v1::{
    AssignLiaisonRequest, BatchRecordMigrantsRequest, FinishReconciliationRequest, GetMigrantRequest, LiaisonContact,
    ListLiaisonPointsRequest, ListMigrantsRequest, ListReconciliationResultsRequest, MigrantEntry, MigrantFacts,
    MigrantOutcome, MigrantReconciled, MigrantRecorded, MigrantReport, MigrantSource, Reconciliation,
    ReconciliationDifference, ReconciliationOutcome, ReconciliationRow, RecordMigrantDepartureRequest,
    RecordMigrantRequest, ReportMigrantsRequest, SchoolAgeBand, SendReconciliationRowsRequest,
    StartReconciliationRequest,
};
use prost::Message as _;
use tests::both_databases;
use tests::city::{Backend, City, Samples, citizen_id};
use tests::refusal::assert_refused;
use tonic::Code;

both_databases!(
    the_city_enters_8545_children_and_reports_them,
    partners_hear_of_a_migrant_child_without_learning_who_it_is,
    a_comparison_is_taken_up_again_after_a_crash,
    liaison_points_are_listed_as_a_tree,
);

/// The `number`th child of a run, born in 2015 or 2016, from Jinan, who came to a township of 惠民县 on 1 March 2024.
fn facts(number: u32) -> MigrantFacts {
    let part = |size: u32, parts: u32| i32::try_from(number / size % parts).expect("a small remainder");
    let born = Samples::day(2015 + part(8_400, 2), 1 + part(28, 12), 1 + part(1, 28));
    MigrantFacts {
        full_name: format!("流童{number:05}"),
        citizen_id: citizen_id(born, number / 336 % 25),
        birth_date: Some(born),
        guardian_name: format!("护人{number:05}"),
        guardian_phone: format!("1990001{number:05}"),
        registration_county: "370102".to_owned(),
        residence_division: "371621101".to_owned(),
        arrived_on: Some(Samples::day(2024, 3, 1)),
        school: "实验小学".to_owned(),
        ..MigrantFacts::default()
    }
}

fn report(facts: MigrantFacts) -> MigrantReport {
    MigrantReport {
        facts: Some(facts),
        sources: vec![MigrantSource::School.into()],
        surveyed_on: Some(Samples::day(2024, 9, 1)),
    }
}

async fn record(city: &City, facts: MigrantFacts) -> MigrantEntry {
    let request = RecordMigrantRequest { request_id: Samples::request_id(), report: Some(report(facts)) };
    let answer = city.migrants("CA").await.record_migrant(request).await.expect("a sound report is taken");
    answer.into_inner().migrant.expect("the answer holds the entry")
}

async fn the_city_enters_8545_children_and_reports_them(backend: Backend) {
    let city = City::start(backend).await;
    let mut migrants = city.migrants("CA").await;
    // 55 more live where they are registered and do not count.
    let all: Vec<MigrantReport> = (0..8_600)
        .map(|number| {
            let registration_county = if number < 8_545 { "370102" } else { "371621" }.to_owned();
            report(MigrantFacts { registration_county, ..facts(number) })
        })
        .collect();
    let mut recorded = 0;
    for batch in all.chunks(500).chain(all.chunks(500).take(1)) {
        let request = BatchRecordMigrantsRequest { request_id: Samples::request_id(), reports: batch.to_vec() };
        let results = migrants.batch_record_migrants(request).await.unwrap().into_inner().results;
        assert!(results.iter().all(|result| result.reason.is_empty()), "a sound report is refused");
        recorded += results.iter().filter(|result| result.outcome() == MigrantOutcome::Recorded).count();
    }
    assert_eq!(recorded, 8_600, "a batch that is sent again enters nobody");
    let request = ReportMigrantsRequest { day: Some(Samples::day(2024, 11, 30)), ..ReportMigrantsRequest::default() };
    let report = migrants.report_migrants(request.clone()).await.unwrap().into_inner();
    assert_eq!((report.migrants, report.staying), (Some(8_545), Some(8_600)));
    let ages: Vec<_> = report.by_age.iter().map(|line| line.count.unwrap()).collect();
    assert_eq!(ages.iter().sum::<i32>(), 8_545);

    let published = city.migrants("STA").await.report_migrants(request).await.unwrap().into_inner();
    assert_eq!((published.migrants, published.staying), (Some(8_545), None));
    assert!(published.by_county.iter().flat_map(|line| line.count).all(|count| count >= 5));
    let narrow = ReportMigrantsRequest { division: "371621".to_owned(), ..ReportMigrantsRequest::default() };
    let refused = city.migrants("STA").await.report_migrants(narrow).await;
    assert_refused(refused, Code::InvalidArgument, "REPORT_TOO_NARROW");
    let refused = city.migrants("STA").await.list_migrants(ListMigrantsRequest::default()).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    let refused = city.migrants("EDU").await.report_migrants(ReportMigrantsRequest::default()).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    city.close().await;
}

async fn partners_hear_of_a_migrant_child_without_learning_who_it_is(backend: Backend) {
    let city = City::start(backend).await;
    let entry = record(&city, facts(1)).await;
    // Between urban districts of the city: no migrant child, and nobody's business.
    let urban = MigrantFacts {
        registration_county: "371602".to_owned(),
        residence_division: "371603001".to_owned(),
        ..facts(2)
    };
    record(&city, urban).await;
    let departure = RecordMigrantDepartureRequest {
        request_id: Samples::request_id(),
        migrant: entry.id.clone(),
        etag: entry.etag.clone(),
        left_on: Some(Samples::day(2024, 12, 1)),
        left_to: "3701".to_owned(),
    };
    let left = city.migrants("CA").await.record_migrant_departure(departure).await.unwrap().into_inner();
    city.settle().await;

    let log = city.event_log().await;
    let kinds: Vec<_> = log.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["registry.migrant.recorded", "registry.migrant.recorded", "registry.migrant.left"]);
    for code in ["EDU", "HC", "MIB"] {
        let mailbox = city.mailbox(code).await;
        assert_eq!(mailbox.len(), 1, "{code}");
        let told = MigrantRecorded::decode(mailbox[0].payload.clone()).unwrap();
        assert_eq!((told.migrant.clone(), told.county.as_str()), (city.reference(code, &entry.id), "371621"));
        assert_eq!(told.counts_from_month, Some(Samples::day(2024, 9, 0)));
        let band = if code == "EDU" { SchoolAgeBand::Compulsory } else { SchoolAgeBand::Unspecified };
        assert_eq!(told.school_age(), band, "{code}");
    }
    for code in ["STA", "FL", "PSB", "FIN"] {
        assert!(city.mailbox(code).await.is_empty(), "{code}");
    }
    let child = facts(1);
    for event in &log {
        for secret in [&child.full_name, &child.citizen_id, &child.guardian_name, &child.guardian_phone, &child.school]
        {
            let found = event.body.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} tells {secret}", event.kind);
        }
    }

    let before = GetMigrantRequest {
        migrant: entry.id.clone(),
        as_of_valid: Some(Samples::day(2024, 12, 2)),
        as_of_recorded: entry.update_time,
    };
    let before = city.migrants("CA").await.get_migrant(before).await.unwrap().into_inner().migrant.unwrap();
    assert!(before.standing.unwrap().counts, "nobody knew of the departure");
    assert!(left.migrant.unwrap().stays.last().unwrap().away);
    city.close().await;
}

async fn start(city: &City) -> Reconciliation {
    let request = StartReconciliationRequest {
        request_id: Samples::request_id(),
        source: MigrantSource::School.into(),
        division: "371621".to_owned(),
        day: Some(Samples::day(2024, 11, 30)),
    };
    let answer = city.reconciliations().await.start_reconciliation(request).await.unwrap();
    answer.into_inner().reconciliation.unwrap()
}

async fn send(city: &City, id: &str, numbers: std::ops::Range<u32>) {
    let rows: Vec<_> = numbers
        .map(|number| {
            let facts = facts(number);
            let school = if number == 3 { "第二小学" } else { "实验小学" };
            ReconciliationRow {
                number: i32::try_from(number).unwrap() + 1,
                full_name: facts.full_name,
                citizen_id: facts.citizen_id,
                birth_date: facts.birth_date,
                arrived_on: facts.arrived_on,
                residence_division: String::new(),
                school: school.to_owned(),
            }
        })
        .collect();
    let parts: Vec<_> = rows
        .chunks(3)
        .map(|rows| SendReconciliationRowsRequest { reconciliation: id.to_owned(), rows: rows.to_vec() })
        .collect();
    let received = city.reconciliations().await.send_reconciliation_rows(futures::stream::iter(parts)).await;
    assert_eq!(usize::try_from(received.unwrap().into_inner().received).unwrap(), rows.len());
}

async fn a_comparison_is_taken_up_again_after_a_crash(backend: Backend) {
    let mut city = City::start(backend).await;
    for number in 0..8 {
        record(&city, facts(number)).await;
    }
    let comparison = start(&city).await;
    send(&city, &comparison.id, 0..4).await;
    city.kill();
    city.restart().await;
    record(&city, facts(8)).await;
    send(&city, &comparison.id, 0..7).await;

    let finish = FinishReconciliationRequest { reconciliation: comparison.id.clone() };
    let done = city.reconciliations().await.finish_reconciliation(finish.clone()).await.unwrap().into_inner();
    let done = done.reconciliation.unwrap();
    let counts = [done.rows, done.matched, done.differing, done.only_in_ledger, done.only_in_list];
    assert_eq!(counts, [7, 6, 1, 1, 0], "the ninth child was entered after the start");
    let again = city.reconciliations().await.finish_reconciliation(finish).await.unwrap().into_inner();
    assert_eq!(again.reconciliation.as_ref(), Some(&done));
    let list = ListReconciliationResultsRequest {
        reconciliation: comparison.id.clone(),
        outcome: ReconciliationOutcome::Differing.into(),
        ..ListReconciliationResultsRequest::default()
    };
    let results = city.reconciliations().await.list_reconciliation_results(list).await.unwrap().into_inner().results;
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].differences().collect::<Vec<_>>(), [ReconciliationDifference::School]);

    city.settle().await;
    let mailbox = city.mailbox("STA").await;
    assert_eq!(mailbox.len(), 1);
    let told = MigrantReconciled::decode(mailbox[0].payload.clone()).unwrap();
    assert_eq!((told.division.as_str(), told.matched), ("371621", Some(6)));
    assert_eq!((told.differing, told.only_in_ledger, told.only_in_list), (None, None, None), "counts under 5");
    city.close().await;
}

async fn liaison_points_are_listed_as_a_tree(backend: Backend) {
    let city = City::start(backend).await;
    let assign = |division: &str| AssignLiaisonRequest {
        request_id: Samples::request_id(),
        division: division.to_owned(),
        contact: Some(LiaisonContact { full_name: format!("联络{division}"), ..LiaisonContact::default() }),
        since: Some(Samples::day(2024, 1, 1)),
        ..AssignLiaisonRequest::default()
    };
    let mut liaison = city.liaison().await;
    let orphan = liaison.assign_liaison(assign("3716")).await;
    assert_refused(orphan, Code::FailedPrecondition, "LIAISON_PARENT_MISSING");
    for division in ["37", "3716", "371681", "371602"] {
        liaison.assign_liaison(assign(division)).await.unwrap();
    }
    let points = liaison.list_liaison_points(ListLiaisonPointsRequest::default()).await.unwrap().into_inner().points;
    let tree: Vec<_> = points.iter().map(|point| point.division.as_str()).collect();
    assert_eq!(tree, ["37", "3716", "371602", "371681"]);
    assert!(points[2..].iter().all(|point| point.parent == points[1].id));
    city.settle().await;
    assert_eq!(city.event_log().await.len(), 4);
    city.close().await;
}
