use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Instant};
use platform::database::{Database, Rows, UNAVAILABLE, Write};
use platform::error::ServiceError;

use super::answers::{answered, forget, remember};
use super::decide::{Outcome, Told, answer, decide};
use super::job::{Job, Workspace};
use crate::audit::{self, SealedCall};
use crate::inbox::store;
use crate::log::{self, Head, Stand};
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
    /// Where log and audit end after our last write; unknown at first and after a failure.
    pub(super) stand: Option<Stand>,
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
        let stand = match self.stand {
            Some(known) => known,
            None => log::stand(&write).await?,
        };
        let answered = answered(&write, jobs).await?;
        let mut inbox = match jobs.iter().find_map(|job| job.inbox()) {
            Some(needs) => Some(store::load(&write, needs).await?),
            None => None,
        };
        let mut workspace = self.load(&write, jobs).await?;
        let now = self.clock.now();
        let mut told = Told::default();
        let clock = self.clock.as_ref();
        let outcomes = decide(jobs, &answered, workspace.as_mut(), &mut told, inbox.as_mut(), now, clock);
        if !outcomes.iter().any(|outcome| matches!(outcome, Outcome::Decided)) {
            return Ok(Attempt::Written(outcomes, Vec::new()));
        }
        let events = self.store(&mut write, workspace, std::mem::take(&mut told.events), stand.log).await?;
        let calls = SealedCall::seal(&told.entries, stand.audit, &self.signer);
        let ends = Stand {
            log: events.last().map_or(stand.log, |last| Head { sequence: last.sequence, hash: last.hash }),
            audit: calls.last().map_or(stand.audit, |last| Head { sequence: last.sequence, hash: last.hash }),
            revision: stand.revision + 1,
        };
        advance(&mut write, &ends);
        append(&mut write, &events);
        audit::append(&mut write, &calls);
        std::mem::take(&mut told.kept).store(&mut write);
        if let Some(inbox) = inbox {
            store::save(&mut write, inbox, now);
        }
        remember(&mut write, jobs, &outcomes, now);
        let sweeps = now >= self.next_sweep;
        if sweeps {
            forget(&mut write, now.saturating_sub(self.keep_answers));
        }
        if let Err(error) = write.commit().await {
            self.stand = None;
            let found = self.look_at_stand().await.map_err(Failure::Unknown)?;
            if found.revision == stand.revision {
                return Err(error.into());
            }
            // A commit whose answer was lost is known by its hashes.
            let is_ours = (ends.log != stand.log && found.log == ends.log)
                || (ends.audit != stand.audit && found.audit == ends.audit);
            if !is_ours {
                return Ok(Attempt::Overtaken);
            }
        }
        self.stand = Some(ends);
        told.committed();
        if sweeps {
            self.next_sweep = now.saturating_add(SWEEP);
        }
        Ok(Attempt::Written(outcomes, events))
    }

    /// Loads what the jobs need; nothing where none of them decides anything.
    async fn load(&self, write: &Write, jobs: &[Box<dyn Job<W>>]) -> Result<Option<W>, ServiceError> {
        if jobs.iter().all(|job| job.entry().is_some()) {
            return Ok(None);
        }
        let mut needs = W::Needs::default();
        for job in jobs {
            job.needs(&mut needs);
        }
        W::load(write, needs, &self.environment).await.map(Some)
    }

    async fn look_at_stand(&self) -> Result<Stand, ServiceError> {
        log::stand(&self.database.begin().await?).await
    }

    /// Hands over the state and seals the events, which happens meanwhile where there are many.
    async fn store(
        &self,
        write: &mut Write,
        workspace: Option<W>,
        events: Vec<NewEvent>,
        head: Head,
    ) -> Result<Vec<SealedEvent>, ServiceError> {
        let many = events.len() >= SIGN_ASIDE;
        let signer = self.signer.clone();
        let seal = move || SealedEvent::seal(events, head.sequence, head.hash, &signer);
        let store = || workspace.map_or(Ok(()), |workspace| workspace.store(write, &self.environment));
        if many {
            let sealing = tokio::task::spawn_blocking(seal);
            store()?;
            sealing.await.map_err(ServiceError::internal)
        } else {
            store()?;
            Ok(seal())
        }
    }
}

/// Moves the heads of log and audit, which must stand where they were read.
fn advance(write: &mut Write, ends: &Stand) {
    Rows::new("event_log_head")
        .int("id", vec![1])
        .int("sequence", vec![number(ends.log.sequence)])
        .blob("hash", vec![ends.log.hash.to_vec()])
        .int("audit_sequence", vec![number(ends.audit.sequence)])
        .blob("audit_hash", vec![ends.audit.hash.to_vec()])
        .int("revision", vec![ends.revision])
        .advance(write, "id", "revision");
}

/// Appends sealed events to the log.
fn append(write: &mut Write, events: &[SealedEvent]) {
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

fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).expect("a log never has 2^63 events")
}

/// A new event is never an erased one.
fn salt(cover: &Cover) -> Option<Vec<u8>> {
    match cover.hidden() {
        Some(Hidden::Salted(salt)) => Some(salt.to_vec()),
        Some(Hidden::Erased(_)) | None => None,
    }
}
