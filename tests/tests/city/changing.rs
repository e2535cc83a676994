//! Changing a file: only what the mask names, only what was read, only while it is active.

use contract::google::r#type::Date;
use contract::registry::v1::{
    Category, Child, ChildProfile, ChildState, EndChildRequest, EndReason, GetChildRequest, MergeChildrenRequest,
    TransferChildRequest, UpdateChildRequest,
};
use prost::Message;
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::assert_refused;
use tonic::Code;

both_databases!(
    an_update_changes_what_its_mask_names_and_nothing_else,
    an_old_etag_is_refused,
    a_citizen_id_that_has_another_file_is_refused,
    a_transfer_moves_the_child_to_another_county,
    two_files_of_one_child_are_merged_and_twins_are_not,
    an_ended_file_changes_no_more,
    adulthood_is_no_reason_before_the_birthday,
);

async fn an_update_changes_what_its_mask_names_and_nothing_else(backend: Backend) {
    let city = City::start(backend).await;
    let before = city.register(1).await;
    let mut wanted = Samples::profile(2);
    wanted.phone = "13911112222".into();
    let request = update(&before.id, wanted, &["phone", "school_stage"]);
    let after = city.children().await.update_child(request).await.unwrap().into_inner().child.unwrap();
    let expected =
        ChildProfile { phone: "13911112222".to_owned(), school_stage: 80, ..before.profile.clone().unwrap() };
    assert!(after.profile.as_ref() == Some(&expected), "more or less than the mask names was changed");
    assert_ne!(after.etag, before.etag);
    assert!(get(&city, &before.id).await == after, "the file differs from the answer");

    let log = city.event_log().await;
    assert_eq!(log[1].kind, "registry.child.updated");
    let event = contract::registry::v1::ChildUpdated::decode(log[1].body.as_slice()).unwrap();
    assert_eq!(event.changed_paths, ["phone"], "what stayed the same has not changed");
    city.close().await;
}

async fn an_old_etag_is_refused(backend: Backend) {
    let city = City::start(backend).await;
    let read = city.register(1).await;
    let mut first = update(&read.id, ChildProfile { phone: "1".into(), ..Default::default() }, &["phone"]);
    first.etag = read.etag.clone();
    let mut children = city.children().await;
    children.update_child(first.clone()).await.unwrap();
    let late = UpdateChildRequest { request_id: Samples::request_id(), ..first };
    assert_refused(children.update_child(late).await, Code::Aborted, "ETAG_MISMATCH");

    let transfer = TransferChildRequest {
        child: read.id.clone(),
        etag: read.etag.clone(),
        household_division: "371602".into(),
        transferred_on: Some(Samples::day(2025, 3, 20)),
        ..Default::default()
    };
    assert_refused(children.transfer_child(transfer).await, Code::Aborted, "ETAG_MISMATCH");
    let end = EndChildRequest { etag: read.etag, ..end(&read.id, EndReason::Death, Samples::day(2025, 3, 20)) };
    assert_refused(children.end_child(end).await, Code::Aborted, "ETAG_MISMATCH");
    assert_eq!(city.event_log().await.len(), 2);
    city.close().await;
}

async fn a_citizen_id_that_has_another_file_is_refused(backend: Backend) {
    let city = City::start(backend).await;
    city.register(1).await;
    let other = city.register(2).await;
    let taken = ChildProfile { birth_date: Samples::profile(1).birth_date, ..Samples::profile(1) };
    let request = update(&other.id, taken, &["citizen_id", "birth_date", "sex"]);
    let refused = city.children().await.update_child(request).await;
    assert_refused(refused, Code::AlreadyExists, "CHILD_ALREADY_REGISTERED");
    city.close().await;
}

async fn a_transfer_moves_the_child_to_another_county(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let mut children = city.children().await;
    let transfer = |division: &str| TransferChildRequest {
        request_id: Samples::request_id(),
        child: child.id.clone(),
        etag: String::new(),
        household_division: division.to_owned(),
        transferred_on: Some(Samples::day(2025, 3, 20)),
    };
    let same = children.transfer_child(transfer("371621101")).await;
    assert_refused(same, Code::FailedPrecondition, "SAME_DIVISION");
    let moved = children.transfer_child(transfer("371681")).await.unwrap().into_inner().child.unwrap();
    assert_eq!(moved.county, "371681");
    let log = city.event_log().await;
    assert_eq!(log[1].subject(), "hutong.v1.registry.child.transferred.371681");
    let event = contract::registry::v1::ChildTransferred::decode(log[1].body.as_slice()).unwrap();
    assert_eq!((event.from_county.as_str(), event.transferred_on), ("371621", Some(Samples::day(2025, 3, 20))));
    city.close().await;
}

