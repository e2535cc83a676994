use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use contract::Department;
use contract::registry::v1::{Child, GetChildRequest, GetChildResponse};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use prost::Message as _;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer as _, Service as _, service_fn};
use uuid::Uuid;

use super::super::{ReferenceLayer, SeenChildren};
use crate::pseudonym::Pseudonyms;
use crate::test_bodies::{answer_of, body_of, framed, read_body, read_through, request_of};
use crate::test_door::pseudonyms;

const CHILD: Uuid = Uuid::from_u128(0x0198_b2f0_0000_7000_8000_0000_0000_0001);

fn education(pseudonyms: &Pseudonyms) -> Uuid {
    pseudonyms.of(Department::Education).unwrap().conceal(CHILD)
}

fn question(child: &str) -> GetChildRequest {
    GetChildRequest { child: child.to_owned(), ..Default::default() }
}

fn answer(id: Uuid) -> GetChildResponse {
    GetChildResponse { child: Some(Child { id: id.to_string(), ..Default::default() }) }
}

/// What a service behind the layer gets of a department's request that comes in these parts.
async fn asked(
    layer: &ReferenceLayer,
    code: &str,
    parts: Vec<Vec<u8>>,
    seen: &SeenChildren,
) -> Result<Vec<u8>, Status> {
    let got = Arc::new(Mutex::new(Ok(vec![])));
    let inner = service_fn({
        let got = Arc::clone(&got);
        move |request: Request<Body>| {
            let got = Arc::clone(&got);
            async move {
                *got.lock().unwrap() = read_body(request.into_body()).await.map(|(read, _)| read);
                Ok::<_, Infallible>(Response::new(Body::default()))
            }
        }
    });
    let mut request = request_of(code).map(|_| body_of(parts));
    request.extensions_mut().insert(seen.clone());
    let Ok(_) = layer.layer(inner).call(request).await;
    std::mem::replace(&mut *got.lock().unwrap(), Ok(vec![]))
}

#[tokio::test]
async fn a_departments_reference_becomes_the_registrys_id_however_the_request_is_parted() {
    let pseudonyms = pseudonyms();
    let layer = ReferenceLayer::new(Arc::clone(&pseudonyms), 1_000);
    let whole = framed(&[question(&education(&pseudonyms).to_string()), question("")]);
    let expected = framed(&[question(&CHILD.to_string()), question("")]);
    for size in [1, 3, 7, whole.len()] {
        let seen = SeenChildren::default();
        let parts = whole.chunks(size).map(<[u8]>::to_vec).collect();
        assert_eq!(asked(&layer, "EDU-371621", parts, &seen).await.unwrap(), expected, "in parts of {size}");
        assert_eq!(seen.take(), BTreeSet::from([CHILD]));
    }
}

#[tokio::test]
async fn another_departments_reference_is_nobody_and_so_is_the_registrys_id() {
    let pseudonyms = pseudonyms();
    let layer = ReferenceLayer::new(Arc::clone(&pseudonyms), 1_000);
    for reference in [education(&pseudonyms), CHILD] {
        let request = framed(&[question(&reference.to_string())]);
        let got = asked(&layer, "HC", vec![request], &SeenChildren::default()).await.unwrap();
        let got = GetChildRequest::decode(&got[5..]).unwrap().child;
        assert!(got != CHILD.to_string() && got != reference.to_string(), "{got}");
    }
}

#[tokio::test]
async fn the_owner_and_the_answers_audience_see_what_they_may() {
    let pseudonyms = pseudonyms();
    let layer = ReferenceLayer::new(Arc::clone(&pseudonyms), 1_000);
    let whole = framed(&[answer(CHILD)]);
    for (code, expected) in [("CA", CHILD), ("CA-371621", CHILD), ("EDU", education(&pseudonyms))] {
        let service = layer.layer(answer_of(vec![whole.clone()]));
        let (read, trailers) = read_through(service, code).await.unwrap();
        assert_eq!(read, framed(&[answer(expected)]), "{code}");
        assert_eq!(trailers.get("grpc-status").unwrap(), "0");
    }
    let seen = SeenChildren::default();
    let request = framed(&[question(&CHILD.to_string())]);
    assert_eq!(asked(&layer, "CA", vec![request.clone()], &seen).await.unwrap(), request);
    assert_eq!(seen.take(), BTreeSet::from([CHILD]));
}

