use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Instant};
use platform::database::{Database, Rows, UNAVAILABLE, Write, any_uuid};
use platform::error::ServiceError;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::Context;
use super::context::{InboxState, Kept};
use super::job::{Job, Workspace};
use super::request::Answered;
use crate::inbox::store;
use crate::log::{self, Head};
use crate::seal::{Cover, Hidden, NewEvent, SealedEvent, Signer};

/// From this many events on, signing moves to another thread while the state is written.
const SIGN_ASIDE: usize = 4;

/// Writes groups.
///
/// A group reads without a lock and commits with one message, in which the log's head must stand where the group believes
/// it. Another process on the same database moves it; then the group is decided again on what there is now. That is also
/// what makes a number follow commit order.
pub(super) struct Group<W: Workspace> {
    pub(super) database: Database,
    pub(super) environment: Arc<W::Environment>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) signer: Signer,
    /// The log's head and its revision after our last write; unknown at first and after a failure.
    pub(super) head: Option<(Head, i64)>,
    /// How long answers are kept.
    pub(super) keep_answers: Duration,
    /// When old answers are next looked for.
    pub(super) next_sweep: Instant,
}

/// How often old answers are looked for.
const SWEEP: Duration = Duration::from_hours(1);

/// How one attempt to write a group ended.
enum Attempt {
    Written(Vec<Outcome>, Vec<SealedEvent>),
    /// Another process wrote in between.
    Overtaken,
}

/// What became of one job of a committed group.
enum Outcome {
    Decided,
    Refused(ServiceError),
    /// Answered before, in an earlier group.
    Answered(Vec<u8>),
    /// The same request as another of this group.
    SameAs(usize),
}

/// Why a group was not written.
enum Failure {
    /// Nothing of it was.
    NotWritten(ServiceError),
    /// The database went away while it was committed.
    Unknown(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::NotWritten(error.into())
    }
}

/// A group that failed, with its jobs, which may be tried again one by one unless they may have been carried out.
pub(super) struct FailedGroup<W: Workspace> {
    pub(super) jobs: Vec<Box<dyn Job<W>>>,
    pub(super) error: ServiceError,
    pub(super) may_be_written: bool,
}

/// A request as its caller and id name it.
type RequestName = (Uuid, String);

impl<W: Workspace> Group<W> {
    /// Carries out a group and answers its callers. On failure the jobs come back.
    pub(super) async fn run(&mut self, mut jobs: Vec<Box<dyn Job<W>>>) -> Result<Vec<SealedEvent>, FailedGroup<W>> {
        match self.write(&mut jobs).await {
            Ok((outcomes, events)) => {
                answer(jobs, outcomes);
                Ok(events)
            }
            Err(Failure::NotWritten(error)) => Err(FailedGroup { jobs, error, may_be_written: false }),
            Err(Failure::Unknown(error)) => Err(FailedGroup { jobs, error, may_be_written: true }),
        }
    }

