//! One child, one file: opening it, opening it twice, and repeating a request.

use contract::registry::v1::{
    ChildState, RegisterChildRequest, SearchChildrenRequest, Sex, search_children_request::Query,
};
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::refusal::{assert_refused, refusal};
use tonic::Code;

both_databases!(
    twins_have_two_files_and_a_second_registration_is_told_nothing,
    a_file_holds_what_the_office_wrote,
    the_citizen_ids_sex_wins,
    a_repeated_request_answers_the_first_result,
    one_request_id_serves_one_request_only,
    a_foundling_without_an_id_is_registered,
    many_registrations_at_once_of_one_child_make_one_file,
);

async fn twins_have_two_files_and_a_second_registration_is_told_nothing(backend: Backend) {
    let city = City::start(backend).await;
    let twin = |id: &str| {
        let mut profile = Samples::profile(1);
        id.clone_into(&mut profile.citizen_id);
        profile.birth_date = Some(Samples::day(2012, 5, 17));
        profile
    };
    let first = city.register_profile(twin("371699201205170039")).await;
    let second = city.register_profile(twin("371699201205170055")).await;
    assert_ne!(first.id, second.id);

    let again = RegisterChildRequest { request_id: String::new(), profile: Some(twin("371699201205170039")) };
    let refused = refusal(city.children().await.register_child(again).await);
    assert_eq!((refused.code, refused.reason.as_str()), (Code::AlreadyExists, "CHILD_ALREADY_REGISTERED"));
    for told in [first.id.as_str(), "371699201205170039", &twin("").full_name, "371621"] {
        assert!(!refused.everything.contains(told), "the refusal tells {told}");
    }

    let wrong = RegisterChildRequest { request_id: String::new(), profile: Some(twin("371699201205170038")) };
    let refused = refusal(city.children().await.register_child(wrong).await);
    assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["profile.citizen_id".to_owned()]));
    assert!(!refused.everything.contains("371699201205170038"), "the value is repeated: {}", refused.everything);
    city.close().await;
}

async fn a_file_holds_what_the_office_wrote(backend: Backend) {
    let city = City::start(backend).await;
    let mut profile = Samples::profile(2);
    profile.remarks.push_str("祖父患病。𠮷");
    profile.disability_grade = 3;
    let child = city.register_profile(profile.clone()).await;
    assert_eq!(child.state(), ChildState::Active);
    assert_eq!(child.county, "371621");
    assert!(child.profile.unwrap() == profile, "the file differs from what was sent");
    assert!(!child.etag.is_empty() && child.create_time.is_some() && child.categories.is_empty());
    city.close().await;
}

async fn the_citizen_ids_sex_wins(backend: Backend) {
    let city = City::start(backend).await;
    let mut profile = Samples::profile(3);
    let by_id = if profile.citizen_id.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female };
    let other = if by_id == Sex::Male { Sex::Female } else { Sex::Male };
    profile.sex = other.into();
    let child = city.register_profile(profile).await;
    assert_eq!(child.profile.unwrap().sex(), by_id);
    city.close().await;
}

async fn a_repeated_request_answers_the_first_result(backend: Backend) {
    let mut city = City::start(backend).await;
    let request = Samples::registration(4);
    let first = city.children().await.register_child(request.clone()).await.unwrap().into_inner();
    let again = city.children().await.register_child(request.clone()).await.unwrap().into_inner();
    assert!(first == again, "a repetition answers otherwise");

    // It is in the database, not in the process.
    city.kill();
    city.restart().await;
    let again = city.children().await.register_child(request).await.unwrap().into_inner();
    assert!(first == again, "a repetition after a crash answers otherwise");
    assert_eq!(city.event_log().await.len(), 1);
    city.close().await;
}

async fn one_request_id_serves_one_request_only(backend: Backend) {
    let city = City::start(backend).await;
    let request = Samples::registration(5);
    city.children().await.register_child(request.clone()).await.unwrap();
    let other = RegisterChildRequest { profile: Some(Samples::profile(6)), ..request };
    assert_refused(city.children().await.register_child(other).await, Code::InvalidArgument, "REQUEST_ID_REUSED");
    assert_eq!(city.event_log().await.len(), 1);
    city.close().await;
}

async fn a_foundling_without_an_id_is_registered(backend: Backend) {
    let city = City::start(backend).await;
    let mut profile = Samples::profile(7);
    profile.citizen_id = String::new();
    let one = city.register_profile(profile.clone()).await;
    let other = city.register_profile(profile).await;
    assert_ne!(one.id, other.id, "two foundlings of one name and day may be two children");
    let query = Query::CitizenId(Samples::profile(8).citizen_id);
    let found = city
        .children()
        .await
        .search_children(SearchChildrenRequest { query: Some(query), ..Default::default() })
        .await
        .unwrap();
    assert!(found.into_inner().children.is_empty());
    city.close().await;
}

async fn many_registrations_at_once_of_one_child_make_one_file(backend: Backend) {
    let city = City::start(backend).await;
    let client = city.children().await;
    let calls = (0..32).map(|_| {
        let mut client = client.clone();
        async move { client.register_child(Samples::registration(9)).await }
    });
    let answers = futures::future::join_all(calls).await;
    let (registered, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((registered.len(), refused.len()), (1, 31));
    for answer in refused {
        assert_refused(answer, Code::AlreadyExists, "CHILD_ALREADY_REGISTERED");
    }
    assert_eq!(city.event_log().await.len(), 1);
    city.close().await;
}
