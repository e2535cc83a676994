//! Bodies as they come over the wire, in any parts.

use std::convert::Infallible;
use std::future::Ready;

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body::Frame;
use prost::Message;
use tonic::Status;
use tonic::body::Body;
use tower::{Service, service_fn};

use crate::access::Connection;
use crate::identity::Identity;

pub(crate) const PATH: &str = "/hutong.registry.v1.ChildService/GetChild";

/// Messages, each behind its length.
pub(crate) fn framed<M: Message>(messages: &[M]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        bytes.push(0);
        bytes.extend(u32::try_from(message.encoded_len()).unwrap().to_be_bytes());
        bytes.extend(message.encode_to_vec());
    }
    bytes
}

/// A body that comes in these parts, and ends well.
pub(crate) fn body_of(parts: Vec<Vec<u8>>) -> Body {
    let parts = parts.into_iter().map(|part| Frame::data(Bytes::from(part)));
    let status = (HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"));
    let frames = parts.chain([Frame::trailers(HeaderMap::from_iter([status]))]);
    let frames: Vec<Result<_, Status>> = frames.map(Ok).collect();
    Body::new(http_body_util::StreamBody::new(futures::stream::iter(frames)))
}

type Answered = Ready<Result<Response<Body>, Infallible>>;

/// A service that answers with these parts, whatever it is asked.
pub(crate) fn answer_of(
    parts: Vec<Vec<u8>>,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = Answered> {
    service_fn(move |_: Request<Body>| std::future::ready(Ok(Response::new(body_of(parts.clone())))))
}

/// A call of a department's, without anything in it.
pub(crate) fn request_of(code: &str) -> Request<Body> {
    let mut request = Request::builder().uri(PATH).body(Body::default()).unwrap();
    request.extensions_mut().insert(Connection::of(Identity::Department { code: code.into() }));
    request
}

/// What a department gets of a service, and the trailers.
pub(crate) async fn read_through<S>(mut service: S, code: &str) -> Result<(Vec<u8>, HeaderMap), Status>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    let Ok(response) = service.call(request_of(code)).await;
    read_body(response.into_body()).await
}

/// All of a body, and its trailers.
pub(crate) async fn read_body(body: Body) -> Result<(Vec<u8>, HeaderMap), Status> {
    let mut frames = http_body_util::BodyStream::new(body);
    let (mut read, mut trailers) = (BytesMut::new(), HeaderMap::new());
    while let Some(frame) = frames.next().await {
        match frame?.into_data() {
            Ok(data) => read.extend_from_slice(&data),
            Err(frame) => trailers = frame.into_trailers().unwrap(),
        }
    }
    Ok((read.to_vec(), trailers))
}
