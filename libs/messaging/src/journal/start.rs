use std::marker::PhantomData;
use std::sync::Arc;

use kernel::{Clock, Instant};
use platform::audit::{Entry, Recorded, Recorder};
use platform::config::JournalConfig;
use platform::database::{Database, UNAVAILABLE};
use platform::error::ServiceError;
use platform::telemetry::context::current_traceparent;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::group::{FailedGroup, Group};
use super::job::{CallJob, Job, RecordJob};
use super::keep::Kept;
use super::{Context, InboxNeeds, JournalSettings, RequestKey, UseCase, Workspace};
use crate::seal::SealedEvent;

/// Committed events on their way to the relay. When it is full the relay reads the log instead.
const FEED: usize = 256;

/// Events as they are committed, for the relay of the same process.
#[derive(Debug)]
pub struct EventFeed(pub(crate) mpsc::Receiver<Vec<SealedEvent>>);

impl EventFeed {
    /// A feed through which nothing comes, for a relay without a journal beside it: it looks into the log.
    pub fn none() -> Self {
        let (_, events) = mpsc::channel(1);
        Self(events)
    }
}

/// The answer to a command.
#[derive(Debug)]
pub struct CarriedOut<R> {
    /// What the use case said.
    pub reply: R,
    /// It said so when the same request came before; nothing was done now.
    pub before: bool,
}

/// Where commands are handed in.
pub struct Journal<W: Workspace> {
    queue: mpsc::Sender<Box<dyn Job<W>>>,
    stage: Arc<Stage<W>>,
}

/// What a command is rehearsed on, and what all clones share.
struct Stage<W: Workspace> {
    database: Database,
    environment: Arc<W::Environment>,
    clock: Arc<dyn Clock>,
    /// Entries of the audit that are handed in and not written.
    outstanding: TaskTracker,
}

impl<W: Workspace> Clone for Journal<W> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone(), stage: Arc::clone(&self.stage) }
    }
}

impl<W: Workspace> std::fmt::Debug for Journal<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}

impl<W: Workspace> Journal<W> {
    /// Starts the journal. It ends when every clone is dropped and the queue is written.
    pub fn start(settings: JournalSettings<W::Environment>) -> (Self, EventFeed) {
        let (queue, jobs) = mpsc::channel(settings.config.queue);
        let (feed, events) = mpsc::channel(FEED);
        let stage = Stage {
            database: settings.database.clone(),
            environment: Arc::clone(&settings.environment),
            clock: Arc::clone(&settings.clock),
            outstanding: TaskTracker::new(),
        };
        let group = Group {
            database: settings.database,
            environment: settings.environment,
            clock: settings.clock,
            signer: settings.signer,
            stand: None,
            keep_answers: settings.config.keep_answers,
            next_sweep: Instant::EPOCH,
        };
        let write = write(group, jobs, feed, settings.config);
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(|| alone(write))
            .expect("the system gives a service its thread");
        (Self { queue, stage: Arc::new(stage) }, EventFeed(events))
    }

    /// Carries out a command: its state and its events are committed, or nothing is.
    ///
    /// # Errors
    /// What the use case refuses; UNAVAILABLE if the database cannot be reached.
    pub async fn submit<U: UseCase<W>>(&self, use_case: U, key: RequestKey) -> Result<U::Reply, ServiceError> {
        Ok(self.carry_out(use_case, key).await?.reply)
    }

    /// As [`Journal::submit`], and tells whether the request had been carried out before.
    ///
    /// # Errors
    /// As [`Journal::submit`].
    pub async fn carry_out<U: UseCase<W>>(
        &self,
        use_case: U,
        key: RequestKey,
    ) -> Result<CarriedOut<U::Reply>, ServiceError> {
        self.hand_in(use_case, key, current_traceparent(), None).await
    }

    /// Says what would become of a command, on the state as it is, and changes nothing.
    ///
    /// # Errors
    /// What the use case refuses; UNAVAILABLE if the database cannot be reached.
    pub async fn rehearse<U: UseCase<W>>(&self, use_case: U) -> Result<U::Reply, ServiceError> {
        let Stage { database, environment, clock, .. } = self.stage.as_ref();
        let mut needs = W::Needs::default();
        use_case.needs(&mut needs);
        let mut workspace = W::load(&database.begin().await?, needs, environment).await?;
        let mut events = Vec::new();
        let mut kept = Kept::default();
        let mut context = Context::new(clock.now(), clock.as_ref(), None, &mut events, None, &mut kept);
        use_case.decide(&mut workspace, &mut context)
    }

