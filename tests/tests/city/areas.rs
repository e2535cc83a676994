//! An office of an area, such as that of a county, calls about its own area; what lies elsewhere is not there for it.

use contract::audit::v1::audit_service_client::AuditServiceClient;
use contract::audit::v1::{Decision, ListCallsRequest};
use contract::registry::v1::application_service_client::ApplicationServiceClient;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::guardianship_service_client::GuardianshipServiceClient;
use contract::registry::v1::person_service_client::PersonServiceClient;
use contract::registry::v1::search_children_request::Query;
use contract::registry::v1::worker_service_client::WorkerServiceClient;
use contract::registry::v1::{
    AppointWorkerRequest, AssignRoleRequest, Category, GetApplicationRequest, GetChildRequest, GetPersonRequest,
    GetWorkerRequest, ListApplicationsRequest, ListChildrenRequest, MergeChildrenRequest, PersonIdentity,
    RegisterChildRequest, RegisterPersonRequest, Role, RoleKind, SearchChildrenRequest, SearchPersonsRequest,
    SubmitApplicationRequest, TransferChildRequest, Validity, WorkerPerson, WorkerRole, appoint_worker_request,
    search_persons_request,
};
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::command::done;
use tests::refusal::assert_refused;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request};

both_databases!(
    an_office_keeps_the_children_of_its_area_and_finds_no_others,
    what_belongs_to_a_child_is_where_the_child_is,
    who_asks_for_another_area_stands_in_the_audit,
);

const HERE: &str = "CA-371621";
const THERE: &str = "CA-371681";
const POLICE_THERE: &str = "PSB-371681";

async fn city(backend: Backend) -> City {
    let office = format!("[[mailbox]]\ncode = \"{POLICE_THERE}\"\n");
    let city = City::start_with(backend, CityOptions::default().departments(&office)).await;
    for code in [HERE, THERE] {
        done(city.command(&["cert", "issue", "department", code]));
    }
    city
}

fn registration(number: u32, division: &str) -> RegisterChildRequest {
    let mut request = Samples::registration(number);
    request.profile.as_mut().unwrap().household_division = division.to_owned();
    request
}

async fn register(channel: &Channel, number: u32, division: &str) -> String {
    let answer = ChildServiceClient::new(channel.clone()).register_child(registration(number, division)).await.unwrap();
    answer.into_inner().child.unwrap().id
}

fn get(child: &str) -> GetChildRequest {
    GetChildRequest { child: child.to_owned(), ..Default::default() }
}

