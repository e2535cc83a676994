//! What held on a day, as far as it was known at an instant: a correction never overwrites.

use contract::google::r#type::Date;
use contract::registry::v1::{
    Category, Child, ChildProfile, EndChildRequest, EndReason, GetChildRequest, ListSupportRequest, SupportTier,
    TransferChildRequest, UpdateChildRequest,
};
use prost_types::{FieldMask, Timestamp};
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::assert_refused;
use tonic::Code;

both_databases!(
    a_move_that_is_told_late_leaves_what_was_known_before,
    a_correction_keeps_what_was_written_first,
    exactly_one_county_pays_each_month_of_a_move,
    a_category_that_ended_stood_until_it_was_known,
);

async fn a_move_that_is_told_late_leaves_what_was_known_before(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let moved = transfer(&city, &child.id, "371681", Samples::day(2025, 3, 20)).await;
    assert_eq!((moved.county.as_str(), moved.valid_from), ("371681", Some(Samples::day(2025, 3, 20))));

    let on = async |day: Date, known: Option<Timestamp>| read(&city, &child.id, Some(day), known).await;
    assert_eq!(on(Samples::day(2025, 3, 19), None).await.county, "371621");
    assert_eq!(on(Samples::day(2025, 3, 20), None).await.county, "371681");
    assert_eq!(on(Samples::day(2025, 3, 20), child.record_time).await.county, "371621", "nobody knew of the move yet");
    assert!(read(&city, &child.id, None, child.record_time).await.profile == child.profile);

    let mut children = city.children().await;
    let before = Timestamp { seconds: child.create_time.unwrap().seconds - 1, nanos: 0 };
    let request = GetChildRequest { child: child.id.clone(), as_of_recorded: Some(before), ..Default::default() };
    assert_refused(children.get_child(request).await, Code::NotFound, "CHILD_NOT_FOUND");
    let earlier = transfer_request(&child.id, "371602", Samples::day(2025, 2, 1));
    assert_refused(children.transfer_child(earlier).await, Code::FailedPrecondition, "LATER_MOVE");
    let back = transfer(&city, &child.id, "371621101", Samples::day(2025, 3, 20)).await;
    assert_eq!(back.county, "371621", "a move is taken back by a move of the same day");
    assert_eq!(on(Samples::day(2025, 4, 1), moved.record_time).await.county, "371681");
    city.close().await;
}

async fn a_correction_keeps_what_was_written_first(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let profile = ChildProfile { full_name: "试童改".into(), phone: "13911112222".into(), ..Default::default() };
    let mask = FieldMask { paths: vec!["full_name".into(), "phone".into()] };
    let request = UpdateChildRequest {
        request_id: Samples::request_id(),
        child: child.id.clone(),
        profile: Some(profile.clone()),
        update_mask: Some(mask.clone()),
        ..Default::default()
    };
    let mut children = city.children().await;
    children.update_child(request.clone()).await.unwrap();
    let long_ago = read(&city, &child.id, Some(Samples::day(2020, 1, 1)), None).await.profile.unwrap();
    assert_eq!(long_ago.full_name, "试童改", "a name that changes was written down wrongly");
    assert_eq!(long_ago.phone, child.profile.as_ref().unwrap().phone, "a phone changes from today on");
    assert!(read(&city, &child.id, Some(Samples::day(2020, 1, 1)), child.record_time).await.profile == child.profile);

    let tomorrow = UpdateChildRequest {
        request_id: Samples::request_id(),
        valid_from: Some(Samples::day(9999, 1, 1)),
        ..request.clone()
    };
    assert_refused(children.update_child(tomorrow).await, Code::InvalidArgument, "DATE_OUT_OF_RANGE");
    let since_school = UpdateChildRequest {
        request_id: Samples::request_id(),
        valid_from: Some(Samples::day(2024, 9, 1)),
        update_mask: Some(FieldMask { paths: vec!["phone".into()] }),
        profile: Some(ChildProfile { phone: "13933334444".into(), ..Default::default() }),
        ..request
    };
    children.update_child(since_school).await.unwrap();
    let phone = async |day| read(&city, &child.id, Some(day), None).await.profile.unwrap().phone;
    assert_eq!(phone(Samples::day(2024, 8, 31)).await, child.profile.as_ref().unwrap().phone);
    assert_eq!(phone(Samples::day(2024, 9, 1)).await, "13933334444");
    city.close().await;
}