#[tokio::test]
async fn the_children_of_an_answer_are_seen_by_the_registrys_ids() {
    let layer = ReferenceLayer::new(pseudonyms(), 1_000);
    for code in ["CA", "EDU"] {
        let seen = SeenChildren::default();
        let mut request = request_of(code);
        request.extensions_mut().insert(seen.clone());
        let Ok(response) = layer.layer(answer_of(vec![framed(&[answer(CHILD)])])).call(request).await;
        assert_eq!(seen.take(), BTreeSet::new(), "{code}: before it is read");
        read_body(response.into_body()).await.unwrap();
        assert_eq!(seen.take(), BTreeSet::from([CHILD]), "{code}");
    }
}

#[tokio::test]
async fn what_cannot_be_translated_goes_no_further() {
    let layer = ReferenceLayer::new(pseudonyms(), 100);
    let mut compressed = framed(&[question("")]);
    compressed[0] = 1;
    let spelled = framed(&[question(&CHILD.simple().to_string())]);
    let long = [&[0][..], &101_u32.to_be_bytes()].concat();
    for (bytes, code) in [
        (compressed, Code::InvalidArgument),
        (vec![0, 0, 0, 0, 1, 0xff], Code::InvalidArgument),
        (spelled, Code::InvalidArgument),
        (long, Code::OutOfRange),
    ] {
        let status = asked(&layer, "EDU", vec![bytes], &SeenChildren::default()).await.unwrap_err();
        assert_eq!(status.code(), code);
    }
    let service = layer.layer(answer_of(vec![vec![0, 0, 0, 0, 1, 0xff]]));
    assert_eq!(read_through(service, "EDU").await.unwrap_err().code(), Code::Internal);
}

/// What goes on of a body of a request that comes in these parts, and how it ends.
async fn passed_on(parts: Vec<Vec<u8>>) -> (Vec<u8>, Option<Code>) {
    let got = Arc::new(Mutex::new((Vec::new(), None)));
    let inner = service_fn({
        let got = Arc::clone(&got);
        move |request: Request<Body>| {
            let got = Arc::clone(&got);
            async move {
                let mut body = request.into_body();
                while let Some(frame) = body.frame().await {
                    match frame.map(http_body::Frame::into_data) {
                        Ok(Ok(data)) => got.lock().unwrap().0.extend_from_slice(&data),
                        Ok(Err(_)) => {}
                        Err(status) => got.lock().unwrap().1 = Some(status.code()),
                    }
                }
                Ok::<_, Infallible>(Response::new(Body::default()))
            }
        }
    });
    let layer = ReferenceLayer::new(pseudonyms(), 1_000);
    let Ok(_) = layer.layer(inner).call(request_of("EDU").map(|_| body_of(parts))).await;
    std::mem::take(&mut *got.lock().unwrap())
}

#[tokio::test]
async fn what_came_whole_goes_on_before_what_did_not_however_the_request_is_parted() {
    let good = framed(&[question("")]);
    let broken = [good.clone(), vec![0, 0, 0, 0, 1, 0xff]].concat();
    let cut = [good.clone(), vec![0, 0, 0, 0, 9, 1, 2, 3]].concat();
    for request in [broken, cut] {
        for size in [1, 3, 7, request.len()] {
            let parts = request.chunks(size).map(<[u8]>::to_vec).collect();
            assert_eq!(passed_on(parts).await, (good.clone(), Some(Code::InvalidArgument)), "in parts of {size}");
        }
    }
}