    async fn write(&mut self, jobs: &mut [Box<dyn Job<W>>]) -> Result<(Vec<Outcome>, Vec<SealedEvent>), Failure> {
        let mut again = true;
        loop {
            match self.attempt(jobs).await {
                Ok(Attempt::Written(outcomes, events)) => return Ok((outcomes, events)),
                Ok(Attempt::Overtaken) => {}
                // A connection that broke since the last write shows at the first read.
                Err(Failure::NotWritten(error)) if again && error.reason == UNAVAILABLE => again = false,
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn attempt(&mut self, jobs: &mut [Box<dyn Job<W>>]) -> Result<Attempt, Failure> {
        let mut write = self.database.begin().await?;
        let (head, revision) = match self.head {
            Some(known) => known,
            None => log::head(&write).await?,
        };
        let answered = answered(&write, jobs).await?;
        let mut inbox = match jobs.iter().find_map(|job| job.inbox()) {
            Some(needs) => Some(store::load(&write, needs).await?),
            None => None,
        };
        let mut needs = W::Needs::default();
        for job in jobs.iter() {
            job.needs(&mut needs);
        }
        let mut workspace = W::load(&write, needs, &self.environment).await?;
        let now = self.clock.now();
        let mut told = Told { events: Vec::new(), kept: Kept::default() };
        let outcomes = decide(jobs, &answered, &mut workspace, &mut told, inbox.as_mut(), now, self.clock.as_ref());
        let Told { events, kept } = told;
        if !outcomes.iter().any(|outcome| matches!(outcome, Outcome::Decided)) {
            return Ok(Attempt::Written(outcomes, Vec::new()));
        }
        let events = self.store(&mut write, workspace, events, head).await?;
        let ends = events.last().map_or(head, |last| Head { sequence: last.sequence, hash: last.hash });
        append(&mut write, &events, ends, revision + 1);
        kept.store(&mut write);
        if let Some(inbox) = inbox {
            store::save(&mut write, inbox, now);
        }
        remember(&mut write, jobs, &outcomes, now);
        let sweeps = now >= self.next_sweep;
        if sweeps {
            forget(&mut write, now.saturating_sub(self.keep_answers));
        }
        if let Err(error) = write.commit().await {
            self.head = None;
            let (found, found_revision) = self.look_at_head().await.map_err(Failure::Unknown)?;
            if found_revision == revision {
                return Err(error.into());
            }
            // A commit whose answer was lost is known by its hash.
            if events.is_empty() || found.hash != ends.hash {
                return Ok(Attempt::Overtaken);
            }
        }
        self.head = Some((ends, revision + 1));
        if sweeps {
            self.next_sweep = now.saturating_add(SWEEP);
        }
        Ok(Attempt::Written(outcomes, events))
    }

    async fn look_at_head(&self) -> Result<(Head, i64), ServiceError> {
        log::head(&self.database.begin().await?).await
    }

    /// Hands over the state and seals the events, which happens meanwhile where there are many.
    async fn store(
        &self,
        write: &mut Write,
        workspace: W,
        events: Vec<NewEvent>,
        head: Head,
    ) -> Result<Vec<SealedEvent>, ServiceError> {
        let many = events.len() >= SIGN_ASIDE;
        let signer = self.signer.clone();
        let seal = move || SealedEvent::seal(events, head.sequence, head.hash, &signer);
        if many {
            let sealing = tokio::task::spawn_blocking(seal);
            workspace.store(write, &self.environment)?;
            sealing.await.map_err(ServiceError::internal)
        } else {
            workspace.store(write, &self.environment)?;
            Ok(seal())
        }
    }
}

/// What the use cases of a group leave beside the workspace.
struct Told {
    events: Vec<NewEvent>,
    kept: Kept,
}

fn decide<W: Workspace>(
    jobs: &mut [Box<dyn Job<W>>],
    answered: &HashMap<RequestName, Answered>,
    workspace: &mut W,
    told: &mut Told,
    mut inbox: Option<&mut InboxState>,
    now: Instant,
    clock: &dyn Clock,
) -> Vec<Outcome> {
    let mut first: HashMap<RequestName, usize> = HashMap::new();
    let mut outcomes = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.iter_mut().enumerate() {
        let name = name(job.key());
        if let Some(earlier) = name.as_ref().and_then(|name| answered.get(name)) {
            outcomes.push(match earlier.replay(job.key()) {
                Ok(reply) => Outcome::Answered(reply.to_vec()),
                Err(error) => Outcome::Refused(error),
            });
            continue;
        }
        if let Some(&same) = name.as_ref().and_then(|name| first.get(name)) {
            outcomes.push(Outcome::SameAs(same));
            continue;
        }
        let before = told.events.len();
        let traceparent = job.traceparent().map(str::to_owned);
        let delivery = job.inbox().is_some();
        let inbox = inbox.as_deref_mut().filter(|_| delivery);
        let mut context = Context::new(now, clock, traceparent, &mut told.events, inbox, &mut told.kept);
        outcomes.push(match job.decide(workspace, &mut context) {
            Ok(()) => {
                if let Some(name) = name {
                    first.insert(name, index);
                }
                Outcome::Decided
            }
            Err(error) => {
                told.events.truncate(before);
                Outcome::Refused(error)
            }
        });
    }
    outcomes
}

fn name(key: &super::RequestKey) -> Option<RequestName> {
    key.request_id.map(|id| (id, key.caller.clone()))
}

/// Tells each caller what became of its command.
fn answer<W: Workspace>(jobs: Vec<Box<dyn Job<W>>>, outcomes: Vec<Outcome>) {
    let firsts: HashMap<usize, Answered> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::SameAs(first) => Some(*first),
            _ => None,
        })
        .map(|first| {
            let key = jobs[first].key();
            let answered = Answered {
                method: key.method.to_owned(),
                fingerprint: key.fingerprint.to_vec(),
                reply: jobs[first].reply(),
            };
            (first, answered)
        })
        .collect();
    for (job, outcome) in jobs.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Decided => job.settle(),
            Outcome::Refused(error) => job.fail(error),
            Outcome::Answered(reply) => job.replay(&reply),
            Outcome::SameAs(first) => match firsts[&first].replay(job.key()) {
                Ok(reply) => {
                    let reply = reply.to_vec();
                    job.replay(&reply);
                }
                Err(error) => job.fail(error),
            },
        }
    }
}

