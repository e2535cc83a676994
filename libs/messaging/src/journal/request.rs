use prost::Message;
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use platform::audit::Trail;
use platform::error::ServiceError;

/// On whose behalf a command is carried out.
#[derive(Debug, Clone)]
pub(super) enum Behalf {
    /// Of the call that is being answered where the key is made, or where the command is handed in; without one, the service's
    /// own. The call's entry is written with what is carried out.
    Caller(Option<Trail>),
    /// The service's own, whoever calls.
    Service,
}

/// Who asks for what, so that the same request is carried out once.
#[derive(Debug, Clone)]
pub struct RequestKey {
    pub(super) caller: String,
    pub(super) method: &'static str,
    pub(super) request_id: Option<Uuid>,
    pub(super) fingerprint: [u8; 32],
    /// As the fingerprint was before it was keyed: what was remembered so is still known.
    pub(super) unkeyed: Option<[u8; 32]>,
    /// For whom it is carried out.
    pub(super) behalf: Behalf,
}

impl RequestKey {
    /// The key of a call. `request_id` may be empty; then nothing is remembered.
    ///
    /// # Errors
    /// INVALID_ARGUMENT if `request_id` is no UUID.
    pub fn of<M: Message>(
        caller: &str,
        method: &'static str,
        request_id: &str,
        request: &M,
    ) -> Result<Self, ServiceError> {
        let request_id = match request_id {
            "" => None,
            text => Some(
                Uuid::try_parse(text)
                    .map_err(|_| ServiceError::invalid("request_id", "INVALID_FIELDS", "must be a UUID"))?,
            ),
        };
        let fingerprint = match request_id {
            None => [0; 32],
            Some(_) => digest(&SHA256, &request.encode_to_vec()).as_ref().try_into().expect("SHA-256 has 32 bytes"),
        };
        Ok(Self {
            caller: caller.to_owned(),
            method,
            request_id,
            fingerprint,
            unkeyed: None,
            behalf: Behalf::Caller(Trail::current()),
        })
    }

    /// The same with the fingerprint hashed under a key. What stands in a request can be guessed, field by field, where
    /// its plain hash lies open.
    #[must_use]
    pub fn keyed(self, hash: impl FnOnce(&[u8; 32]) -> [u8; 32]) -> Self {
        if self.request_id.is_none() {
            return self;
        }
        Self { fingerprint: hash(&self.fingerprint), unkeyed: Some(self.fingerprint), ..self }
    }

    /// The key of one part of this request, where it comes as a stream: its own id, hashed so that it tells nothing of the
    /// request's, and its own fingerprint. Of a request without an id nothing is remembered.
    #[must_use]
    pub fn part<M: Message>(&self, index: u64, part: &M, hash: impl Fn(&[u8; 32]) -> [u8; 32]) -> Self {
        let Some(request_id) = self.request_id else {
            return Self { behalf: self.behalf.clone(), ..Self::none(self.method) };
        };
        let name = digest(&SHA256, &[request_id.as_bytes().as_slice(), &index.to_be_bytes()].concat());
        let name = hash(name.as_ref().try_into().expect("SHA-256 has 32 bytes"));
        let id = uuid::Builder::from_random_bytes(name[..16].try_into().expect("16 of 32 bytes")).into_uuid();
        let content = digest(&SHA256, &part.encode_to_vec());
        Self {
            caller: self.caller.clone(),
            method: self.method,
            request_id: Some(id),
            fingerprint: hash(content.as_ref().try_into().expect("SHA-256 has 32 bytes")),
            unkeyed: None,
            behalf: self.behalf.clone(),
        }
    }

    /// The same on the service's own behalf, though a call may be under way: what the call asked for is something else.
    #[must_use]
    pub fn of_the_service(self) -> Self {
        Self { behalf: Behalf::Service, ..self }
    }

    /// The call whose entry is committed with what is carried out.
    pub(super) fn trail(&self) -> Option<Trail> {
        match &self.behalf {
            Behalf::Caller(trail) => trail.clone().or_else(Trail::current),
            Behalf::Service => None,
        }
    }

    /// A write that no caller may repeat, for example one part of a stream.
    pub fn none(method: &'static str) -> Self {
        Self {
            caller: String::new(),
            method,
            request_id: None,
            fingerprint: [0; 32],
            unkeyed: None,
            behalf: Behalf::Caller(Trail::current()),
        }
    }
}

/// A request that was carried out.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) method: String,
    pub(super) fingerprint: Vec<u8>,
    pub(super) reply: Vec<u8>,
}

impl Answered {
    /// The first answer, if it was to the same request.
    pub(super) fn replay(&self, key: &RequestKey) -> Result<&[u8], ServiceError> {
        let unkeyed = key.unkeyed.as_ref().is_some_and(|unkeyed| self.fingerprint == unkeyed);
        if self.method == key.method && (self.fingerprint == key.fingerprint || unkeyed) {
            Ok(&self.reply)
        } else {
            Err(ServiceError::invalid(
                "request_id",
                "REQUEST_ID_REUSED",
                "was used for another request: take a new UUID for each new request",
            ))
        }
    }
}
