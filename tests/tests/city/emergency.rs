//! In an emergency some departments see more, with a reason, and a person looks at it afterwards.

use contract::audit::v1::emergency_service_client::EmergencyServiceClient;
use contract::audit::v1::{ListEmergenciesRequest, ReviewEmergencyRequest, Verdict};
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::search_children_request::Query;
use contract::registry::v1::{Child, GetChildRequest, SearchChildrenRequest, UpdateChildRequest};
use tests::both_databases;
use tests::city::{Backend, City};
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Response, Status};

both_databases!(
    who_says_why_sees_what_its_clearance_allows,
    nobody_else_and_nothing_else_is_opened_by_a_reason,
    a_person_reviews_it_once,
);

const HEADER: &str = "hutong-emergency-bin";
const REASON: &str = "孩子失联,正在寻找";

fn because<T>(message: T, reason: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert_bin(HEADER, MetadataValue::from_bytes(reason.as_bytes()));
    request
}

async fn search(city: &City, code: &str, citizen_id: &str, reason: &str) -> Result<Response<Vec<Child>>, Status> {
    let mut client = ChildServiceClient::new(city.channel(code).await);
    let query = Some(Query::CitizenId(citizen_id.to_owned()));
    let answer = client.search_children(because(SearchChildrenRequest { query, ..Default::default() }, reason)).await?;
    Ok(answer.map(|answer| answer.children))
}

async fn get(city: &City, code: &str, child: &str, reason: Option<&str>) -> Result<Response<Child>, Status> {
    let mut client = ChildServiceClient::new(city.channel(code).await);
    let message = GetChildRequest { child: child.to_owned(), ..Default::default() };
    let request = match reason {
        Some(reason) => because(message, reason),
        None => Request::new(message),
    };
    Ok(client.get_child(request).await?.map(|answer| answer.child.unwrap()))
}

async fn who_says_why_sees_what_its_clearance_allows(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let citizen_id = child.profile.as_ref().unwrap().citizen_id.clone();
    let found = search(&city, "PSB", &citizen_id, REASON).await.unwrap();
    let [found] = found.get_ref().as_slice() else { panic!("the child is found") };
    assert_eq!(found.id, city.reference("PSB", &child.id));
    assert_eq!(found.profile, child.profile, "the police may see secrets");
    let again = get(&city, "PSB", &found.id, Some(REASON)).await.unwrap();
    assert_eq!(again.get_ref(), found);

    // Health may not see secrets, of which this file has none.
    let health = get(&city, "HC", &city.reference("HC", &child.id), Some(REASON)).await.unwrap();
    assert_eq!(health.get_ref().profile, child.profile);
    let status = get(&city, "HC", &found.id, Some(REASON)).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound, "the police's reference is of no use to it");
    city.close().await;
}

async fn nobody_else_and_nothing_else_is_opened_by_a_reason(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    for (code, reason, expected) in [
        ("PSB", None, Code::PermissionDenied),
        ("PSB", Some(""), Code::InvalidArgument),
        ("PSB", Some("  \u{3000}"), Code::InvalidArgument),
        ("EDU", Some(REASON), Code::PermissionDenied),
        ("FIN", Some(REASON), Code::PermissionDenied),
    ] {
        let status = get(&city, code, &city.reference(code, &child), reason).await.unwrap_err();
        assert_eq!(status.code(), expected, "{code} {reason:?}");
    }
    let long = "急".repeat(501);
    let status = get(&city, "PSB", &city.reference("PSB", &child), Some(&long)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let mut police = ChildServiceClient::new(city.channel("PSB").await);
    let update = UpdateChildRequest { child: city.reference("PSB", &child), ..Default::default() };
    let status = police.update_child(because(update, REASON)).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied, "nothing is changed in an emergency");

    let mut review = EmergencyServiceClient::new(city.channel("CA").await);
    let all = ListEmergenciesRequest { service: "registry".into(), ..Default::default() };
    assert!(review.list_emergencies(all.clone()).await.unwrap().into_inner().emergencies.is_empty());
    let mut police = EmergencyServiceClient::new(city.channel("PSB").await);
    assert_eq!(police.list_emergencies(all).await.unwrap_err().code(), Code::PermissionDenied);
    city.close().await;
}

async fn a_person_reviews_it_once(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    let reference = city.reference("PRO", &child);
    get(&city, "PRO", &reference, Some(REASON)).await.unwrap();
    get(&city, "PRO", &child, Some(REASON)).await.unwrap_err();
    let mut review = EmergencyServiceClient::new(city.channel("CA").await);
    let page = |page_token| ListEmergenciesRequest {
        service: "registry".into(),
        unreviewed_only: true,
        page_size: 1,
        page_token,
    };
    let first = review.list_emergencies(page(String::new())).await.unwrap().into_inner();
    let second = review.list_emergencies(page(first.next_page_token.clone())).await.unwrap().into_inner();
    assert_eq!(second.next_page_token, "");
    let [one] = second.emergencies.as_slice() else { panic!("a page holds one") };
    assert_eq!((one.caller.as_str(), one.reason.as_str()), ("PRO", REASON));
    assert_eq!(one.method, "/hutong.registry.v1.ChildService/GetChild");
    assert!(one.review_due.unwrap().seconds > one.opened_at.unwrap().seconds);

    let verdict = |verdict: Verdict| ReviewEmergencyRequest {
        service: "registry".into(),
        emergency: one.id.clone(),
        verdict: verdict.into(),
        note: "已核实".into(),
    };
    let reviewed = review.review_emergency(verdict(Verdict::Justified)).await.unwrap().into_inner().emergency.unwrap();
    assert_eq!((reviewed.verdict(), reviewed.note.as_str()), (Verdict::Justified, "已核实"));
    review.review_emergency(verdict(Verdict::Justified)).await.unwrap();
    let status = review.review_emergency(verdict(Verdict::Unjustified)).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);

    let listed = city.command(&["emergency", "list", "--unreviewed", "--json"]).output().unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["reason"]), (1, &REASON.into()));
    let said = city.command(&["emergency", "review", id, "unjustified", "--note", "无危险"]).output().unwrap();
    assert!(String::from_utf8(said.stdout).unwrap().contains("不属紧急"));
    let log = std::fs::read_to_string(city.data().join("logs/hutong.log")).unwrap();
    assert!(log.contains("EMERGENCY_ACCESS"), "it was alarmed");
    assert!(!log.contains("失联"), "and the reason is not in the log");
    city.close().await;
}
