use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::net::TcpListener;
use tonic::Code;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt;
use tower::{Layer, Service, service_fn};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::deadline::DeadlineLayer;
use super::tls::has_ended;
use super::{Server, ServerError};
use crate::config::Config;
use crate::test_audit::Book;
use crate::test_authority::{Authority, TRUST_DOMAIN};
use crate::test_door::{Door, call, drain_to_code, pseudonyms};

#[tokio::test]
async fn a_department_that_the_contract_names_is_served_and_the_handler_knows_it() {
    let door = Door::open().await;
    let civil_affairs = door.connect(&door.authority.department("CA")).await;
    assert_eq!(call(&civil_affairs, "GetChild").await.unwrap(), "CA");
}

#[tokio::test]
async fn another_department_is_refused_in_the_same_words_whatever_it_asks_for() {
    let door = Door::open().await;
    let education = door.connect(&door.authority.department("EDU")).await;
    for method in ["GetChild", "RegisterChild", "NoSuchMethod"] {
        let status = call(&education, method).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied, "{method}");
        assert_eq!(status.message(), "not permitted, or there is no such thing", "{method}");
        assert_eq!(status.get_details_error_info().unwrap().reason, "NOT_PERMITTED", "{method}");
    }
}

#[tokio::test]
async fn without_a_certificate_or_with_a_foreign_one_nothing_is_open() {
    let door = Door::open().await;
    let mut anonymous = door.authority.department("CA");
    anonymous.certificate_pem.clear();
    door.try_call_without_certificate().await.expect_err("no certificate, no call");

    let mut foreign = Authority::new().department("CA");
    foreign.authority_pem.clone_from(&door.authority.department("CA").authority_pem);
    let channel = door.connect_lazily(&foreign);
    let status = call(&channel, "GetChild").await.unwrap_err();
    assert_eq!(status.code(), Code::Unknown, "the handshake fails: {status:?}");
}

