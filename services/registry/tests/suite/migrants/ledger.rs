//! The ledger's service: one child, one entry, whatever reports it; and what was known when.

use contract::registry::v1::migrant_service_server::MigrantService as _;
use contract::registry::v1::{self, MigrantOutcome, MigrantSource, NotMigrantReason};
use std::time::Duration;
use tonic::Code;

use super::desk::{Desk, facts, report};
use crate::office::{asked, day, reason};

#[tokio::test]
async fn another_survey_confirms_the_entry_and_twins_have_two() {
    let desk = Desk::open().await;
    let first = desk.record(report(facts(1))).await;
    assert!(first.standing.as_ref().unwrap().counts);
    let police = v1::MigrantReport {
        sources: vec![MigrantSource::ResidencePermit.into()],
        surveyed_on: Some(day(2024, 10, 1)),
        facts: Some(v1::MigrantFacts {
            school: "第二小学".to_owned(),
            guardian_phone: "19922223333".to_owned(),
            ..facts(1)
        }),
    };
    let again = desk.try_record(police.clone()).await.unwrap();
    assert_eq!(again.outcome(), MigrantOutcome::Confirmed);
    let again = again.migrant.unwrap();
    assert_eq!(again.id, first.id);
    assert_eq!(again.surveys.len(), 2);
    let known = again.facts.unwrap();
    assert_eq!((known.school.as_str(), known.guardian_phone.as_str()), ("第二小学", "19922223333"));
    assert_eq!(known.arrived_on, Some(day(2024, 3, 1)), "another school is no other arrival");
    assert_eq!(again.stays.len(), 2);
    assert_eq!(again.review_due_on, Some(day(2025, 10, 1)));
    assert_eq!(desk.record(police).await.etag, again.etag, "the same report again changes nothing");

    let unknown = v1::MigrantFacts { citizen_id: String::new(), ..facts(1) };
    assert_eq!(desk.record(report(unknown)).await.id, first.id, "known by name, birth, home and guardian");
    let twin = v1::MigrantFacts { citizen_id: String::new(), full_name: "流童又一".to_owned(), ..facts(1) };
    assert_ne!(desk.record(report(twin)).await.id, first.id);
    assert_eq!(desk.office.event_types().await, ["registry.migrant.recorded"; 2]);
}

#[tokio::test]
async fn an_older_survey_only_adds_its_source() {
    let desk = Desk::open().await;
    desk.record(report(facts(1))).await;
    let older = v1::MigrantReport {
        facts: Some(v1::MigrantFacts { residence_division: "371602001".to_owned(), ..facts(1) }),
        sources: vec![MigrantSource::Hospital.into()],
        surveyed_on: Some(day(2024, 5, 1)),
    };
    let entry = desk.record(older).await;
    assert_eq!(entry.facts.unwrap().residence_division, "371621101");
    assert_eq!(
        entry.surveys.iter().map(v1::MigrantSurvey::source).collect::<Vec<_>>(),
        [MigrantSource::Hospital, MigrantSource::School]
    );
}

#[tokio::test]
async fn a_departure_is_recorded_corrected_and_followed_by_a_return() {
    let desk = Desk::open().await;
    let entry = desk.record(report(facts(1))).await;
    let before = desk.office.clock.clone();
    let then = contract_time(&before);
    before.advance(Duration::from_hours(1));

    for refused in [day(2024, 3, 1), day(2024, 12, 13)] {
        let refused = desk.depart(&entry.id, refused).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused)), (Code::InvalidArgument, "DATE_OUT_OF_RANGE".to_owned()));
    }
    let left = desk.depart(&entry.id, day(2024, 11, 1)).await.unwrap();
    let standing = left.standing.unwrap();
    assert_eq!(standing.reasons().collect::<Vec<_>>(), [NotMigrantReason::NotStaying]);
    assert_eq!(left.stays.last().unwrap().left_to, "370102");
    assert_eq!(left.review_due_on, None);
    let left = desk.depart(&entry.id, day(2024, 11, 20)).await.unwrap();
    assert_eq!(left.stays.iter().map(|stay| stay.from.unwrap()).next_back(), Some(day(2024, 11, 20)));

    let early = v1::MigrantReport { surveyed_on: Some(day(2024, 12, 1)), ..report(facts(1)) };
    let refused = desk.try_record(early).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::FailedPrecondition, "ARRIVAL_BEFORE_DEPARTURE".to_owned()));
    let back = v1::MigrantReport {
        facts: Some(v1::MigrantFacts { arrived_on: Some(day(2024, 12, 2)), ..facts(1) }),
        surveyed_on: Some(day(2024, 12, 3)),
        ..report(facts(1))
    };
    let back = desk.try_record(back).await.unwrap();
    assert_eq!(back.outcome(), MigrantOutcome::Returned);
    let back = back.migrant.unwrap();
    assert_eq!(back.standing.unwrap().reasons().collect::<Vec<_>>(), [NotMigrantReason::UnderSixMonths]);

    let on = |valid, recorded: Option<prost_types::Timestamp>| v1::GetMigrantRequest {
        migrant: entry.id.clone(),
        as_of_valid: Some(valid),
        as_of_recorded: recorded,
    };
    let known_then = desk.get(on(day(2024, 11, 25), Some(then))).await.unwrap();
    assert!(known_then.standing.unwrap().counts, "nobody knew of the departure");
    let known_now = desk.get(on(day(2024, 11, 25), None)).await.unwrap();
    assert!(!known_now.standing.unwrap().counts);
    assert!(desk.get(on(day(2024, 11, 19), None)).await.unwrap().standing.unwrap().counts);
    let never = prost_types::Timestamp { seconds: 1, nanos: 0 };
    let refused = desk.get(on(day(2024, 11, 19), Some(never))).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::NotFound, "MIGRANT_NOT_FOUND".to_owned()));
    let types = desk.office.event_types().await;
    assert_eq!(types, ["recorded", "left", "left", "recorded"].map(|event| format!("registry.migrant.{event}")));
}

