use std::collections::HashMap;
use std::sync::Arc;

use kernel::{Clock, Instant};
use platform::database::{Database, Rows, any_uuid};
use platform::error::ServiceError;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use uuid::Uuid;

use super::Context;
use super::context::InboxState;
use super::job::{Job, Workspace};
use super::request::Answered;
use crate::inbox::store;
use crate::log::{self, Head};
use crate::seal::{NewEvent, SealedEvent, Signer};

/// From this many events on, signing moves to another thread while the state is written.
const SIGN_ASIDE: usize = 4;

/// Writes groups.
pub(super) struct Group<W: Workspace> {
    pub(super) database: Database,
    pub(super) environment: Arc<W::Environment>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) signer: Signer,
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

/// A request as its caller and id name it.
type RequestName = (Uuid, String);

impl<W: Workspace> Group<W> {
    /// Carries out a group and answers its callers. On failure the jobs come back.
    pub(super) async fn run(
        &self,
        mut jobs: Vec<Box<dyn Job<W>>>,
    ) -> Result<Vec<SealedEvent>, (Vec<Box<dyn Job<W>>>, ServiceError)> {
        match self.write(&mut jobs).await {
            Ok((outcomes, events)) => {
                answer(jobs, outcomes);
                Ok(events)
            }
            Err(error) => Err((jobs, error)),
        }
    }

    async fn write(&self, jobs: &mut [Box<dyn Job<W>>]) -> Result<(Vec<Outcome>, Vec<SealedEvent>), ServiceError> {
        let transaction = self.database.begin().await?;
        // The row lock makes the numbers of several writers follow commit order.
        let head = log::head(&transaction, self.database.dialect(), true).await?;
        let answered = answered(&transaction, jobs).await?;
        let mut inbox = match jobs.iter().find_map(|job| job.inbox()) {
            Some(needs) => Some(store::load(&transaction, needs).await?),
            None => None,
        };
        let mut needs = W::Needs::default();
        for job in jobs.iter() {
            job.needs(&mut needs);
        }
        let mut workspace = W::load(&transaction, needs, &self.environment).await?;
        let now = self.clock.now();
        let mut events = Vec::new();
        let outcomes = decide(jobs, &answered, &mut workspace, &mut events, inbox.as_mut(), now, self.clock.as_ref());
        if !outcomes.iter().any(|outcome| matches!(outcome, Outcome::Decided)) {
            transaction.rollback().await?;
            return Ok((outcomes, Vec::new()));
        }
        let events = self.store(&transaction, workspace, events, head).await?;
        if let Some(inbox) = inbox {
            store::save(&transaction, inbox, now).await?;
        }
        remember(&transaction, jobs, &outcomes, now).await?;
        transaction.commit().await?;
        Ok((outcomes, events))
    }

    /// Writes state and events; signatures are made meanwhile where there are many.
    async fn store(
        &self,
        transaction: &DatabaseTransaction,
        workspace: W,
        events: Vec<NewEvent>,
        head: Head,
    ) -> Result<Vec<SealedEvent>, ServiceError> {
        let many = events.len() >= SIGN_ASIDE;
        let signer = self.signer.clone();
        let seal = move || SealedEvent::seal(events, head.sequence, head.hash, &signer);
        let sealed = if many {
            let sealing = tokio::task::spawn_blocking(seal);
            workspace.store(transaction, &self.environment).await?;
            sealing.await.map_err(ServiceError::internal)?
        } else {
            workspace.store(transaction, &self.environment).await?;
            seal()
        };
        append(transaction, &sealed).await?;
        Ok(sealed)
    }
}

fn decide<W: Workspace>(
    jobs: &mut [Box<dyn Job<W>>],
    answered: &HashMap<RequestName, Answered>,
    workspace: &mut W,
    events: &mut Vec<NewEvent>,
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
        let before = events.len();
        let traceparent = job.traceparent().map(str::to_owned);
        let delivery = job.inbox().is_some();
        let mut context = Context::new(now, clock, traceparent, events, inbox.as_deref_mut().filter(|_| delivery));
        outcomes.push(match job.decide(workspace, &mut context) {
            Ok(()) => {
                if let Some(name) = name {
                    first.insert(name, index);
                }
                Outcome::Decided
            }
            Err(error) => {
                events.truncate(before);
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
    transaction: &DatabaseTransaction,
    jobs: &[Box<dyn Job<W>>],
) -> Result<HashMap<RequestName, Answered>, ServiceError> {
    let ids: Vec<Uuid> = jobs.iter().filter_map(|job| job.key().request_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = Query::select()
        .columns(["request_id", "caller", "method", "fingerprint", "reply"])
        .from("request")
        .and_where(any_uuid(transaction.get_database_backend(), "request_id", ids))
        .to_owned();
    let rows = transaction.query_all(&query).await?;
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

async fn remember<W: Workspace>(
    transaction: &DatabaseTransaction,
    jobs: &[Box<dyn Job<W>>],
    outcomes: &[Outcome],
    now: Instant,
) -> Result<(), ServiceError> {
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
        .insert(transaction)
        .await?;
    Ok(())
}

/// Appends sealed events to the log and moves its head.
async fn append(transaction: &DatabaseTransaction, events: &[SealedEvent]) -> Result<(), ServiceError> {
    let Some(last) = events.last() else {
        return Ok(());
    };
    let sequence = |event: &SealedEvent| i64::try_from(event.sequence).expect("a log never has 2^63 events");
    Rows::new("event_log")
        .int("sequence", events.iter().map(sequence).collect())
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
        .insert(transaction)
        .await?;
    let head = Query::update()
        .table("event_log_head")
        .value("sequence", sequence(last))
        .value("hash", last.hash.to_vec())
        .and_where(Expr::col("id").eq(1))
        .to_owned();
    transaction.execute(&head).await?;
    Ok(())
}
