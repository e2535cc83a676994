use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use contract::registry::v1::{Child, ChildProfile, GetChildRequest, GetChildResponse};
use futures::{FutureExt as _, StreamExt as _};
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use tonic::body::Body;
use tonic::metadata::MetadataValue;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;
use tower::{Layer as _, Service as _, service_fn};
use uuid::Uuid;

use super::{Entry, Trail};
use crate::access::{RedactionLayer, ReferenceLayer};
use crate::error::ServiceError;
use crate::test_audit::Book;
use crate::test_bodies::{body_of, framed, read_body, request_of};
use crate::test_door::{Door, call, call_with, pseudonyms};

const SERVICE: &str = "hutong.registry.v1.ChildService";

/// An entry in a line: who, what, what became of it, without what, of how many.
fn line(entry: &Entry) -> String {
    let Entry { call, decision, reason, fields, children, .. } = entry;
    assert_eq!(call.at, Book::NOW);
    let method = call.method.strip_prefix(SERVICE).unwrap_or(call.method);
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let decision = decision.as_str_name().trim_start_matches("DECISION_");
    let line =
        format!("{} {} {method} {decision} {reason} {} {}", call.caller, call.actor, fields.join(","), children.len());
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(book: &Book) -> Vec<String> {
    book.entries().iter().map(line).collect()
}

fn child(number: u128) -> Uuid {
    Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0000 + number)
}

fn asked(number: u128) -> GetChildRequest {
    GetChildRequest { child: child(number).to_string(), ..Default::default() }
}

fn told(number: u128) -> GetChildResponse {
    let profile = ChildProfile { full_name: "童一".to_owned(), ..Default::default() };
    let child = Child { id: child(number).to_string(), profile: Some(profile), ..Default::default() };
    GetChildResponse { child: Some(child) }
}

/// A call through the layers that matter, of a handler that is given the trail.
async fn answered(
    book: &Book,
    code: &str,
    request: Vec<u8>,
    handler: impl Fn(Trail) -> Response<Body> + Clone + Send + 'static,
) -> Result<(Vec<u8>, HeaderMap), Status> {
    let inner = service_fn(move |request: Request<Body>| {
        let handler = handler.clone();
        async move {
            let trail = request.extensions().get::<Trail>().cloned().unwrap();
            drop(read_body(request.into_body()).await);
            Ok::<_, Infallible>(handler(trail))
        }
    });
    let references = ReferenceLayer::new(pseudonyms(), 1_000_000);
    let mut layers = book.layer().layer(references.layer(RedactionLayer.layer(inner)));
    let Ok(answer) = layers.call(request_of(code).map(|_| body_of(vec![request]))).await;
    if answer.headers().contains_key("grpc-status") {
        return Err(Status::from_header_map(answer.headers()).unwrap());
    }
    read_body(answer.into_body()).await
}

#[tokio::test]
async fn what_was_allowed_and_what_was_refused_is_recorded_with_who_asked_for_what() {
    let door = Door::open().await;
    let owner = door.connect(&door.authority.department("CA")).await;
    let education = door.connect(&door.authority.department("EDU")).await;
    let nobody = door.connect(&door.authority.issue(&[], &["somewhere.example"])).await;
    call(&owner, "GetChild").await.unwrap();
    call(&owner, "ListChildren").await.unwrap_err();
    call(&education, "GetChild").await.unwrap_err();
    call(&education, "童小明").await.unwrap_err();
    call(&nobody, "GetChild").await.unwrap_err();
    let expected = [
        "CA /GetChild ALLOWED 0",
        "CA /ListChildren REFUSED PAGE_TOKEN 0",
        "EDU /GetChild REFUSED NOT_PERMITTED 0",
        "EDU unknown REFUSED NOT_PERMITTED 0",
        "/GetChild REFUSED CERTIFICATE_REJECTED 0",
    ];
    assert_eq!(lines(&door.book), expected);
    let entries = door.book.entries();
    assert_eq!(entries[0].call.purpose, contract::access::callers(&format!("/{SERVICE}/GetChild")).unwrap().purpose);
    assert_eq!(entries.iter().map(|entry| entry.call.id).collect::<BTreeSet<_>>().len(), 5, "each call has an id");
}

#[tokio::test]
async fn a_call_beyond_the_callers_share_and_one_beyond_its_time_are_recorded() {
    let door = Door::open_with(|config| {
        config.max_call = Duration::from_millis(20);
        config.partner_calls_per_second = 1;
    })
    .await;
    let owner = door.connect(&door.authority.department("CA")).await;
    call(&owner, "UpdateChild").await.unwrap_err();
    assert_eq!(lines(&door.book), ["CA /UpdateChild FAILED DEADLINE_EXCEEDED 0"]);
    let education = door.connect(&door.authority.department("EDU")).await;
    let mut limited = 0;
    for _ in 0..20 {
        let status = call(&education, "GetChild").await.unwrap_err();
        limited += u64::from(status.code() == Code::ResourceExhausted);
    }
    assert!(limited > 1);
    let recorded = || {
        let of = |entry: &Entry| line(entry) == "EDU /GetChild REFUSED TOO_MANY_CALLS 0";
        door.book.entries().into_iter().filter(of).map(|entry| entry.calls).collect::<Vec<_>>()
    };
    // Those that follow the first within a second are one entry.
    while recorded().iter().sum::<u64>() < limited {
        tokio::task::yield_now().await;
    }
    assert_eq!(recorded().iter().sum::<u64>(), limited);
    assert!(recorded().len() < usize::try_from(limited).unwrap());
}

