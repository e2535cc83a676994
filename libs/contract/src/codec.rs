//! The codec of every method: a request that breaks the contract never reaches a service.

use std::marker::PhantomData;

use bytes::Buf as _;
use prost::{Message, Name};
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::validation::{Refusal, RequestType, request_type};

/// Encodes as any protobuf codec; decodes requests strictly and answers leniently,
/// so that an older client goes on reading a newer service.
#[derive(Debug)]
pub struct ContractCodec<Sent, Received>(PhantomData<(Sent, Received)>);

impl<Sent, Received> Default for ContractCodec<Sent, Received> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Sent, Received> Codec for ContractCodec<Sent, Received>
where
    Sent: Message + Send + 'static,
    Received: Message + Name + Default + Send + 'static,
{
    type Encode = Sent;
    type Decode = Received;
    type Encoder = <ProstCodec<Sent, Received> as Codec>::Encoder;
    type Decoder = ContractDecoder<Received>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<Sent, Received>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        ContractDecoder { request: request_type(&Received::full_name()), received: PhantomData }
    }
}

/// Decodes one message of a call.
#[derive(Debug)]
pub struct ContractDecoder<Received> {
    request: Option<&'static RequestType>,
    received: PhantomData<Received>,
}

impl<Received: Message + Default> Decoder for ContractDecoder<Received> {
    type Item = Received;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Received>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        if let Some(request) = self.request {
            request.check(&bytes).map_err(|refusal| refuse(&refusal))?;
        }
        Received::decode(bytes).map(Some).map_err(|_| refuse(&Refusal::Malformed))
    }
}

/// The status of a refused request.
pub fn refuse(refusal: &Refusal) -> Status {
    let mut details = ErrorDetails::new();
    let (reason, message) = match refusal {
        Refusal::Malformed => ("MALFORMED", "the request is not a protobuf message".to_owned()),
        Refusal::Violations(violations) => {
            details.set_bad_request(
                violations
                    .iter()
                    .map(|violation| FieldViolation::new(&violation.field, &violation.expected))
                    .collect::<Vec<_>>(),
            );
            let sentence = violations
                .iter()
                .map(|violation| format!("{} {}", violation.field, violation.expected))
                .collect::<Vec<_>>()
                .join("; ");
            ("INVALID_FIELDS", sentence)
        }
    };
    details.set_error_info(reason, "hutong", std::collections::HashMap::new());
    Status::with_error_details(Code::InvalidArgument, message, details)
}
