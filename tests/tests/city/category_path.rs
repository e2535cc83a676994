//! A category's path: applied for, checked by the township, confirmed or refused by the county.

use contract::registry::v1::application_service_client::ApplicationServiceClient;
use contract::registry::v1::{
    Applicant, ApplicationState, Category, CategoryApplication, CheckApplicationRequest, ConfirmApplicationRequest,
    Evidence, GetApplicationRequest, ListApplicationsRequest, RefuseApplicationRequest, SubmitApplicationRequest,
    SupportTier, WithdrawApplicationRequest,
};
use prost::Message;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::refusal::assert_refused;
use tonic::Code;
use tonic::transport::Channel;

both_databases!(
    an_application_is_checked_and_confirmed_and_counts_from_the_month_after,
    a_refusal_has_reasons_and_names_no_category,
    steps_out_of_turn_are_refused,
    applications_are_listed_by_county_state_and_child,
    a_partner_may_not_apply,
);

async fn an_application_is_checked_and_confirmed_and_counts_from_the_month_after(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let mut service = service(&city).await;
    let submitted = submit(&mut service, &child.id, Category::DeFactoUnattended).await;
    assert_eq!((submitted.state(), submitted.due_on), (ApplicationState::Submitted, Some(Samples::day(2025, 3, 24))));
    assert_eq!(submitted.evidence[0].kind, "报警回执");

    let checked = service.check_application(check(&submitted, true)).await.unwrap().into_inner().application.unwrap();
    assert_eq!((checked.state(), checked.due_on), (ApplicationState::Checked, Some(Samples::day(2025, 3, 31))));

    let request = confirm(&checked);
    let answer = service.confirm_application(request.clone()).await.unwrap().into_inner();
    let (application, child) = (answer.application.unwrap(), answer.child.unwrap());
    assert_eq!((application.state(), application.due_on), (ApplicationState::Confirmed, None));
    let record = &child.categories[0];
    assert_eq!(application.decision.as_ref().unwrap().record, record.id);
    assert_eq!((record.category(), record.tier()), (Category::DeFactoUnattended, SupportTier::B));
    assert_eq!(record.from_month, Some(contract::google::r#type::Date { year: 2025, month: 4, day: 0 }));
    let again = service.confirm_application(request).await.unwrap().into_inner();
    assert!(again.application.as_ref() == Some(&application), "a repeated request gets the first answer");
    let request = GetApplicationRequest { application: application.id.clone(), ..Default::default() };
    let read = service.get_application(request).await.unwrap().into_inner().application;
    assert!(read == Some(application), "what is read is what was answered");

    let kinds: Vec<String> = city.event_log().await.into_iter().map(|event| event.kind).collect();
    let path = ["child.registered", "category.submitted", "category.checked", "category.confirmed"];
    assert_eq!(kinds, path.map(|kind| format!("registry.{kind}")));
    city.close().await;
}

async fn a_refusal_has_reasons_and_names_no_category(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let mut service = service(&city).await;
    let submitted = submit(&mut service, &child.id, Category::HivAffected).await;
    assert_refused(service.check_application(check(&submitted, false)).await, Code::InvalidArgument, "REASONS_MISSING");
    let request = CheckApplicationRequest { opinion: "数据比对不符".into(), ..check(&submitted, false) };
    service.check_application(request).await.unwrap();
    let refuse = |reasons: &str| RefuseApplicationRequest {
        request_id: Samples::request_id(),
        application: submitted.id.clone(),
        etag: String::new(),
        decided_on: Some(Samples::day(2025, 3, 20)),
        reasons: reasons.to_owned(),
    };
    assert_refused(service.refuse_application(refuse("  ")).await, Code::InvalidArgument, "REASONS_MISSING");
    let answer = service.refuse_application(refuse("不符合认定条件")).await.unwrap().into_inner();
    let refused = answer.application.unwrap();
    assert_eq!(refused.state(), ApplicationState::Refused);
    assert_eq!(refused.decision.as_ref().unwrap().reasons, "不符合认定条件");
    assert!(!refused.check.as_ref().unwrap().supports);

    let log = city.event_log().await;
    let event = contract::registry::v1::CategoryRefused::decode(log[3].body.as_slice()).unwrap();
    assert_eq!((event.child, event.application), (child.id.clone(), refused.id));
    // The same again is a new application.
    submit(&mut service, &child.id, Category::HivAffected).await;
    city.close().await;
}

async fn steps_out_of_turn_are_refused(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let mut service = service(&city).await;
    let request = submission("0198b2f0-0000-7000-8000-000000000001", Category::KeyDifficulty);
    assert_refused(service.submit_application(request).await, Code::NotFound, "CHILD_NOT_FOUND");
    let first = submit(&mut service, &child.id, Category::KeyDifficulty).await;
    let again = submission(&child.id, Category::KeyDifficulty);
    assert_refused(service.submit_application(again).await, Code::FailedPrecondition, "APPLICATION_UNDER_WAY");
    let unchecked = service.confirm_application(confirm(&first)).await;
    assert_refused(unchecked, Code::FailedPrecondition, "APPLICATION_NOT_WAITING");
    let early = CheckApplicationRequest { checked_on: Some(Samples::day(2025, 3, 2)), ..check(&first, true) };
    assert_refused(service.check_application(early).await, Code::InvalidArgument, "DATE_OUT_OF_RANGE");
    service.check_application(check(&first, true)).await.unwrap();
    let stale = ConfirmApplicationRequest { etag: first.etag.clone(), ..confirm(&first) };
    assert_refused(service.confirm_application(stale).await, Code::Aborted, "ETAG_MISMATCH");
    service.confirm_application(confirm(&first)).await.unwrap();
    let withdraw = WithdrawApplicationRequest {
        request_id: Samples::request_id(),
        application: first.id.clone(),
        etag: String::new(),
        withdrawn_on: Some(Samples::day(2025, 3, 21)),
    };
    assert_refused(service.withdraw_application(withdraw).await, Code::FailedPrecondition, "APPLICATION_NOT_WAITING");
    let carried = submission(&child.id, Category::KeyDifficulty);
    assert_refused(service.submit_application(carried).await, Code::FailedPrecondition, "CATEGORY_ALREADY_CONFIRMED");
    let nobody = GetApplicationRequest { application: child.id, ..Default::default() };
    assert_refused(service.get_application(nobody).await, Code::NotFound, "APPLICATION_NOT_FOUND");
    city.close().await;
}

async fn applications_are_listed_by_county_state_and_child(backend: Backend) {
    let options = CityOptions::default().set("registry.sweep_seconds", "1");
    let city = City::start_with(backend, options).await;
    let mut service = service(&city).await;
    let mut submitted = Vec::new();
    for number in 1..=3 {
        let child = city.register(number).await;
        submitted.push(submit(&mut service, &child.id, Category::InDifficulty).await);
    }
    service.check_application(check(&submitted[1], true)).await.unwrap();
    let all = |request: ListApplicationsRequest| {
        let mut service = service.clone();
        async move {
            let page = service.list_applications(request).await.unwrap().into_inner();
            (page.applications.into_iter().map(|one| one.id).collect::<Vec<_>>(), page.next_page_token)
        }
    };
    let ids: Vec<String> = submitted.iter().map(|one| one.id.clone()).collect();
    let here = ListApplicationsRequest { county: "371621".into(), page_size: 2, ..Default::default() };
    let (first, token) = all(here.clone()).await;
    assert_eq!(first, ids[..2]);
    let (second, end) = all(ListApplicationsRequest { page_token: token.clone(), ..here.clone() }).await;
    assert_eq!((second.as_slice(), end.as_str()), (&ids[2..], ""));
    let other = ListApplicationsRequest { county: "371602".into(), page_token: token, ..here };
    assert_refused(service.clone().list_applications(other).await, Code::InvalidArgument, "PAGE_TOKEN_INVALID");
    let checked = ListApplicationsRequest { state: ApplicationState::Checked.into(), ..Default::default() };
    assert_eq!(all(checked).await.0, ids[1..2]);
    let of_child = ListApplicationsRequest { child: submitted[2].child.clone(), ..Default::default() };
    assert_eq!(all(of_child).await.0, ids[2..]);
    let late = ListApplicationsRequest { late: true, ..Default::default() };
    tests::wait::eventually("the sweeper tells what is long overdue", async || {
        (all(late.clone()).await.0 == ids).then_some(())
    })
    .await;
    city.close().await;
}

async fn a_partner_may_not_apply(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    let mut education = ApplicationServiceClient::new(city.channel("EDU").await);
    let request = submission(&child.id, Category::InDifficulty);
    let refused = education.submit_application(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    city.close().await;
}

async fn service(city: &City) -> ApplicationServiceClient<Channel> {
    ApplicationServiceClient::new(city.channel("CA").await)
}

fn submission(child: &str, category: Category) -> SubmitApplicationRequest {
    SubmitApplicationRequest {
        request_id: Samples::request_id(),
        child: child.to_owned(),
        category: category.into(),
        applicant: Applicant::Relative.into(),
        received_on: Some(Samples::day(2025, 3, 3)),
        evidence: vec![Evidence {
            kind: "报警回执".into(), issuer: "惠民县公安局".into(), ..Default::default()
        }],
    }
}

async fn submit(
    service: &mut ApplicationServiceClient<Channel>,
    child: &str,
    category: Category,
) -> CategoryApplication {
    service.submit_application(submission(child, category)).await.unwrap().into_inner().application.unwrap()
}

fn check(application: &CategoryApplication, supports: bool) -> CheckApplicationRequest {
    CheckApplicationRequest {
        request_id: Samples::request_id(),
        application: application.id.clone(),
        checked_on: Some(Samples::day(2025, 3, 10)),
        supports,
        ..Default::default()
    }
}

fn confirm(application: &CategoryApplication) -> ConfirmApplicationRequest {
    ConfirmApplicationRequest {
        request_id: Samples::request_id(),
        application: application.id.clone(),
        decided_on: Some(Samples::day(2025, 3, 20)),
        ..Default::default()
    }
}