/// The answers that requests of this group got before.
async fn answered<W: Workspace>(
    write: &Write,
    jobs: &[Box<dyn Job<W>>],
) -> Result<HashMap<RequestName, Answered>, ServiceError> {
    let ids: Vec<Uuid> = jobs.iter().filter_map(|job| job.key().request_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = Query::select()
        .columns(["request_id", "caller", "method", "fingerprint", "reply"])
        .from("request")
        .and_where(any_uuid(write.get_database_backend(), "request_id", ids))
        .to_owned();
    let rows = write.query_all(&query).await?;
    rows.iter()
        .map(|row| {
            let name = (row.try_get("", "request_id")?, row.try_get("", "caller")?);
            let answered = Answered {
                method: row.try_get("", "method")?,
                fingerprint: row.try_get("", "fingerprint")?,
                reply: row.try_get("", "reply")?,
            };
            Ok((name, answered))
        })
        .collect()
}

fn remember<W: Workspace>(write: &mut Write, jobs: &[Box<dyn Job<W>>], outcomes: &[Outcome], now: Instant) {
    let decided: Vec<(&dyn Job<W>, Uuid)> = jobs
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| matches!(outcome, Outcome::Decided))
        .filter_map(|(job, _)| job.key().request_id.map(|id| (job.as_ref(), id)))
        .collect();
    Rows::new("request")
        .uuid("request_id", decided.iter().map(|(_, id)| *id).collect())
        .text("caller", decided.iter().map(|(job, _)| job.key().caller.clone()).collect())
        .text("method", decided.iter().map(|(job, _)| job.key().method.to_owned()).collect())
        .blob("fingerprint", decided.iter().map(|(job, _)| job.key().fingerprint.to_vec()).collect())
        .blob("reply", decided.iter().map(|(job, _)| job.reply()).collect())
        .int("created_at", vec![now.as_micros(); decided.len()])
        .insert(write);
}

/// Gives up the answers from before an instant.
fn forget(write: &mut Write, before: Instant) {
    let old =
        Query::delete().from_table("request").and_where(Expr::col("created_at").lt(before.as_micros())).to_owned();
    write.first(&old);
}

/// Appends sealed events to the log and moves its head, which must stand where it was read.
fn append(write: &mut Write, events: &[SealedEvent], head: Head, revision: i64) {
    let number = |sequence: u64| i64::try_from(sequence).expect("a log never has 2^63 events");
    Rows::new("event_log_head")
        .int("id", vec![1])
        .int("sequence", vec![number(head.sequence)])
        .blob("hash", vec![head.hash.to_vec()])
        .int("revision", vec![revision])
        .advance(write, "id", "revision");
    Rows::new("event_log")
        .int("sequence", events.iter().map(|sealed| number(sealed.sequence)).collect())
        .uuid("id", events.iter().map(|sealed| sealed.event.id).collect())
        .text("type", events.iter().map(|sealed| sealed.event.event.name.clone()).collect())
        .uuid("aggregate", events.iter().map(|sealed| sealed.event.aggregate).collect())
        .text("county", events.iter().map(|sealed| sealed.event.county.clone()).collect())
        .int("occurred_at", events.iter().map(|sealed| sealed.event.occurred_at.as_micros()).collect())
        .optional_text("traceparent", events.iter().map(|sealed| sealed.event.traceparent.clone()).collect())
        .blob("body", events.iter().map(|sealed| sealed.event.body.to_vec()).collect())
        .blob("previous", events.iter().map(|sealed| sealed.previous.to_vec()).collect())
        .blob("hash", events.iter().map(|sealed| sealed.hash.to_vec()).collect())
        .blob("signature", events.iter().map(|sealed| sealed.signature.to_vec()).collect())
        .text("key_id", events.iter().map(|sealed| sealed.key_id.clone()).collect())
        .int("seal", events.iter().map(|sealed| sealed.cover.seal()).collect())
        .optional_blob("salt", events.iter().map(|sealed| salt(&sealed.cover)).collect())
        .insert(write);
}

/// A new event is never an erased one.
fn salt(cover: &Cover) -> Option<Vec<u8>> {
    match cover.hidden() {
        Some(Hidden::Salted(salt)) => Some(salt.to_vec()),
        Some(Hidden::Erased(_)) | None => None,
    }
}