async fn two_files_of_one_child_are_merged_and_twins_are_not(backend: Backend) {
    let city = City::start(backend).await;
    let mut children = city.children().await;
    let stays = city.register(1).await;
    let twin = city.register(2).await;
    let foundling = city.register_profile(ChildProfile { citizen_id: String::new(), ..Samples::profile(1) }).await;
    city.confirm(&foundling.id, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
    let merge = |merged: &str| MergeChildrenRequest {
        request_id: Samples::request_id(),
        child: stays.id.clone(),
        etag: String::new(),
        merged_child: merged.to_owned(),
    };
    assert_refused(children.merge_children(merge(&twin.id)).await, Code::FailedPrecondition, "DIFFERENT_CITIZEN_IDS");
    assert_refused(children.merge_children(merge(&Samples::request_id())).await, Code::NotFound, "CHILD_NOT_FOUND");
    let kept = children.merge_children(merge(&foundling.id)).await.unwrap().into_inner().child.unwrap();
    assert_eq!(kept.id, stays.id);
    let closed = get(&city, &foundling.id).await;
    assert_eq!((closed.state(), closed.merged_into), (ChildState::Merged, stays.id.clone()));
    let again = children.merge_children(merge(&foundling.id)).await;
    assert_refused(again, Code::FailedPrecondition, "CHILD_NOT_ACTIVE");
    let merged = city.event_log().await.into_iter().filter(|event| event.kind == "registry.child.merged").count();
    assert_eq!(merged, 1);
    city.close().await;
}

async fn an_ended_file_changes_no_more(backend: Backend) {
    let city = City::start(backend).await;
    let mut children = city.children().await;
    let child = city.register(1).await;
    city.confirm(&child.id, Category::KeyDifficulty, Samples::day(2025, 5, 17)).await;
    let death = end(&child.id, EndReason::Death, Samples::day(2025, 8, 10));
    let ended = children.end_child(death).await.unwrap().into_inner().child.unwrap();
    assert_eq!(ended.state(), ChildState::Ended);
    let september = Some(Date { year: 2025, month: 9, day: 0 });
    assert_eq!(ended.categories[0].until_month, september, "August counts in full, September does not");

    let kinds: Vec<_> = city.event_log().await.into_iter().map(|event| event.kind).collect();
    assert!(kinds[2..].contains(&"registry.child.deceased".to_owned()), "{kinds:?}");
    assert!(kinds[2..].contains(&"registry.category.ended".to_owned()), "{kinds:?}");

    let update = update(&child.id, Samples::profile(2), &["phone"]);
    assert_refused(children.update_child(update).await, Code::FailedPrecondition, "CHILD_NOT_ACTIVE");
    let again = end(&child.id, EndReason::Adoption, Samples::day(2025, 9, 1));
    assert_refused(children.end_child(again).await, Code::FailedPrecondition, "CHILD_NOT_ACTIVE");
    city.close().await;
}

async fn adulthood_is_no_reason_before_the_birthday(backend: Backend) {
    let city = City::start(backend).await;
    let born = Samples::day(2007, 6, 10);
    let youth = ChildProfile { citizen_id: String::new(), birth_date: Some(born), ..Samples::profile(1) };
    let child = city.register_profile(youth).await;
    let mut children = city.children().await;
    let the_day_before = end(&child.id, EndReason::Adulthood, Samples::day(2025, 6, 9));
    assert_refused(children.end_child(the_day_before).await, Code::FailedPrecondition, "NOT_YET_ADULT");
    children.end_child(end(&child.id, EndReason::Adulthood, Samples::day(2025, 6, 10))).await.unwrap();
    let log = city.event_log().await;
    assert_eq!(log.last().unwrap().kind, "registry.child.ended");
    city.close().await;
}

fn update(child: &str, profile: ChildProfile, paths: &[&str]) -> UpdateChildRequest {
    UpdateChildRequest {
        request_id: Samples::request_id(),
        child: child.to_owned(),
        etag: String::new(),
        profile: Some(profile),
        update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }),
        ..Default::default()
    }
}

fn end(child: &str, reason: EndReason, on: Date) -> EndChildRequest {
    EndChildRequest {
        request_id: Samples::request_id(),
        child: child.to_owned(),
        etag: String::new(),
        reason: reason.into(),
        ended_on: Some(on),
    }
}

async fn get(city: &City, child: &str) -> Child {
    let request = GetChildRequest { child: child.to_owned(), ..Default::default() };
    city.children().await.get_child(request).await.unwrap().into_inner().child.unwrap()
}
