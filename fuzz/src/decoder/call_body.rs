//! The body of a call: messages in frames, as references are translated and the codec decodes them.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use contract::codec::ContractCodec;
use contract::registry::v1::{UpdateChildRequest, UpdateChildResponse};
use futures::executor::block_on;
use futures::{StreamExt as _, stream};
use http::{Request, Response};
use http_body_util::{BodyExt as _, StreamBody};
use platform::access::{Connection, ReferenceLayer};
use platform::identity::Identity;
use platform::pseudonym::Pseudonyms;
use prost::Message as _;
use tonic::body::Body;
use tonic::codec::{Codec as _, Streaming};
use tower::{Layer as _, Service as _, service_fn};

use crate::shape::filled;

const PATH: &str = "/hutong.registry.v1.ChildService/UpdateChild";
/// Short, so that the fuzzer finds its end.
const LONGEST: usize = 1024;

/// The first byte says how the bytes come in; what is read does not depend on it.
pub fn take(data: &[u8]) {
    let Some((length, body)) = data.split_first() else { return };
    let pieces = body.chunks(usize::from(*length).max(1)).map(Bytes::copy_from_slice).collect();
    let (whole, in_pieces) = (read(vec![Bytes::copy_from_slice(body)]), read(pieces));
    assert!(whole == in_pieces, "it depends on how the bytes come in");
    let (messages, refused) = whole;
    assert!(refused || frames_of(body) == Some(messages.len()), "what did not come whole is passed over");
    assert!(messages.iter().all(|message| message.encoded_len() <= LONGEST));
}

/// How many frames there are, if nothing is cut off.
fn frames_of(mut body: &[u8]) -> Option<usize> {
    let mut count = 0;
    while let Some(([_, length @ ..], rest)) = body.split_first_chunk::<5>() {
        body = rest.get(u32::from_be_bytes(*length) as usize..)?;
        count += 1;
    }
    body.is_empty().then_some(count)
}

/// The messages up to the first that is refused, and whether one was.
fn read(pieces: Vec<Bytes>) -> (Vec<UpdateChildRequest>, bool) {
    static LAYER: LazyLock<ReferenceLayer> =
        LazyLock::new(|| ReferenceLayer::new(Arc::new(Pseudonyms::generate().expect("chance")), LONGEST));
    let pieces = stream::iter(pieces.into_iter().map(|piece| Ok::<_, Infallible>(http_body::Frame::data(piece))));
    let mut request = Request::new(Body::new(StreamBody::new(pieces)));
    *request.uri_mut() = PATH.parse().expect("a path");
    request.extensions_mut().insert(Connection::of(Identity::Department { code: "EDU".to_owned() }));
    let mut service = LAYER.layer(service_fn(|request: Request<Body>| async {
        let decoder = ContractCodec::<UpdateChildResponse, UpdateChildRequest>::default().decoder();
        let body = request.into_body().boxed_unsync();
        let mut stream = Streaming::new_request(decoder, body, None, Some(LONGEST));
        let mut read = (Vec::new(), false);
        while let Some(message) = stream.next().await {
            match message {
                Ok(message) => read.0.push(message),
                Err(_) => {
                    read.1 = true;
                    break;
                }
            }
        }
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(read);
        Ok::<_, Infallible>(response)
    }));
    let Ok(mut response) = block_on(service.call(request));
    response.extensions_mut().remove().unwrap_or_default()
}

/// One message, two messages, and a compressed one.
pub fn seeds() -> Vec<Vec<u8>> {
    let descriptor = contract::descriptors().get_message_by_name("hutong.registry.v1.UpdateChildRequest");
    let message = filled(&descriptor.expect("the contract has it"), 2).encode_to_vec();
    let frame = |flag: u8| {
        let length = u32::try_from(message.len()).expect("a short message");
        [&[flag][..], &length.to_be_bytes(), &message].concat()
    };
    vec![[&[3][..], &frame(0)].concat(), [&[200][..], &frame(0), &frame(0)].concat(), [&[9][..], &frame(1)].concat()]
}