    pub(crate) async fn hand_in<U: UseCase<W>>(
        &self,
        use_case: U,
        key: RequestKey,
        traceparent: Option<String>,
        inbox: Option<InboxNeeds>,
    ) -> Result<CarriedOut<U::Reply>, ServiceError> {
        let (caller, reply) = oneshot::channel();
        // Taken here: the journal's thread answers no call.
        let trail = key.trail();
        let job = CallJob { use_case, key, trail, traceparent, caller, reply: None, inbox, workspace: PhantomData };
        self.queue.send(Box::new(job)).await.map_err(|_| stopped())?;
        reply.await.map_err(|_| stopped())?
    }

    /// Waits until all entries are written, or cannot be, that were handed in before. To be called once no more come.
    pub async fn recorded(&self) {
        self.stage.outstanding.close();
        self.stage.outstanding.wait().await;
    }
}

/// Entries wait in the same queue as commands.
impl<W: Workspace> Recorder for Journal<W> {
    fn record(&self, entry: Entry) -> Recorded {
        let (caller, reply) = oneshot::channel();
        let outstanding = &self.stage.outstanding;
        let job = RecordJob { entry, key: RequestKey::none("Record"), caller, _outstanding: outstanding.token() };
        match self.queue.try_send(Box::new(job)) {
            // Whoever waits learns of a journal that has ended.
            Ok(()) | Err(TrySendError::Closed(_)) => {}
            Err(TrySendError::Full(job)) => {
                let queue = self.queue.clone();
                outstanding.spawn(async move { queue.send(job).await.is_ok() });
            }
        }
        Box::pin(async move { reply.await.map_err(|_| stopped())? })
    }
}

fn stopped() -> ServiceError {
    ServiceError::unavailable("STOPPING", "the service is stopping, try again")
}

/// Runs the journal on its thread. Among a runtime's other tasks each answer of the database waits for its turn, and is
/// handed from one thread to another; a write has three of them.
fn alone(write: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the system gives a runtime its descriptors").block_on(write);
}

async fn write<W: Workspace>(
    mut group: Group<W>,
    mut queue: mpsc::Receiver<Box<dyn Job<W>>>,
    feed: mpsc::Sender<Vec<SealedEvent>>,
    config: JournalConfig,
) {
    let mut held = None;
    loop {
        let first = match held.take() {
            Some(job) => job,
            None => match queue.recv().await {
                Some(job) => job,
                None => return,
            },
        };
        let mut jobs = vec![first];
        if !config.max_wait.is_zero() {
            tokio::time::sleep(config.max_wait).await;
        }
        while jobs.len() < config.max_batch
            && let Ok(job) = queue.try_recv()
        {
            if source_differs(&jobs, job.as_ref()) {
                held = Some(job);
                break;
            }
            jobs.push(job);
        }
        jobs.retain(|job| !job.is_abandoned());
        if jobs.is_empty() {
            continue;
        }
        match group.run(jobs).await {
            Ok(events) => pass_on(&feed, events),
            // None of them has spoilt a group that met no database.
            Err(FailedGroup { jobs, error, may_be_written })
                if may_be_written || jobs.len() == 1 || error.reason == UNAVAILABLE =>
            {
                fail(jobs, &error);
            }
            Err(FailedGroup { jobs, error, .. }) => {
                // One command may spoil a group, for example by a value that a constraint refuses.
                tracing::debug!(%error, commands = jobs.len(), "a group failed, its commands run one by one");
                for job in jobs {
                    match group.run(vec![job]).await {
                        Ok(events) => pass_on(&feed, events),
                        Err(FailedGroup { jobs, error, .. }) => fail(jobs, &error),
                    }
                }
            }
        }
    }
}

/// A group holds deliveries of one inbox at most: its cursor is loaded and written with the group.
fn source_differs<W: Workspace>(jobs: &[Box<dyn Job<W>>], job: &dyn Job<W>) -> bool {
    job.inbox().is_some() && jobs.iter().any(|job| job.inbox().is_some())
}

fn fail<W: Workspace>(jobs: Vec<Box<dyn Job<W>>>, error: &ServiceError) {
    for job in jobs {
        job.fail(error.clone());
    }
}

/// A full feed loses nothing: the relay reads the log where the feed has a gap.
fn pass_on(feed: &mpsc::Sender<Vec<SealedEvent>>, events: Vec<SealedEvent>) {
    if !events.is_empty() {
        let _ = feed.try_send(events);
    }
}