async fn an_office_keeps_the_children_of_its_area_and_finds_no_others(backend: Backend) {
    let city = city(backend).await;
    let (here, there) = (city.channel(HERE).await, city.channel(THERE).await);
    let mut office = ChildServiceClient::new(here.clone());
    let ours = register(&here, 1, "371621101").await;
    let theirs = register(&there, 2, "371681").await;
    assert_refused(office.register_child(registration(3, "371681")).await, Code::PermissionDenied, "OUTSIDE_AREA");

    assert_eq!(office.get_child(get(&ours)).await.unwrap().into_inner().child.unwrap().id, ours);
    let elsewhere = office.get_child(get(&theirs)).await.unwrap_err();
    let nobody = office.get_child(get("0198b2f0-0000-7000-8000-00000000000f")).await.unwrap_err();
    assert_eq!((elsewhere.code(), elsewhere.message()), (nobody.code(), nobody.message()));
    assert_eq!(elsewhere.details(), nobody.details(), "nothing tells them apart");

    let list = |division: &str| ListChildrenRequest { division: division.to_owned(), ..Default::default() };
    let listed = office.list_children(list("")).await.unwrap().into_inner().children;
    assert_eq!(listed.iter().map(|child| child.id.as_str()).collect::<Vec<_>>(), [ours.as_str()]);
    assert_refused(office.list_children(list("371681")).await, Code::PermissionDenied, "OUTSIDE_AREA");
    let everybody = city.children().await.list_children(list("")).await.unwrap().into_inner().children;
    assert_eq!(everybody.len(), 2);

    let search = |number: u32| {
        let citizen_id = Samples::profile(number).citizen_id;
        SearchChildrenRequest { query: Some(Query::CitizenId(citizen_id)), ..Default::default() }
    };
    assert_eq!(office.search_children(search(1)).await.unwrap().into_inner().children[0].id, ours);
    assert_eq!(office.search_children(search(2)).await.unwrap().into_inner().children, []);
    let merge = MergeChildrenRequest { child: ours.clone(), merged_child: theirs.clone(), ..Default::default() };
    assert_refused(
        office.merge_children(MergeChildrenRequest { request_id: Samples::request_id(), ..merge }).await,
        Code::NotFound,
        "CHILD_NOT_FOUND",
    );

    // The office that has a child gives it away; then it is the other's.
    let transfer = TransferChildRequest {
        request_id: Samples::request_id(),
        child: ours.clone(),
        household_division: "371681".to_owned(),
        transferred_on: Some(Samples::day(2025, 3, 20)),
        ..Default::default()
    };
    let stranger = ChildServiceClient::new(there.clone()).transfer_child(transfer.clone()).await;
    assert_refused(stranger, Code::NotFound, "CHILD_NOT_FOUND");
    office.transfer_child(transfer).await.unwrap();
    assert_refused(office.get_child(get(&ours)).await, Code::NotFound, "CHILD_NOT_FOUND");
    ChildServiceClient::new(there).get_child(get(&ours)).await.unwrap();
    city.close().await;
}

async fn what_belongs_to_a_child_is_where_the_child_is(backend: Backend) {
    let city = city(backend).await;
    let (here, there) = (city.channel(HERE).await, city.channel(THERE).await);
    let child = register(&here, 1, "371621101").await;
    let submit = SubmitApplicationRequest {
        request_id: Samples::request_id(),
        child: child.clone(),
        category: Category::InDifficulty.into(),
        applicant: contract::registry::v1::Applicant::Guardian.into(),
        received_on: Some(Samples::day(2025, 1, 10)),
        ..Default::default()
    };
    let mut applications = ApplicationServiceClient::new(here.clone());
    let application = applications.submit_application(submit).await.unwrap().into_inner().application.unwrap().id;
    let question = || GetApplicationRequest { application: application.clone(), ..Default::default() };
    applications.get_application(question()).await.unwrap();
    let mut strangers = ApplicationServiceClient::new(there.clone());
    assert_refused(strangers.get_application(question()).await, Code::NotFound, "APPLICATION_NOT_FOUND");
    let all = strangers.list_applications(ListApplicationsRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.applications, []);

    // A person is nobody's before a child's; then where the child is.
    let number = Samples::profile(9).citizen_id;
    let identity =
        PersonIdentity { full_name: "王大明".to_owned(), citizen_id: number.clone(), ..Default::default() };
    let mut persons = PersonServiceClient::new(here.clone());
    let new =
        RegisterPersonRequest { request_id: Samples::request_id(), identity: Some(identity), ..Default::default() };
    let person = persons.register_person(new).await.unwrap().into_inner().person.unwrap().id;
    let about = || GetPersonRequest { person: person.clone(), ..Default::default() };
    let mut elsewhere = PersonServiceClient::new(there.clone());
    elsewhere.get_person(about()).await.unwrap();
    let role = AssignRoleRequest {
        request_id: Samples::request_id(),
        child: child.clone(),
        role: Some(Role {
            person: person.clone(),
            kind: RoleKind::Father.into(),
            validity: Some(Validity { from: Some(Samples::day(2025, 1, 1)), until: None }),
            ..Default::default()
        }),
        ..Default::default()
    };
    GuardianshipServiceClient::new(here.clone()).assign_role(role).await.unwrap();
    assert_refused(elsewhere.get_person(about()).await, Code::NotFound, "PERSON_NOT_FOUND");
    let search = SearchPersonsRequest { query: Some(search_persons_request::Query::CitizenId(number)) };
    assert_eq!(elsewhere.search_persons(search.clone()).await.unwrap().into_inner().persons, []);
    assert_eq!(persons.search_persons(search).await.unwrap().into_inner().persons[0].id, person);

    let appoint = |division: &str| AppointWorkerRequest {
        request_id: Samples::request_id(),
        subject: Some(appoint_worker_request::Subject::Person(WorkerPerson {
            full_name: "李主任".to_owned(),
            ..Default::default()
        })),
        role: WorkerRole::Supervisor.into(),
        division: division.to_owned(),
        from: Some(Samples::day(2025, 1, 1)),
        ..Default::default()
    };
    let mut workers = WorkerServiceClient::new(here);
    let worker = workers.appoint_worker(appoint("371621101")).await.unwrap().into_inner().worker.unwrap().id;
    assert_refused(workers.appoint_worker(appoint("371681101")).await, Code::PermissionDenied, "OUTSIDE_AREA");
    let question = || GetWorkerRequest { worker: worker.clone(), ..Default::default() };
    workers.get_worker(question()).await.unwrap();
    assert_refused(WorkerServiceClient::new(there).get_worker(question()).await, Code::NotFound, "WORKER_NOT_FOUND");
    city.close().await;
}