/// Scenario 5: registration 371621 to 371681 on 20 March: Huimin pays March, Zouping April.
async fn exactly_one_county_pays_each_month_of_a_move(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    city.confirm(&child.id, Category::ScatteredOrphan, Samples::day(2024, 11, 5)).await;
    transfer(&city, &child.id, "371681", Samples::day(2025, 3, 20)).await;
    let due = support(&city, &child.id, None).await;
    let counties: Vec<&str> = due.iter().map(|(_, county, _)| county.as_str()).collect();
    assert_eq!(counties, [["371621"; 3].as_slice(), ["371681"; 3].as_slice()].concat());
    let months: Vec<i32> = due.iter().map(|(month, _, _)| *month).collect();
    assert_eq!(months, [1, 2, 3, 4, 5, 6], "one payment a month");
    assert!(due.iter().all(|(_, _, tier)| *tier == SupportTier::B));
    city.close().await;
}

async fn a_category_that_ended_stood_until_it_was_known(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let standing = city.confirm(&child.id, Category::ScatteredOrphan, Samples::day(2024, 11, 5)).await.child.unwrap();
    let end = EndChildRequest {
        request_id: Samples::request_id(),
        child: child.id.clone(),
        reason: EndReason::Death.into(),
        ended_on: Some(Samples::day(2025, 3, 10)),
        ..Default::default()
    };
    city.children().await.end_child(end).await.unwrap();
    let months = async |known| support(&city, &child.id, known).await.len();
    assert_eq!(months(None).await, 3, "March in full, April none");
    assert_eq!(months(standing.update_time).await, 6, "nobody knew of the death yet");
    let on = async |day| read(&city, &child.id, Some(day), None).await;
    let (march, april) = (on(Samples::day(2025, 3, 9)).await, on(Samples::day(2025, 4, 1)).await);
    assert_eq!((march.categories.len(), april.categories.len()), (1, 0));
    assert_ne!(march.state, april.state);
    city.close().await;
}

async fn read(city: &City, child: &str, day: Option<Date>, known: Option<Timestamp>) -> Child {
    let request = GetChildRequest { child: child.to_owned(), as_of_valid: day, as_of_recorded: known };
    city.children().await.get_child(request).await.unwrap().into_inner().child.unwrap()
}

fn transfer_request(child: &str, to: &str, day: Date) -> TransferChildRequest {
    TransferChildRequest {
        request_id: Samples::request_id(),
        child: child.to_owned(),
        household_division: to.to_owned(),
        transferred_on: Some(day),
        ..Default::default()
    }
}

async fn transfer(city: &City, child: &str, to: &str, day: Date) -> Child {
    let request = transfer_request(child, to, day);
    city.children().await.transfer_child(request).await.unwrap().into_inner().child.unwrap()
}

/// Month, county and tier of what is due from January to June 2025.
async fn support(city: &City, child: &str, known: Option<Timestamp>) -> Vec<(i32, String, SupportTier)> {
    let request = ListSupportRequest {
        child: child.to_owned(),
        first_month: Some(Date { year: 2025, month: 1, day: 0 }),
        last_month: Some(Date { year: 2025, month: 6, day: 0 }),
        as_of_recorded: known,
    };
    let months = city.categories().await.list_support(request).await.unwrap().into_inner().months;
    months.into_iter().map(|due| (due.month.unwrap().month, due.county.clone(), due.tier())).collect()
}
