//! Counts of children: all of them for civil affairs, none that tells of anybody for others, and never of HIV.

use contract::registry::v1::statistics_service_client::StatisticsServiceClient;
use contract::registry::v1::{Category, ChildCount, ReportChildrenRequest, ReportChildrenResponse};
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::assert_refused;
use tonic::Code;

both_databases!(
    civil_affairs_sees_each_count_and_others_none_that_tells_of_anybody,
    nobody_learns_how_many_children_are_affected_by_hiv,
);

async fn report(
    city: &City,
    code: &str,
    request: ReportChildrenRequest,
) -> Result<ReportChildrenResponse, tonic::Status> {
    let mut client = StatisticsServiceClient::new(city.channel(code).await);
    Ok(client.report_children(request).await?.into_inner())
}

fn on(year: i32, month: i32, day: i32) -> ReportChildrenRequest {
    ReportChildrenRequest { day: Some(Samples::day(year, month, day)), ..Default::default() }
}

fn sum(table: &[ChildCount]) -> i32 {
    table.iter().map(|line| line.count.expect("civil affairs sees each count")).sum()
}

fn line<'a>(table: &'a [ChildCount], key: &str) -> &'a ChildCount {
    table.iter().find(|line| line.key == key).expect("every line is there, whatever it counts")
}

async fn civil_affairs_sees_each_count_and_others_none_that_tells_of_anybody(backend: Backend) {
    let city = City::start(backend).await;
    let roster = tests::tools::fixture("roster.xlsx");
    let output = city.command(&["import", roster.to_str().unwrap(), "--json"]).output().unwrap();
    assert!(output.status.success());

    let all = report(&city, "CA", on(2025, 1, 31)).await.unwrap();
    assert_eq!(all.children, Some(2_297));
    let tables = [&all.by_county, &all.by_sex, &all.by_age, &all.by_tier, &all.by_school_stage, &all.by_disability];
    for table in tables {
        assert_eq!(sum(table), 2_297);
    }
    let county = ReportChildrenRequest { division: "371602".to_owned(), ..on(2025, 1, 31) };
    let county = report(&city, "CA", county).await.unwrap();
    assert_eq!(county.children, line(&all.by_county, "371602").count);

    let told = report(&city, "STA", on(2025, 1, 31)).await.unwrap();
    assert_eq!(told.children, Some(2_297));
    for (table, whole) in
        [(&told.by_county, &all.by_county), (&told.by_age, &all.by_age), (&told.by_category, &all.by_category)]
    {
        for (line, whole) in table.iter().zip(whole) {
            assert!(line.count.is_none_or(|count| count >= 5 && Some(count) == whole.count), "{}", line.key);
        }
    }
    let hidden: i32 = told
        .by_disability
        .iter()
        .zip(&all.by_disability)
        .filter(|(told, _)| told.count.is_none())
        .filter_map(|(_, whole)| whole.count)
        .sum();
    assert!(hidden == 0 || hidden >= 5, "what is missing is no small count itself");
    for narrow in [on(2025, 1, 30), ReportChildrenRequest { division: "371602".to_owned(), ..on(2025, 1, 31) }] {
        assert_refused(
            report(&city, "STA", narrow).await.map(tonic::Response::new),
            Code::InvalidArgument,
            "REPORT_TOO_NARROW",
        );
    }
    assert_refused(
        report(&city, "CA", on(2999, 1, 31)).await.map(tonic::Response::new),
        Code::InvalidArgument,
        "DATE_OUT_OF_RANGE",
    );
    assert_eq!(report(&city, "EDU", on(2025, 1, 31)).await.unwrap_err().code(), Code::PermissionDenied);

    let output = city.command(&["statistics", "--day", "2025-01-31", "--json"]).output().unwrap();
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed["children"], 2_297);
    city.close().await;
}

async fn nobody_learns_how_many_children_are_affected_by_hiv(backend: Backend) {
    let mut reports = Vec::new();
    for category in [Category::HivAffected, Category::ScatteredOrphan, Category::DeFactoUnattended] {
        let city = City::start(backend).await;
        for number in 0..3 {
            let child = city.register(number).await;
            city.confirm(&child.id, category, Samples::day(2024, 5, 17)).await;
        }
        let other = city.register(3).await;
        city.confirm(&other.id, Category::ScatteredOrphan, Samples::day(2024, 5, 17)).await;
        reports.push(report(&city, "CA", on(2024, 6, 30)).await.unwrap());
        city.close().await;
    }
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
    assert_eq!(reports[0].by_category.iter().filter_map(|line| line.count).sum::<i32>(), 4);
}
