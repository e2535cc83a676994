use std::marker::PhantomData;

use prost::Message;
use tokio::sync::oneshot;
use tokio_util::task::task_tracker::TaskTrackerToken;

use platform::audit::{Entry, Trail};
use platform::database::Write;
use platform::error::ServiceError;

use super::start::CarriedOut;
use super::{Context, InboxNeeds, RequestKey};

/// What a service loads for a group of commands, and writes after they are decided.
#[async_trait::async_trait]
pub trait Workspace: Sized + Send + 'static {
    /// Which aggregates to load.
    type Needs: Default + Send;
    /// What loading and storing need besides the database.
    type Environment: Send + Sync + 'static;

    /// Loads all that the group needs, with few statements.
    async fn load(write: &Write, needs: Self::Needs, environment: &Self::Environment) -> Result<Self, ServiceError>;

    /// Hands over what changed, for the group's commit.
    fn store(self, write: &mut Write, environment: &Self::Environment) -> Result<(), ServiceError>;
}

/// One command. It may be decided more than once, before one decision is committed.
pub trait UseCase<W: Workspace>: Send + Sync + 'static {
    /// What the caller gets.
    type Reply: Message + Default + Send + Sync + 'static;

    /// Says what must be loaded.
    fn needs(&self, needs: &mut W::Needs);

    /// Decides, changes the workspace and records events.
    ///
    /// # Errors
    /// If the command is refused. The workspace is then as it was.
    fn decide(&self, workspace: &mut W, context: &mut Context<'_>) -> Result<Self::Reply, ServiceError>;
}

/// A command that waits, with the caller who waits for it.
pub(crate) trait Job<W: Workspace>: Send + Sync {
    fn needs(&self, needs: &mut W::Needs);
    /// Keeps the reply until [`Job::settle`].
    fn decide(&mut self, workspace: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError>;
    fn key(&self) -> &RequestKey;
    /// The call for which it is carried out, and whose entry is committed with it.
    fn trail(&self) -> Option<&Trail>;
    fn traceparent(&self) -> Option<&str>;
    /// The caller has gone: its deadline passed or its connection broke.
    fn is_abandoned(&self) -> bool;
    fn reply(&self) -> Vec<u8>;
    fn settle(self: Box<Self>);
    fn replay(self: Box<Self>, reply: &[u8]);
    fn fail(self: Box<Self>, error: ServiceError);
    /// What must be known of the inbox, if the job applies events of another service.
    fn inbox(&self) -> Option<&InboxNeeds>;
    /// What is recorded, if that is all there is to do.
    fn entry(&self) -> Option<&Entry>;
}

/// A use case with its caller.
pub(super) struct CallJob<W: Workspace, U: UseCase<W>> {
    pub(super) use_case: U,
    pub(super) key: RequestKey,
    pub(super) trail: Option<Trail>,
    pub(super) traceparent: Option<String>,
    pub(super) caller: oneshot::Sender<Result<CarriedOut<U::Reply>, ServiceError>>,
    pub(super) reply: Option<U::Reply>,
    pub(super) inbox: Option<InboxNeeds>,
    pub(super) workspace: PhantomData<fn(W)>,
}

impl<W: Workspace, U: UseCase<W>> Job<W> for CallJob<W, U> {
    fn needs(&self, needs: &mut W::Needs) {
        self.use_case.needs(needs);
    }

    fn decide(&mut self, workspace: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError> {
        self.reply = Some(self.use_case.decide(workspace, context)?);
        Ok(())
    }

    fn key(&self) -> &RequestKey {
        &self.key
    }

    fn trail(&self) -> Option<&Trail> {
        self.trail.as_ref()
    }

    fn traceparent(&self) -> Option<&str> {
        self.traceparent.as_deref()
    }

    fn is_abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    fn inbox(&self) -> Option<&InboxNeeds> {
        self.inbox.as_ref()
    }

    fn entry(&self) -> Option<&Entry> {
        None
    }

    fn reply(&self) -> Vec<u8> {
        self.reply.as_ref().map(Message::encode_to_vec).unwrap_or_default()
    }

    // A caller that has gone meanwhile is no failure: the write stands.
    fn settle(self: Box<Self>) {
        let _ = self.caller.send(Ok(CarriedOut { reply: self.reply.unwrap_or_default(), before: false }));
    }

    fn replay(self: Box<Self>, reply: &[u8]) {
        let reply = U::Reply::decode(reply).map_err(ServiceError::internal);
        let _ = self.caller.send(reply.map(|reply| CarriedOut { reply, before: true }));
    }

    fn fail(self: Box<Self>, error: ServiceError) {
        let _ = self.caller.send(Err(error));
    }
}

/// An entry of the audit that goes with no change.
pub(super) struct RecordJob {
    pub(super) entry: Entry,
    pub(super) key: RequestKey,
    pub(super) caller: oneshot::Sender<Result<(), ServiceError>>,
    /// Held until it is written.
    pub(super) _outstanding: TaskTrackerToken,
}

impl<W: Workspace> Job<W> for RecordJob {
    fn needs(&self, _: &mut W::Needs) {}

    fn decide(&mut self, _: &mut W, _: &mut Context<'_>) -> Result<(), ServiceError> {
        Ok(())
    }

    fn key(&self) -> &RequestKey {
        &self.key
    }

    fn trail(&self) -> Option<&Trail> {
        None
    }

    fn traceparent(&self) -> Option<&str> {
        None
    }

    /// That somebody asked stays true when he has gone.
    fn is_abandoned(&self) -> bool {
        false
    }

    fn inbox(&self) -> Option<&InboxNeeds> {
        None
    }

    fn entry(&self) -> Option<&Entry> {
        Some(&self.entry)
    }

    fn reply(&self) -> Vec<u8> {
        Vec::new()
    }

    fn settle(self: Box<Self>) {
        let _ = self.caller.send(Ok(()));
    }

    fn replay(self: Box<Self>, _: &[u8]) {
        let _ = self.caller.send(Ok(()));
    }

    fn fail(self: Box<Self>, error: ServiceError) {
        let _ = self.caller.send(Err(error));
    }
}
