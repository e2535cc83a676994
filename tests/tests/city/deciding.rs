//! Categories count from the month after their confirmation to the month after the event that ends them.

use contract::google::r#type::Date;
use contract::registry::v1::{
    Category, CategoryConfirmed, CategoryEnded, CategoryReclassified, ChildProfile, ConfirmCategoryRequest,
    EndCategoryRequest, ReclassifyCategoryRequest, SupportTier,
};
use prost::Message;
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::assert_refused;
use tonic::Code;

both_databases!(
    a_category_counts_from_the_month_after_its_confirmation,
    a_reclassification_in_may_counts_from_june,
    an_ended_category_counts_to_the_end_of_the_month,
    a_standing_category_is_not_confirmed_again,
    a_child_too_old_is_refused,
);

async fn a_category_counts_from_the_month_after_its_confirmation(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let answer = city.confirm(&child.id, Category::DeFactoUnattended, Samples::day(2024, 12, 12)).await;
    let record = answer.record.unwrap();
    assert_eq!((record.tier(), record.from_month), (SupportTier::B, Some(month(2025, 1))));
    assert!(answer.child.unwrap().categories == [record.clone()], "the file holds the record");
    let event = CategoryConfirmed::decode(city.event_log().await[1].body.as_slice()).unwrap();
    assert_eq!(
        (event.record.clone(), event.tier(), event.from_month),
        (record.id, SupportTier::B, Some(month(2025, 1)))
    );

    let no_tier = city.confirm(&child.id, Category::LeftBehind, Samples::day(2024, 12, 31)).await.record.unwrap();
    assert_eq!((no_tier.tier(), no_tier.from_month), (SupportTier::Unspecified, Some(month(2025, 1))));
    city.close().await;
}

async fn a_reclassification_in_may_counts_from_june(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let old = city.confirm(&child.id, Category::KeyDifficulty, Samples::day(2024, 11, 5)).await.record.unwrap();
    let mut categories = city.categories().await;
    let reclassify = |record: &str, on: Date| ReclassifyCategoryRequest {
        request_id: Samples::request_id(),
        child: child.id.clone(),
        etag: String::new(),
        record: record.to_owned(),
        category: Category::DeFactoUnattended.into(),
        confirmed_on: Some(on),
    };
    let too_early = categories.reclassify_category(reclassify(&old.id, Samples::day(2024, 11, 4))).await;
    assert_refused(too_early, Code::FailedPrecondition, "DATE_BEFORE_START");
    let nothing = categories.reclassify_category(reclassify(&Samples::request_id(), Samples::day(2025, 5, 17))).await;
    assert_refused(nothing, Code::NotFound, "CATEGORY_RECORD_NOT_FOUND");

    let answer = categories.reclassify_category(reclassify(&old.id, Samples::day(2025, 5, 17))).await.unwrap();
    let answer = answer.into_inner();
    let (file, new) = (answer.child.unwrap(), answer.record.unwrap());
    assert_eq!((new.tier(), new.from_month), (SupportTier::B, Some(month(2025, 6))));
    let closed = file.categories.iter().find(|record| record.id == old.id).unwrap();
    assert_eq!(closed.until_month, Some(month(2025, 6)), "each month counts once");

    let event = CategoryReclassified::decode(city.event_log().await[2].body.as_slice()).unwrap();
    assert_eq!((event.previous_tier(), event.tier()), (SupportTier::C, SupportTier::B));
    assert_eq!(event.from_month, Some(month(2025, 6)));
    assert_eq!((event.previous_record, event.record), (old.id.clone(), new.id));
    let again = categories.reclassify_category(reclassify(&old.id, Samples::day(2025, 6, 1))).await;
    assert_refused(again, Code::FailedPrecondition, "CATEGORY_ENDED");
    city.close().await;
}

async fn an_ended_category_counts_to_the_end_of_the_month(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let record =
        city.confirm(&child.id, Category::InstitutionalOrphan, Samples::day(2025, 1, 31)).await.record.unwrap();
    let end = |on: Date| EndCategoryRequest {
        request_id: Samples::request_id(),
        child: child.id.clone(),
        etag: String::new(),
        record: record.id.clone(),
        ended_on: Some(on),
    };
    let mut categories = city.categories().await;
    let before = categories.end_category(end(Samples::day(2025, 1, 30))).await;
    assert_refused(before, Code::FailedPrecondition, "DATE_BEFORE_START");
    let file = categories.end_category(end(Samples::day(2025, 8, 10))).await.unwrap().into_inner().child.unwrap();
    assert_eq!(file.categories[0].until_month, Some(month(2025, 9)));
    let event = CategoryEnded::decode(city.event_log().await[2].body.as_slice()).unwrap();
    assert_eq!((event.tier(), event.until_month), (SupportTier::A, Some(month(2025, 9))));
    let again = categories.end_category(end(Samples::day(2025, 8, 11))).await;
    assert_refused(again, Code::FailedPrecondition, "CATEGORY_ENDED");
    city.close().await;
}

async fn a_standing_category_is_not_confirmed_again(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let day = Samples::day(2025, 5, 17);
    city.confirm(&child.id, Category::ScatteredOrphan, day).await;
    city.confirm(&child.id, Category::Migrant, day).await;
    let again = confirm(&child.id, Category::ScatteredOrphan, day);
    let refused = city.categories().await.confirm_category(again).await;
    assert_refused(refused, Code::FailedPrecondition, "CATEGORY_ALREADY_CONFIRMED");
    let nobody = confirm(&Samples::request_id(), Category::Migrant, day);
    assert_refused(city.categories().await.confirm_category(nobody).await, Code::NotFound, "CHILD_NOT_FOUND");
    let mut stale = confirm(&child.id, Category::KeyDifficulty, day);
    stale.etag = child.etag;
    assert_refused(city.categories().await.confirm_category(stale).await, Code::Aborted, "ETAG_MISMATCH");
    city.close().await;
}

async fn a_child_too_old_is_refused(backend: Backend) {
    let city = City::start(backend).await;
    let born = Samples::day(2008, 3, 2);
    let youth = ChildProfile { citizen_id: String::new(), birth_date: Some(born), ..Samples::profile(1) };
    let child = city.register_profile(youth).await;
    let mut categories = city.categories().await;
    let sixteen = Samples::day(2024, 3, 2);
    let refused = categories.confirm_category(confirm(&child.id, Category::LeftBehind, sixteen)).await;
    assert_refused(refused, Code::FailedPrecondition, "AGE_LIMIT");
    categories.confirm_category(confirm(&child.id, Category::LeftBehind, Samples::day(2024, 3, 1))).await.unwrap();
    categories.confirm_category(confirm(&child.id, Category::ScatteredOrphan, sixteen)).await.unwrap();
    city.close().await;
}

fn month(year: i32, month: i32) -> Date {
    Date { year, month, day: 0 }
}

fn confirm(child: &str, category: Category, on: Date) -> ConfirmCategoryRequest {
    ConfirmCategoryRequest {
        request_id: Samples::request_id(),
        child: child.to_owned(),
        etag: String::new(),
        category: category.into(),
        confirmed_on: Some(on),
    }
}
