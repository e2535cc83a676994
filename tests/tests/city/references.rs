//! Each department knows a child by its own reference, at both doors, and nobody else's is of use to it.

use contract::registry::v1::check_support_request::About;
use contract::registry::v1::reference_service_client::ReferenceServiceClient;
use contract::registry::v1::support_service_client::SupportServiceClient;
use contract::registry::v1::{
    Category, CheckSupportRequest, CheckSupportResponse, ChildRegistered, GetReferenceRequest, ResolveReferenceRequest,
};
use prost::Message as _;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tonic::{Code, Status};

both_databases!(
    a_department_asks_by_its_own_reference_and_gets_it_back,
    what_is_anothers_or_elsewhere_is_not_found,
    civil_affairs_alone_turns_references,
);

async fn check(city: &City, code: &str, about: About) -> Result<CheckSupportResponse, Status> {
    let mut client = SupportServiceClient::new(city.channel(code).await);
    let request = CheckSupportRequest { about: Some(about), month: None };
    Ok(client.check_support(request).await?.into_inner())
}

/// The reference by which a department's mailbox tells its last child.
async fn told(city: &City, code: &str) -> String {
    let last = city.mailbox(code).await.pop().expect("it was told of a child");
    ChildRegistered::decode(last.payload.clone()).unwrap().child
}

async fn a_department_asks_by_its_own_reference_and_gets_it_back(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await;
    city.settle().await;
    let reference = told(&city, "EDU").await;
    assert_ne!(reference, child.id);
    let answer = check(&city, "EDU", About::Child(reference.clone())).await.unwrap();
    assert_eq!((answer.supported, &answer.child), (false, &reference));

    // From the month after its confirmation on.
    city.confirm(&child.id, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
    let answer = check(&city, "EDU", About::Child(reference.clone())).await.unwrap();
    assert_eq!((answer.supported, &answer.child), (true, &reference));
    let citizen_id = child.profile.as_ref().unwrap().citizen_id.clone();
    let asked_by_number = check(&city, "EDU", About::CitizenId(citizen_id.clone())).await.unwrap();
    assert_eq!(asked_by_number, answer);
    let housing = check(&city, "HUD", About::CitizenId(citizen_id.clone())).await.unwrap();
    assert_eq!(housing.child, city.reference("HUD", &child.id), "the same child, by housing's reference");
    assert_ne!(housing.child, reference);
    let owner = check(&city, "CA", About::CitizenId(citizen_id)).await.unwrap();
    assert_eq!(owner.child, child.id);

    let stranger = city.register(2).await;
    let citizen_id = stranger.profile.unwrap().citizen_id;
    let answer = check(&city, "EDU", About::CitizenId(citizen_id)).await.unwrap();
    assert_eq!(answer, CheckSupportResponse::default(), "who is not supported is not told from who is not known");
    city.close().await;
}

async fn what_is_anothers_or_elsewhere_is_not_found(backend: Backend) {
    let offices = "[[mailbox]]\ncode = \"EDU-371621\"\n[[mailbox]]\ncode = \"EDU-371602\"\n";
    let city = City::start_with(backend, CityOptions::default().departments(offices)).await;
    let child = city.register(1).await;
    city.confirm(&child.id, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
    city.settle().await;
    let (education, housing) = (city.reference("EDU", &child.id), city.reference("HUD", &child.id));
    assert_eq!(told(&city, "EDU-371621").await, education, "an office has its department's references");
    assert!(check(&city, "EDU-371621", About::Child(education.clone())).await.unwrap().supported);
    for (code, reference) in [
        ("EDU", housing),
        ("EDU", child.id.clone()),
        ("HUD", education.clone()),
        ("CA", education.clone()),
        ("EDU-371602", education.clone()),
    ] {
        let status = check(&city, code, About::Child(reference)).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::NotFound, "no such child"), "{code}");
    }
    let citizen_id = child.profile.unwrap().citizen_id;
    let elsewhere = check(&city, "EDU-371602", About::CitizenId(citizen_id)).await.unwrap();
    assert_eq!(elsewhere, CheckSupportResponse::default());
    for spelled in [education.to_uppercase(), education.replace('-', ""), format!("{{{education}}}")] {
        let status = check(&city, "EDU", About::Child(spelled)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
    }
    city.close().await;
}

async fn civil_affairs_alone_turns_references(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    let mut client = ReferenceServiceClient::new(city.channel("CA").await);
    let question = |code: &str| GetReferenceRequest { child: child.clone(), department: code.to_owned() };
    let reference = client.get_reference(question("EDU-371621")).await.unwrap().into_inner().reference;
    assert_eq!(reference, city.reference("EDU", &child));
    let back = |code: &str| ResolveReferenceRequest { department: code.to_owned(), reference: reference.clone() };
    assert_eq!(client.resolve_reference(back("EDU")).await.unwrap().into_inner().child, child);
    assert_eq!(client.resolve_reference(back("HC")).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(client.get_reference(question("XYZ")).await.unwrap_err().code(), Code::InvalidArgument);

    let of = city.command(&["reference", "of", &child, "--department", "EDU"]).output().unwrap();
    assert_eq!(String::from_utf8(of.stdout).unwrap().trim(), reference);
    let resolved =
        city.command(&["reference", "resolve", &reference, "--department", "EDU", "--json"]).output().unwrap();
    let resolved: serde_json::Value = serde_json::from_slice(&resolved.stdout).unwrap();
    assert_eq!(resolved["child"], child);

    let mut partner = ReferenceServiceClient::new(city.channel("EDU").await);
    assert_eq!(partner.resolve_reference(back("EDU")).await.unwrap_err().code(), Code::PermissionDenied);
    city.close().await;
}