#[tokio::test]
async fn a_certificate_that_names_nobody_is_unauthenticated() {
    let door = Door::open().await;
    let nobody = door.authority.issue(&[], &["somewhere.example"]);
    let channel = door.connect(&nobody).await;
    let status = call(&channel, "GetChild").await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(status.message(), "the certificate holds no URI name");
    assert_eq!(status.get_details_error_info().unwrap().reason, "CERTIFICATE_REJECTED");
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_and_its_open_calls_are_cut_while_others_go_on() {
    let authority = Authority::new();
    let (leaked, kept) = (authority.department("CA"), authority.department("CA"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("revoked.crl");
    std::fs::write(&file, authority.revoke(1, &[])).unwrap();
    let list = authority.revoke(2, &[&leaked]);
    let door = Door::open_for(authority, |_| {}, |server| server.revocations(&file).unwrap()).await;
    let (cut, stays) = (door.connect(&leaked).await, door.connect(&kept).await);
    let under_way = [&cut, &stays].map(|channel| {
        let channel = channel.clone();
        tokio::spawn(async move { call(&channel, "UpdateChild").await })
    });
    door.started().await;
    door.started().await;

    std::fs::write(&file, list).unwrap();
    let [cut_call, stays_call] = under_way;
    cut_call.await.unwrap().expect_err("the call under way is cut");
    call(&cut, "GetChild").await.expect_err("the channel does not come back");
    call(&door.connect_lazily(&leaked), "GetChild").await.expect_err("nor does a new one");
    // The call that was cut may have taken a permit of the two.
    door.release();
    door.release();
    assert_eq!(stays_call.await.unwrap().unwrap(), "CA");
    assert_eq!(call(&door.connect(&kept).await, "GetChild").await.unwrap(), "CA");
}

#[test]
fn a_certificate_ends_with_its_last_second() {
    let credentials = Authority::new().department("CA");
    let der = CertificateDer::from_pem_slice(&credentials.certificate_pem).unwrap();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let end = certificate.validity().not_after.timestamp();
    let ended = |seconds: i64| has_ended(std::slice::from_ref(&der), kernel::Instant::from_micros(seconds * 1_000_000));
    assert_eq!([ended(end - 1), ended(end), ended(end + 1)], [false, false, true]);
}

#[tokio::test]
async fn a_door_does_not_open_without_knowing_whom_to_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("revoked.crl");
    std::fs::write(&file, Authority::new().revoke(1, &[])).unwrap();
    let server = Server::new(
        &Config::default().server,
        &Authority::new().server(),
        TRUST_DOMAIN,
        pseudonyms(),
        Book::default().layer(),
    )
    .unwrap();
    assert!(matches!(server.revocations(&file), Err(ServerError::Credentials(_))));
}

#[tokio::test]
async fn a_client_that_never_shakes_hands_does_not_hold_up_the_next() {
    let door = Door::open().await;
    let _silent = tokio::net::TcpStream::connect(door.address).await.unwrap();
    let civil_affairs = door.connect(&door.authority.department("CA")).await;
    call(&civil_affairs, "GetChild").await.unwrap();
}

#[tokio::test]
async fn an_error_of_a_handler_arrives_with_its_details() {
    let door = Door::open().await;
    let civil_affairs = door.connect(&door.authority.department("CA")).await;
    let status = call(&civil_affairs, "ListChildren").await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(violations[0].field, "page_token");
}

#[tokio::test]
async fn a_call_that_outlives_the_longest_life_ends_with_deadline_exceeded() {
    let door = Door::open_with(|config| config.max_call = Duration::from_millis(20)).await;
    let civil_affairs = door.connect(&door.authority.department("CA")).await;
    let status = call(&civil_affairs, "UpdateChild").await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(status.get_details_error_info().unwrap().reason, "DEADLINE_EXCEEDED");

    let code = drain_to_code(&civil_affairs, "SearchChildren").await;
    assert_eq!(code, Code::DeadlineExceeded, "an answer that streams on is ended too");
}

#[tokio::test(start_paused = true)]
async fn the_callers_deadline_is_kept() {
    for (header, expected) in [
        ("0n", Some(0)),
        ("50m", Some(50)),
        ("2S", Some(2_000)),
        ("1H", Some(60_000)),
        ("123456789m", None),
        ("soon", None),
    ] {
        let layer = DeadlineLayer::new(Duration::from_secs(60));
        let mut service = layer.layer(service_fn(|_| {
            std::future::pending::<Result<http::Response<tonic::body::Body>, std::convert::Infallible>>()
        }));
        let request = http::Request::builder().header("grpc-timeout", header).body(tonic::body::Body::empty()).unwrap();
        let began = tokio::time::Instant::now();
        let response = service.call(request).await.unwrap();
        assert_eq!(code_of(response.headers()), Code::DeadlineExceeded, "{header}");
        let waited = began.elapsed().as_millis();
        let expected = expected.unwrap_or(60_000);
        assert!((expected..=expected + 1).contains(&waited), "{header}: {waited} ms");
    }
}

fn code_of(headers: &HeaderMap) -> Code {
    Code::from_bytes(headers["grpc-status"].as_bytes())
}

#[tokio::test]
async fn health_and_reflection_answer_every_certificate() {
    let door = Door::open().await;
    let channel = door.connect(&door.authority.department("EDU")).await;
    for service in ["", "hutong.registry.v1.ChildService"] {
        let request = HealthCheckRequest { service: service.into() };
        let answer = HealthClient::new(channel.clone()).check(request).await.unwrap();
        assert_eq!(answer.into_inner().status, 1, "{service:?} is SERVING");
    }

    let ask = |question| ServerReflectionRequest { host: String::new(), message_request: Some(question) };
    let questions = [
        ask(MessageRequest::ListServices(String::new())),
        ask(MessageRequest::FileContainingSymbol("hutong.registry.v1.ChildService".into())),
    ];
    let mut answers = ServerReflectionClient::new(channel)
        .server_reflection_info(tokio_stream::iter(questions))
        .await
        .unwrap()
        .into_inner();
    let Some(MessageResponse::ListServicesResponse(list)) = answers.message().await.unwrap().unwrap().message_response
    else {
        panic!("a list of services was asked for")
    };
    let mut names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    names.sort();
    assert_eq!(names, ["grpc.health.v1.Health", "hutong.registry.v1.ChildService"]);
    let file = answers.message().await.unwrap().unwrap().message_response;
    assert!(matches!(file, Some(MessageResponse::FileDescriptorResponse(_))), "{file:?}");
}

#[tokio::test]
async fn a_drain_lets_calls_under_way_end_and_takes_no_new_ones() {
    let door = Door::open().await;
    let credentials = door.authority.department("CA");
    let channel = door.connect(&credentials).await;
    let mut health = HealthClient::new(channel.clone())
        .watch(HealthCheckRequest { service: "hutong.registry.v1.ChildService".into() })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(health.message().await.unwrap().unwrap().status, ServingStatus::Serving as i32);

    let under_way = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel, "UpdateChild").await }
    });
    door.started().await;
    door.shutdown.trigger();
    assert_eq!(health.message().await.unwrap().unwrap().status, ServingStatus::NotServing as i32);
    drop(health);
    door.release();
    assert_eq!(under_way.await.unwrap().unwrap(), "CA");
    drop(channel);
    let address = door.ended().await;
    tokio::net::TcpStream::connect(address).await.expect_err("nobody listens any more");
}

#[tokio::test]
async fn a_drain_is_bounded_what_is_left_is_cut() {
    let door = Door::open_with(|config| config.drain = Duration::ZERO).await;
    let channel = door.connect(&door.authority.department("CA")).await;
    let under_way = tokio::spawn(async move { call(&channel, "UpdateChild").await });
    door.started().await;
    door.shutdown.trigger();
    door.ended().await;
    under_way.await.unwrap().expect_err("the call was cut");
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Config::default().server;
    config.listen = taken.local_addr().unwrap();
    let server =
        Server::new(&config, &Authority::new().server(), TRUST_DOMAIN, pseudonyms(), Book::default().layer()).unwrap();
    let Err(error) = server.bind().await else { panic!("the port is taken") };
    assert!(matches!(error, ServerError::PortInUse(_)));
    assert_eq!(error.to_string(), format!("cannot listen on {}: the port is in use", config.listen));
    drop(Arc::new(taken));
}