#[tokio::test]
async fn an_update_corrects_or_changes_from_a_day_on() {
    let desk = Desk::open().await;
    let entry = desk.record(report(facts(1))).await;
    let other = desk.record(report(facts(2))).await;
    let moved = v1::MigrantFacts { residence_division: "371602001".to_owned(), ..Default::default() };
    let moved = desk.update(&entry, moved, &["residence_division"], Some(day(2024, 10, 1))).await.unwrap();
    assert_eq!(
        moved.stays.iter().map(|stay| stay.residence_division.as_str()).collect::<Vec<_>>(),
        ["371621101", "371602001"]
    );
    let refused = desk.update(&entry, v1::MigrantFacts::default(), &["school"], None).await.unwrap_err();
    assert_eq!(reason(&refused), "ETAG_MISMATCH");
    let taken = v1::MigrantFacts {
        citizen_id: other.facts.as_ref().unwrap().citizen_id.clone(),
        birth_date: other.facts.as_ref().unwrap().birth_date,
        ..Default::default()
    };
    let refused = desk.update(&moved, taken, &["citizen_id", "birth_date"], None).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::AlreadyExists, "MIGRANT_ALREADY_RECORDED".to_owned()));

    let earlier = v1::MigrantFacts { arrived_on: Some(day(2023, 9, 1)), ..Default::default() };
    let corrected = desk.update(&moved, earlier, &["arrived_on"], None).await.unwrap();
    assert_eq!(corrected.facts.as_ref().unwrap().arrived_on, Some(day(2023, 9, 1)));
    assert_eq!(corrected.standing.unwrap().counts_from, Some(day(2024, 3, 1)));
    let special =
        v1::MigrantFacts { special_reason: v1::SpecialMigrantReason::Guardianship.into(), ..Default::default() };
    let corrected = desk.get(v1::GetMigrantRequest { migrant: entry.id.clone(), ..Default::default() }).await.unwrap();
    let special = desk.update(&corrected, special, &["special_reason"], None).await.unwrap();
    assert_eq!(special.facts.as_ref().unwrap().special_reason(), v1::SpecialMigrantReason::Guardianship);
    let none = desk.update(&special, v1::MigrantFacts::default(), &["special_reason"], None).await.unwrap();
    assert_eq!(none.facts.as_ref().unwrap().special_reason, 0);
    for (paths, facts, expected) in [
        (&["nickname"][..], v1::MigrantFacts::default(), "INVALID_FIELDS"),
        (&["full_name"], v1::MigrantFacts::default(), "NAME_MISSING"),
        (&["residence_division"], v1::MigrantFacts::default(), "UNKNOWN_DIVISION"),
        (
            &["child"],
            v1::MigrantFacts { child: "0198b2f0-0000-7000-8000-000000000001".to_owned(), ..Default::default() },
            "CHILD_NOT_FOUND",
        ),
        (
            &["away_since"],
            v1::MigrantFacts { away_since: Some(day(2024, 5, 1)), ..Default::default() },
            "AWAY_SINCE_AFTER_ARRIVAL",
        ),
    ] {
        assert_eq!(reason(&desk.update(&none, facts, paths, None).await.unwrap_err()), expected, "{paths:?}");
    }
}