#[tokio::test]
async fn an_actor_is_recorded_as_asserted_and_a_malformed_one_is_refused() {
    let door = Door::open().await;
    let owner = door.connect(&door.authority.department("CA")).await;
    let ask = async |actors: &[&str]| {
        let mut request = tonic::Request::new(String::new());
        for actor in actors {
            let actor = MetadataValue::try_from(*actor).unwrap();
            request.metadata_mut().append("hutong-actor", actor);
        }
        call_with(&owner, "GetChild", request).await
    };
    let longest = "x".repeat(64);
    for actor in ["clerk-7@civil.example_A.b", "0", &longest] {
        ask(&[actor]).await.unwrap();
        assert_eq!(door.book.entries().pop().unwrap().call.actor, actor);
    }
    let too_long = "x".repeat(65);
    for actors in [&["two words"][..], &[""], &["a", "b"], &[&too_long], &["name;"]] {
        let status = ask(actors).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.get_details_error_info().unwrap().reason, "ACTOR_MALFORMED");
        assert_eq!(line(&door.book.entries().pop().unwrap()), "CA /GetChild REFUSED ACTOR_MALFORMED 0");
    }
}

#[tokio::test]
async fn whoever_watches_the_health_of_a_city_leaves_no_entry() {
    let door = Door::open().await;
    let channel = door.connect(&door.authority.department("EDU")).await;
    HealthClient::new(channel).check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(lines(&door.book), [""; 0]);
}

