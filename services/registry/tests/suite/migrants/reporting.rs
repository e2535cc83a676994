//! The city's report: 8,545 migrant children, as the press conference had it, and what outsiders may see of it.

use contract::registry::v1::migrant_service_server::MigrantService as _;
use contract::registry::v1::{self, MigrantSource};
use platform::access::Connection;
use platform::identity::Identity;
use tonic::{Request, Status};

use super::desk::{Desk, facts, report};
use crate::office::{asked, day, reason};

/// The source's number.
const CHILDREN: u32 = 8_545;
/// Children in the ledger who do not count.
const OTHERS: u32 = 55;

/// The `number`th child of the city: every county has some, 371681 has three.
fn child(number: u32) -> v1::MigrantReport {
    let residence = match number {
        0..3 => "371681001",
        3..2000 => "371602001",
        2000..4000 => "371603001",
        4000..7000 => "371621101",
        7000..8000 => "371622001",
        8000..8400 => "371623001",
        _ => "371625001",
    };
    let source = if number.is_multiple_of(3) { MigrantSource::School } else { MigrantSource::Village };
    let special = if number % 2_000 == 1_999 { v1::SpecialMigrantReason::Poverty } else { Default::default() };
    v1::MigrantReport {
        sources: vec![source.into()],
        ..report(v1::MigrantFacts {
            residence_division: residence.to_owned(),
            special_reason: special.into(),
            ..facts(number)
        })
    }
}

/// Who came too late to count, or lives where it is registered.
fn other(number: u32) -> v1::MigrantReport {
    let facts = facts(CHILDREN + number);
    report(match number % 2 {
        0 => v1::MigrantFacts { arrived_on: Some(day(2024, 8, 1)), ..facts },
        _ => v1::MigrantFacts { registration_county: "371621".to_owned(), ..facts },
    })
}

async fn ask(desk: &Desk, request: Request<v1::ReportMigrantsRequest>) -> Result<v1::ReportMigrantsResponse, Status> {
    Ok(desk.migrants.report_migrants(request).await?.into_inner())
}

fn of_statistics<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    let identity = Identity::parse("spiffe://binzhou.hutong/department/STA", "binzhou.hutong").unwrap();
    request.extensions_mut().insert(Connection::of(identity));
    request
}

fn told(lines: &[v1::MigrantCount]) -> Vec<Option<i32>> {
    lines.iter().map(|line| line.count).collect()
}

#[tokio::test]
async fn the_report_counts_8545_children() {
    let desk = Desk::open().await;
    let all: Vec<_> = (0..CHILDREN).map(child).chain((0..OTHERS).map(other)).collect();
    for batch in all.chunks(500) {
        let results = desk.batch(batch.to_vec()).await;
        assert!(results.iter().all(|result| result.reason.is_empty()), "{:?}", results.first().map(|it| &it.reason));
    }
    let request = v1::ReportMigrantsRequest { day: Some(day(2024, 11, 30)), ..Default::default() };
    let report = ask(&desk, asked(request.clone())).await.unwrap();
    assert_eq!(report.migrants, Some(8_545));
    assert_eq!(report.staying, Some(8_600));
    assert_eq!(told(&report.not_counted), [Some(27), Some(28)]);
    let counties: Vec<_> = report.by_county.iter().map(|line| (line.key.as_str(), line.count.unwrap())).collect();
    assert_eq!(
        counties,
        [
            ("371602", 1_997),
            ("371603", 2_000),
            ("371621", 3_000),
            ("371622", 1_000),
            ("371623", 400),
            ("371625", 145),
            ("371681", 3),
        ]
    );
    assert_eq!(told(&report.by_age).into_iter().flatten().sum::<i32>(), 8_545);
    assert_eq!(told(&report.by_source)[..2], [Some(2_849), Some(5_696)]);
    assert_eq!((report.special, report.ordinary), (Some(4), Some(8_541)));
    let county = v1::ReportMigrantsRequest { division: "371681".to_owned(), ..request.clone() };
    assert_eq!(ask(&desk, asked(county)).await.unwrap().migrants, Some(3));
    let march = v1::ReportMigrantsRequest { day: Some(day(2024, 3, 31)), ..Default::default() };
    assert_eq!(ask(&desk, asked(march)).await.unwrap().arrivals, Some(8_572));

    let published = ask(&desk, of_statistics(request.clone())).await.unwrap();
    assert_eq!(published.migrants, Some(8_545));
    assert_eq!(told(&published.by_county)[5..], [None, None], "3 takes the next smaller county with it");
    assert_eq!(told(&published.by_county)[..5], told(&report.by_county)[..5]);
    assert_eq!((published.special, published.ordinary), (None, None));
    assert_eq!((published.staying, published.not_counted.len()), (None, 0));
    for narrow in [
        v1::ReportMigrantsRequest { division: "371681".to_owned(), ..request.clone() },
        v1::ReportMigrantsRequest { day: Some(day(2024, 11, 29)), ..Default::default() },
        v1::ReportMigrantsRequest { period_from: Some(day(2024, 11, 30)), ..request.clone() },
        v1::ReportMigrantsRequest { day: Some(day(2024, 12, 31)), ..Default::default() },
    ] {
        assert_eq!(reason(&ask(&desk, of_statistics(narrow)).await.unwrap_err()), "REPORT_TOO_NARROW");
    }
}

#[tokio::test]
async fn a_report_is_of_what_was_known_and_of_its_period() {
    let desk = Desk::open().await;
    let entry = desk.record(report(facts(1))).await;
    desk.record(report(facts(2))).await;
    let then = entry.update_time;
    desk.office.clock.advance(std::time::Duration::from_hours(1));
    desk.depart(&entry.id, day(2024, 12, 5)).await.unwrap();
    let now = ask(&desk, asked(v1::ReportMigrantsRequest::default())).await.unwrap();
    assert_eq!((now.migrants, now.departures, now.arrivals), (Some(1), Some(1), Some(0)));
    let before = v1::ReportMigrantsRequest { as_of_recorded: then, ..Default::default() };
    let before = ask(&desk, asked(before)).await.unwrap();
    assert_eq!((before.migrants, before.departures), (Some(2), Some(0)));
    let backwards = v1::ReportMigrantsRequest { period_from: Some(day(2024, 12, 13)), ..Default::default() };
    assert_eq!(reason(&ask(&desk, asked(backwards)).await.unwrap_err()), "DATE_OUT_OF_RANGE");
}
