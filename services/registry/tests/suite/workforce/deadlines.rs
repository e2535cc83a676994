//! Deadlines that pass, to the day, by a clock that is set.

use crate::office::{Office, asked, day, profile};
use contract::registry::v1;
use contract::registry::v1::application_service_server::ApplicationService as _;
use contract::registry::v1::category_service_server::CategoryService as _;
use contract::registry::v1::circumstance_service_server::CircumstanceService as _;
use kernel::time::{parse_iso, start_of_day_shanghai};

/// Sets the clock to the beginning of a day in Shanghai.
fn begin(office: &Office, day: &str) {
    office.clock.set(start_of_day_shanghai(parse_iso(day).unwrap()));
}

async fn submit(office: &Office, child: &str, category: v1::Category) -> v1::CategoryApplication {
    let request = v1::SubmitApplicationRequest {
        child: child.to_owned(),
        category: category.into(),
        applicant: v1::Applicant::Guardian.into(),
        received_on: Some(day(2024, 12, 12)),
        ..Default::default()
    };
    let answer = office.applications.submit_application(asked(request)).await.unwrap();
    answer.into_inner().application.unwrap()
}

async fn overdue(office: &Office) -> usize {
    told(office, "registry.category.overdue").await
}

/// How often an event was told once everything that is due was swept, twice.
async fn told(office: &Office, event: &str) -> usize {
    office.sweep().await;
    office.sweep().await;
    office.event_types().await.iter().filter(|kind| *kind == event).count()
}

#[tokio::test]
async fn a_step_that_is_late_is_told_once_for_each_limit_until_somebody_acts() {
    let office = Office::open().await;
    let child = office.register(profile()).await;
    let application = submit(&office, &child.id, v1::Category::DeFactoUnattended).await;
    // 15 working days after 12 December, over New Year's Day.
    assert_eq!(application.due_on, Some(day(2025, 1, 3)));
    begin(&office, "2025-01-03");
    assert_eq!(overdue(&office).await, 0);
    begin(&office, "2025-01-04");
    assert_eq!(overdue(&office).await, 1);
    let request = v1::ListApplicationsRequest { late: true, ..Default::default() };
    let late = office.applications.list_applications(asked(request)).await.unwrap().into_inner().applications;
    // 26 January and 8 February are worked for the Spring Festival, 28 January to 4 February are free.
    assert_eq!((late[0].reminders, late[0].due_on), (1, Some(day(2025, 1, 24))));
    begin(&office, "2025-01-25");
    assert_eq!(overdue(&office).await, 2);

    let request = v1::WithdrawApplicationRequest {
        application: application.id.clone(),
        withdrawn_on: Some(day(2025, 1, 25)),
        ..Default::default()
    };
    office.applications.withdraw_application(asked(request)).await.unwrap();
    begin(&office, "2026-01-01");
    assert_eq!(overdue(&office).await, 2);
}

#[tokio::test]
async fn many_late_applications_are_told_in_parts() {
    let office = Office::open().await;
    for _ in 0..3 {
        let children = futures::future::join_all((0..100).map(|_| office.register(profile()))).await;
        let submitted = children.iter().map(|child| submit(&office, &child.id, v1::Category::ScatteredOrphan));
        futures::future::join_all(submitted).await;
    }
    begin(&office, "2024-12-27");
    assert_eq!(overdue(&office).await, 300);
}

#[tokio::test]
async fn a_category_is_reviewed_once_a_year_and_a_review_that_waits_is_told_again() {
    let office = Office::open().await;
    let child = office.register(profile()).await;
    let due = async || told(&office, "registry.category.review_due").await;
    let confirmed = office.confirm(&child.id, v1::Category::InDifficulty, day(2024, 2, 29)).await;
    begin(&office, "2025-02-27");
    assert_eq!(due().await, 0);
    begin(&office, "2025-02-28");
    assert_eq!(due().await, 1);
    assert_eq!(office.get(&child.id).await.etag, confirmed.etag, "a reminder does not get in a caller's way");
    begin(&office, "2025-03-21");
    assert_eq!(due().await, 1, "15 working days are not over");
    begin(&office, "2025-03-22");
    assert_eq!(due().await, 2);
    let request = v1::ReviewCategoryRequest {
        child: child.id.clone(),
        record: confirmed.categories[0].id.clone(),
        reviewed_on: Some(day(2025, 3, 21)),
        ..Default::default()
    };
    let answer = office.categories.review_category(asked(request)).await.unwrap().into_inner();
    assert_eq!(answer.record.unwrap().reviewed_on, Some(day(2025, 3, 21)));
    begin(&office, "2026-03-20");
    assert_eq!(due().await, 2);
    begin(&office, "2026-03-21");
    assert_eq!(due().await, 3);
}

/// Born on 2007-06-10: June 2025 is due, July is not; an orphan whose schooling is proved goes on.
#[tokio::test]
async fn scenario_8_who_turns_18_leaves_unless_an_orphan_is_at_school() {
    let office = Office::open().await;
    let born = || v1::ChildProfile { birth_date: Some(day(2007, 6, 10)), ..profile() };
    let (leaves, stays) = (office.register(born()).await, office.register(born()).await);
    for child in [&leaves, &stays] {
        office.confirm(&child.id, v1::Category::ScatteredOrphan, day(2024, 3, 5)).await;
    }
    let schooling = v1::Schooling {
        stage: 60,
        enrolled: true,
        evidence: vec![v1::Evidence { kind: "在读证明".to_owned(), ..Default::default() }],
        ..Default::default()
    };
    let request = v1::RecordCircumstanceRequest {
        child: stays.id.clone(),
        circumstance: Some(v1::Circumstance {
            validity: Some(v1::Validity { from: Some(day(2024, 9, 1)), until: Some(day(2026, 7, 1)) }),
            fact: Some(v1::circumstance::Fact::Schooling(schooling)),
        }),
        ..Default::default()
    };
    office.circumstances.record_circumstance(asked(request)).await.unwrap();

    begin(&office, "2025-03-11");
    assert_eq!(told(&office, "registry.child.aging_out").await, 0);
    begin(&office, "2025-03-12");
    assert_eq!(told(&office, "registry.child.aging_out").await, 2);
    begin(&office, "2025-06-09");
    assert_eq!(told(&office, "registry.child.ended").await, 0);
    begin(&office, "2025-06-10");
    assert_eq!(told(&office, "registry.child.ended").await, 1);
    let months = async |child: &str| {
        let request = v1::ListSupportRequest {
            child: child.to_owned(),
            first_month: Some(day(2025, 5, 0)),
            last_month: Some(day(2026, 12, 0)),
            ..Default::default()
        };
        let answer = office.categories.list_support(asked(request)).await.unwrap().into_inner();
        answer.months.last().map(|due| due.month.unwrap()).unwrap()
    };
    assert_eq!(months(&leaves.id).await, day(2025, 6, 0));
    assert_eq!(months(&stays.id).await, day(2026, 12, 0));
    assert_eq!(office.get(&stays.id).await.state(), v1::ChildState::Active);
    begin(&office, "2026-07-01");
    assert_eq!(told(&office, "registry.child.ended").await, 2, "the proof has ended");
    assert_eq!(months(&stays.id).await, day(2026, 7, 0));
}