#[tokio::test]
async fn an_answer_leaves_when_its_entry_is_written_and_not_before() {
    let door = Door::open().await;
    let (owner, education) =
        (door.connect(&door.authority.department("CA")).await, door.connect(&door.authority.department("EDU")).await);
    door.book.stop_writing();
    let mut read = Box::pin(call(&owner, "GetChild"));
    let mut refused = Box::pin(call(&education, "GetChild"));
    while door.book.entries().len() < 2 {
        assert!((&mut read).now_or_never().is_none(), "the entry is not written yet");
        assert!((&mut refused).now_or_never().is_none(), "nor is that of a refusal");
        tokio::task::yield_now().await;
    }
    assert!((&mut read).now_or_never().is_none() && (&mut refused).now_or_never().is_none());
    door.book.write();
    assert_eq!(read.await.unwrap(), "CA");
    assert_eq!(refused.await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn without_its_entry_nothing_leaves() {
    let door = Door::open().await;
    let owner = door.connect(&door.authority.department("CA")).await;
    let reason = |status: &Status| status.get_details_error_info().unwrap().reason;
    for (error, expected) in [
        (ServiceError::unavailable("STORAGE_FULL", "the storage is full"), "STORAGE_FULL"),
        (ServiceError::internal(std::io::Error::other("broken")), "AUDIT_UNAVAILABLE"),
    ] {
        door.book.refuse(error);
        for method in ["GetChild", "ListChildren"] {
            let status = call(&owner, method).await.unwrap_err();
            assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, expected), "{method}");
        }
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_is_recorded() {
    let door = Door::open().await;
    let owner = door.connect(&door.authority.department("CA")).await;
    let leaving = tokio::spawn(async move { call(&owner, "UpdateChild").await });
    door.started().await;
    leaving.abort();
    while door.book.entries().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(lines(&door.book), ["CA /UpdateChild FAILED CALLER_GONE 0"]);
}

#[tokio::test]
async fn an_entry_names_the_children_of_request_and_answer_and_what_was_cut() {
    let book = Book::default();
    let request = framed(&[asked(1)]);
    answered(&book, "CA", request.clone(), |_: Trail| Response::new(body_of(vec![framed(&[told(1)])]))).await.unwrap();
    answered(&book, "CA", request.clone(), |_: Trail| Response::new(body_of(vec![framed(&[told(2)])]))).await.unwrap();
    answered(&book, "FIN", framed::<GetChildRequest>(&[]), |_: Trail| Response::new(body_of(vec![framed(&[told(2)])])))
        .await
        .unwrap();
    let not_found = |_: Trail| Status::from(ServiceError::not_found("child")).into_http();
    answered(&book, "CA", request, not_found).await.unwrap_err();
    let expected = [
        "CA /GetChild ALLOWED 1",
        "CA /GetChild ALLOWED 2",
        "FIN /GetChild REDACTED child.profile.full_name 1",
        "CA /GetChild REFUSED NOT_FOUND 1",
    ];
    assert_eq!(lines(&book), expected);
    let entries = book.entries();
    assert_eq!(entries[1].children, BTreeSet::from([child(1), child(2)]));
    assert_eq!(entries[2].children, BTreeSet::from([child(2)]), "by the registry's own id");
}

#[tokio::test]
async fn each_part_of_a_streamed_answer_is_recorded_before_it_leaves() {
    let book = Book::default();
    let parts = vec![framed(&[told(1), told(2)]), framed(&[told(2), told(3)]), framed::<GetChildResponse>(&[])];
    answered(&book, "CA", vec![], move |_: Trail| Response::new(body_of(parts.clone()))).await.unwrap();
    assert_eq!(lines(&book), ["CA /GetChild ALLOWED 2", "CA /GetChild ALLOWED 2"]);
    let entries = book.entries();
    assert_eq!(entries[0].call, entries[1].call, "of one call");
    assert_eq!(entries[1].children, BTreeSet::from([child(2), child(3)]));

    let broken = Book::default();
    let parts = vec![framed(&[told(1)]), vec![1, 0, 0, 0, 0]];
    answered(&broken, "CA", vec![], move |_: Trail| Response::new(body_of(parts.clone()))).await.unwrap_err();
    assert_eq!(lines(&broken), ["CA /GetChild ALLOWED 1", "CA /GetChild FAILED INTERNAL 0"]);

    let empty = Book::default();
    answered(&empty, "CA", vec![], |_: Trail| Response::new(body_of(vec![]))).await.unwrap();
    assert_eq!(lines(&empty), ["CA /GetChild ALLOWED 0"]);
}

#[tokio::test]
async fn what_the_journal_recorded_is_not_recorded_again_but_what_the_answer_shows_beyond_it_is() {
    let book = Book::default();
    let changed = |trail: Trail| {
        assert_eq!(trail.children(), BTreeSet::from([child(1)]), "the request's");
        trail.committed(&BTreeSet::from([child(1), child(2)]));
        Response::new(body_of(vec![framed(&[told(2)])]))
    };
    answered(&book, "CA", framed(&[asked(1)]), changed).await.unwrap();
    assert_eq!(lines(&book), [""; 0]);

    let beyond = |trail: Trail| {
        trail.committed(&trail.children());
        Response::new(body_of(vec![framed(&[told(3)])]))
    };
    answered(&book, "CA", framed(&[asked(1)]), beyond).await.unwrap();
    answered(&book, "FIN", framed::<GetChildRequest>(&[]), beyond).await.unwrap();
    let failed = |trail: Trail| {
        trail.committed(&trail.children());
        Status::from(ServiceError::deadline_exceeded()).into_http()
    };
    answered(&book, "CA", framed(&[asked(1)]), failed).await.unwrap_err();
    let expected = [
        "CA /GetChild ALLOWED 1",
        "FIN /GetChild REDACTED child.profile.full_name 1",
        "CA /GetChild FAILED DEADLINE_EXCEEDED 0",
    ];
    assert_eq!(lines(&book), expected);
    assert_eq!(book.entries()[0].children, BTreeSet::from([child(3)]));
}

/// Whatever is done for a call, a journal finds it: in the call itself, behind a wait, and on the way of a stream.
#[tokio::test]
async fn whatever_is_done_for_a_call_of_any_method_knows_the_call() {
    let book = Book::default();
    let here = || Trail::current().map(|trail| trail.call().method);
    let inner = service_fn(move |request: Request<Body>| {
        let (at_once, trail) = (here(), Trail::of(&tonic::Request::from_http(request)).unwrap());
        async move {
            tokio::task::yield_now().await;
            let in_a_stream = futures::stream::poll_fn(move |_| {
                let found = here().unwrap_or_default();
                std::task::Poll::Ready(Some(Ok::<_, Status>(Frame::data(Bytes::from_static(found.as_bytes())))))
            });
            assert_eq!([at_once, here()], [Some(trail.call().method); 2]);
            let elsewhere = tokio::spawn(async move { here() }).await.unwrap();
            assert_eq!(elsewhere, None, "a task of the service's own works for nobody");
            let body = Body::new(StreamBody::new(in_a_stream.take(2)));
            Ok::<_, Infallible>(Response::new(body))
        }
    });
    let mut layer = book.layer().layer(inner);
    let mut methods = 0;
    for path in contract::access::methods().keys() {
        let request = request_of("CA").map(|_| Body::empty());
        let (mut head, body) = request.into_parts();
        head.uri = path.parse().unwrap();
        let Ok(answer) = layer.call(Request::from_parts(head, body)).await;
        let told = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(told, path[1..].repeat(2), "the stream of {path}");
        methods += 1;
    }
    assert!(methods > 90);
    assert_eq!(Trail::current().map(|trail| trail.call().method), None);
}