async fn who_asks_for_another_area_stands_in_the_audit(backend: Backend) {
    let city = city(backend).await;
    let child = register(&city.channel(HERE).await, 1, "371621101").await;
    let there = city.channel(THERE).await;
    let mut stranger = ChildServiceClient::new(there.clone());
    stranger.get_child(get(&child)).await.unwrap_err();
    let citizen_id = Samples::profile(1).citizen_id;
    let search = SearchChildrenRequest { query: Some(Query::CitizenId(citizen_id)), ..Default::default() };
    stranger.search_children(search).await.unwrap();
    let mut own_audit = AuditServiceClient::new(there);
    assert_refused(own_audit.list_calls(ListCallsRequest::default()).await, Code::PermissionDenied, "OUTSIDE_AREA");
    // In an emergency no area binds.
    let reference = city.reference("PSB", &child);
    let mut request = Request::new(get(&reference));
    request.metadata_mut().insert_bin("hutong-emergency-bin", MetadataValue::from_bytes("走失".as_bytes()));
    ChildServiceClient::new(city.channel(POLICE_THERE).await).get_child(request).await.unwrap();

    let mut audit = AuditServiceClient::new(city.channel("CA").await);
    let mut of = async |caller: &str| {
        let request = ListCallsRequest { caller: caller.to_owned(), ..Default::default() };
        let calls = audit.list_calls(request).await.unwrap().into_inner().calls;
        let told = calls.into_iter().rev().map(|call| {
            let method = call.method.rsplit('/').next().unwrap().to_owned();
            (method, Decision::try_from(call.decision).unwrap(), call.reason, call.children)
        });
        told.collect::<Vec<_>>()
    };
    let entry = |method: &str, decision, reason: &str, children: &[&String]| {
        (
            method.to_owned(),
            decision,
            reason.to_owned(),
            children.iter().map(|&child| child.clone()).collect::<Vec<_>>(),
        )
    };
    assert_eq!(
        of(THERE).await,
        [
            entry("GetChild", Decision::Refused, "OUTSIDE_AREA", &[&child]),
            entry("SearchChildren", Decision::Allowed, "OUTSIDE_AREA", &[]),
            entry("ListCalls", Decision::Refused, "OUTSIDE_AREA", &[]),
        ]
    );
    assert_eq!(of(POLICE_THERE).await, [entry("GetChild", Decision::Allowed, "", &[&child])]);
    city.close().await;
}