#[tokio::test]
async fn a_batch_refuses_its_wrong_rows_alone_and_may_be_sent_again() {
    let desk = Desk::open().await;
    let mut reports: Vec<_> = (0..20).map(|number| report(facts(number))).collect();
    reports[3].facts.as_mut().unwrap().citizen_id.replace_range(17.., "?");
    reports[7].facts.as_mut().unwrap().residence_division = "371699".to_owned();
    reports[9].facts.as_mut().unwrap().arrived_on = Some(day(2024, 9, 2));
    reports[11].facts = reports[10].facts.clone();
    let results = desk.batch(reports.clone()).await;
    let refused: Vec<_> = results
        .iter()
        .enumerate()
        .filter(|(_, result)| result.outcome() == MigrantOutcome::Unspecified)
        .map(|(index, result)| (index, result.reason.as_str(), result.field.as_str()))
        .collect();
    assert_eq!(
        refused,
        [
            (3, "ID_CHECK_DIGIT", "reports[3].facts.citizen_id"),
            (7, "UNKNOWN_DIVISION", "reports[7].facts.residence_division"),
            (9, "DATE_OUT_OF_RANGE", "reports[9].facts.arrived_on"),
        ]
    );
    assert_eq!(results[10].migrant, results[11].migrant);
    assert_eq!((results[10].outcome(), results[11].outcome()), (MigrantOutcome::Recorded, MigrantOutcome::Confirmed));
    let again = desk.batch(reports).await;
    for (first, second) in results.iter().zip(&again) {
        assert_eq!(first.migrant, second.migrant, "nobody is entered twice");
        assert!(second.outcome() != MigrantOutcome::Recorded);
    }
    assert_eq!(desk.office.event_types().await.len(), 16);
}

#[tokio::test]
async fn a_list_keeps_to_its_division_day_and_source() {
    let desk = Desk::open().await;
    for number in 0..7_u32 {
        let residence = if number.is_multiple_of(2) { "371621101" } else { "371602001" };
        desk.record(report(v1::MigrantFacts { residence_division: residence.to_owned(), ..facts(number) })).await;
    }
    let list = async |request: v1::ListMigrantsRequest| {
        desk.migrants.list_migrants(asked(request)).await.map(tonic::Response::into_inner)
    };
    let of = |division: &str| v1::ListMigrantsRequest { division: division.to_owned(), ..Default::default() };
    for (division, expected) in [("", 7), ("3716", 7), ("371621", 4), ("371602", 3), ("371602001", 3), ("371681", 0)] {
        assert_eq!(list(of(division)).await.unwrap().migrants.len(), expected, "{division}");
    }
    let before = v1::ListMigrantsRequest { day: Some(day(2024, 2, 29)), ..of("") };
    assert_eq!(list(before).await.unwrap().migrants.len(), 0, "nobody had arrived");
    let police = v1::ListMigrantsRequest { source: MigrantSource::ResidencePermit.into(), ..of("") };
    assert_eq!(list(police).await.unwrap().migrants.len(), 0);

    let first = list(v1::ListMigrantsRequest { page_size: 5, ..of("") }).await.unwrap();
    let token = first.next_page_token;
    let second = list(v1::ListMigrantsRequest { page_size: 5, page_token: token.clone(), ..of("") }).await.unwrap();
    assert_eq!((first.migrants.len(), second.migrants.len()), (5, 2));
    assert!(second.next_page_token.is_empty());
    let refused = list(v1::ListMigrantsRequest { page_token: token, ..of("371602") }).await.unwrap_err();
    assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn nothing_that_names_a_child_lies_open() {
    let desk = Desk::open().await;
    let child = v1::MigrantFacts { special_reason: v1::SpecialMigrantReason::MindOrConduct.into(), ..facts(1) };
    let entry = desk.record(report(child.clone())).await;
    desk.depart(&entry.id, day(2024, 11, 1)).await.unwrap();
    let bytes = desk.office.stored_bytes();
    for secret in [
        &child.full_name,
        &child.citizen_id,
        &child.guardian_name,
        &child.guardian_phone,
        &child.school,
        &"2015-01-02".to_owned(),
        &child.registration_county,
    ] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} lies open");
    }
    assert!(format!("{entry:?}").contains("redacted"), "{entry:?}");
}

fn contract_time(clock: &kernel::ManualClock) -> prost_types::Timestamp {
    use kernel::Clock as _;
    contract::date::timestamp(clock.now())
}
