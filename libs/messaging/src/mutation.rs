//! A call that changes something, from the request to the answer.

use std::sync::Arc;

use platform::access::Caller;
use platform::error::ServiceError;
use platform::vault::Vault;
use prost::Message;

use crate::journal::{Journal, RequestKey, SealedReply, UseCase, Workspace, request_hash};

/// A service whose changes go through a journal, and what it remembers of them through a vault.
pub trait Service: Send + Sync {
    /// Its name, for which what it remembers is sealed.
    const NAME: &'static str;
    /// What its journal loads.
    type Workspace: Workspace;

    /// Where everything is written.
    fn journal(&self) -> &Journal<Self::Workspace>;
    /// Opens what is remembered.
    fn vault(&self) -> &Vault;
}

/// A call that changes something: who asks, and how its repetition is known.
pub struct Mutation<S> {
    service: Arc<S>,
    key: RequestKey,
}

impl<S: Service> Mutation<S> {
    /// A call of a method.
    ///
    /// # Errors
    /// UNAUTHENTICATED if nobody knows who asks; `INVALID_ARGUMENT` if `request_id` is no UUID.
    pub fn of<M: Message>(
        service: &Arc<S>,
        method: &'static str,
        request: &tonic::Request<M>,
        request_id: impl FnOnce(&M) -> &str,
    ) -> Result<Self, ServiceError> {
        let caller = Caller::of(request)?;
        let message = request.get_ref();
        let key = RequestKey::of(caller.code(), method, request_id(message), message)?
            .keyed(|fingerprint| request_hash(S::NAME, fingerprint, service.vault()));
        Ok(Self { service: Arc::clone(service), key })
    }

    /// Submits the use case and opens its reply.
    ///
    /// # Errors
    /// What the use case refuses.
    pub async fn submit<U, R>(self, use_case: U) -> Result<tonic::Response<R>, tonic::Status>
    where
        U: UseCase<S::Workspace, Reply = SealedReply>,
        R: Message + Default,
    {
        let reply = self.service.journal().submit(use_case, self.key).await?;
        Ok(tonic::Response::new(reply.open(S::NAME, self.service.vault())?))
    }
}
