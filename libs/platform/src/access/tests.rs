use super::{Caller, Connection};
use crate::identity::{Identity, IdentityError};

fn department(code: &str) -> Caller {
    Caller::new(Identity::Department { code: code.into() })
}

#[test]
fn who_is_named_by_the_contract_may_call_and_nobody_else() {
    for (path, callers) in contract::access::methods() {
        for entry in contract::department::all() {
            let named = callers.any_department || callers.departments.contains(&entry.department);
            assert_eq!(department(&entry.code).may_call(path), named, "{} {path}", entry.code);
            let county = format!("{}-371621", entry.code);
            assert_eq!(department(&county).may_call(path), named, "{county} {path}");
        }
        for service in ["registry", "exchange", "stranger"] {
            let named = callers.services.iter().any(|name| name == service);
            assert_eq!(Caller::new(Identity::Service(service.into())).may_call(path), named, "{service} {path}");
        }
    }
}

#[test]
fn a_department_that_the_contract_does_not_know_may_call_nothing_of_ours() {
    for path in contract::access::methods().keys() {
        assert!(!department("XYZ").may_call(path), "{path}");
    }
}

#[test]
fn health_and_reflection_are_open_and_what_the_contract_does_not_know_is_not() {
    let caller = department("EDU");
    assert!(caller.may_call("/grpc.health.v1.Health/Check"));
    assert!(caller.may_call("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"));
    for path in ["", "/", "/grpc.health.v1.HealthX/Check", "/hutong.registry.v1.ChildService/Nothing"] {
        assert!(!caller.may_call(path), "{path:?}");
    }
}

#[test]
fn a_handler_learns_its_caller_or_that_there_is_none() {
    let mut request = tonic::Request::new(());
    let error = Caller::of(&request).unwrap_err();
    assert_eq!((error.code, error.reason), (kernel::ErrorCode::Unauthenticated, "CERTIFICATE_REJECTED"));

    request.extensions_mut().insert(Connection::new(None, Err(IdentityError::SeveralUris)));
    let error = Caller::of(&request).unwrap_err();
    assert_eq!(error.message, "the certificate holds several URI names");

    request.extensions_mut().insert(Connection::of(Identity::Department { code: "EDU-371621".into() }));
    let caller = Caller::of(&request).unwrap();
    assert_eq!(caller.code(), "EDU-371621");
    assert_eq!(caller.department(), contract::Department::from_code("EDU"));
}

mod redaction {
    use std::convert::Infallible;

    use bytes::{Bytes, BytesMut};
    use contract::registry::v1::{Child, ChildProfile, GetChildResponse};
    use futures::StreamExt as _;
    use http::{HeaderMap, Request, Response};
    use http_body::Frame;
    use prost::Message as _;
    use tonic::Status;
    use tonic::body::Body;
    use tower::{Layer as _, Service as _, service_fn};

    use super::super::{Connection, REDACTED, RedactionLayer};
    use crate::identity::Identity;

    const PATH: &str = "/hutong.registry.v1.ChildService/GetChild";

    fn answer(name: &str) -> GetChildResponse {
        let profile = ChildProfile { full_name: name.to_owned(), ..Default::default() };
        GetChildResponse { child: Some(Child { id: "1".to_owned(), profile: Some(profile), ..Default::default() }) }
    }

    fn framed(messages: &[GetChildResponse]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for message in messages {
            bytes.push(0);
            bytes.extend(u32::try_from(message.encoded_len()).unwrap().to_be_bytes());
            bytes.extend(message.encode_to_vec());
        }
        bytes
    }

    /// What a caller gets of a body that comes in these parts, and its trailers.
    async fn read(code: &str, parts: Vec<Vec<u8>>) -> Result<(Vec<u8>, HeaderMap), Status> {
        let inner = service_fn(move |_: Request<Body>| {
            let parts = parts.clone().into_iter().map(|part| Frame::data(Bytes::from(part)));
            let frames = parts.chain([Frame::trailers(HeaderMap::from_iter([(
                http::HeaderName::from_static("grpc-status"),
                http::HeaderValue::from_static("0"),
            )]))]);
            let frames: Vec<Result<_, Status>> = frames.map(Ok).collect();
            let body = Body::new(http_body_util::StreamBody::new(futures::stream::iter(frames)));
            std::future::ready(Ok::<_, Infallible>(Response::new(body)))
        });
        let mut request = Request::builder().uri(PATH).body(Body::default()).unwrap();
        request.extensions_mut().insert(Connection::of(Identity::Department { code: code.into() }));
        let response = RedactionLayer.layer(inner).call(request).await.unwrap();
        let mut frames = http_body_util::BodyStream::new(response.into_body());
        let (mut read, mut trailers) = (BytesMut::new(), HeaderMap::new());
        while let Some(frame) = frames.next().await {
            match frame?.into_data() {
                Ok(data) => read.extend_from_slice(&data),
                Err(frame) => trailers = frame.into_trailers().unwrap(),
            }
        }
        Ok((read.to_vec(), trailers))
    }

    #[tokio::test]
    async fn an_answer_loses_what_is_above_its_readers_clearance_however_it_is_parted() {
        let whole = framed(&[answer("童一"), answer("童二")]);
        let cut = GetChildResponse {
            child: Some(Child { profile: Some(ChildProfile::default()), ..answer("").child.unwrap() }),
        };
        let expected = framed(&[cut.clone(), cut]);
        for size in [1, 3, 7, whole.len()] {
            let parts = whole.chunks(size).map(<[u8]>::to_vec).collect();
            let (read, trailers) = read("FIN", parts).await.unwrap();
            assert_eq!(read, expected, "in parts of {size}");
            assert_eq!(trailers.get(REDACTED).unwrap(), "child.profile.full_name");
            assert_eq!(trailers.get("grpc-status").unwrap(), "0");
        }
    }

    #[tokio::test]
    async fn who_may_see_all_gets_the_bytes_as_they_are() {
        let whole = framed(&[answer("童一")]);
        let (read, trailers) = read("CA", vec![whole.clone()]).await.unwrap();
        assert_eq!(read, whole);
        assert!(!trailers.contains_key(REDACTED));
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_kept_back() {
        let mut compressed = framed(&[answer("童一")]);
        compressed[0] = 1;
        assert_eq!(read("FIN", vec![compressed]).await.unwrap_err().code(), tonic::Code::Internal);
        let garbage = vec![0, 0, 0, 0, 1, 0xff];
        assert_eq!(read("FIN", vec![garbage]).await.unwrap_err().code(), tonic::Code::Internal);
    }
}
