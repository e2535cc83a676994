use std::collections::{BTreeSet, HashMap};

use contract::references;
use kernel::{Clock, Instant};
use platform::audit::{Entry, Trail};
use platform::error::ServiceError;
use uuid::Uuid;

use super::Context;
use super::answers::{RequestName, name};
use super::context::InboxState;
use super::job::{Job, Workspace};
use super::keep::Kept;
use super::request::Answered;
use crate::seal::NewEvent;

/// What became of one job of a committed group.
pub(super) enum Outcome {
    Decided,
    Refused(ServiceError),
    /// Answered before, in an earlier group.
    Answered(Vec<u8>),
    /// The same request as another of this group.
    SameAs(usize),
}

/// What the use cases of a group leave beside the workspace.
#[derive(Default)]
pub(super) struct Told {
    pub(super) events: Vec<NewEvent>,
    pub(super) kept: Kept,
    /// What goes into the audit, in the order of the decisions.
    pub(super) entries: Vec<Entry>,
    /// Of the calls whose change is among the entries, each with its entry's place.
    pub(super) trails: Vec<(Trail, usize)>,
}

impl Told {
    /// Enters a change that was decided. It names the children of its request, and those that its events name, from the
    /// `before`th on: replies are sealed. Whom an answer shows beyond them, the door records before it leaves.
    fn enter(&mut self, trail: Option<&Trail>, before: usize) {
        let Some(trail) = trail else { return };
        let mut children = trail.children();
        for event in &self.events[before..] {
            children.extend(children_of(event));
        }
        self.trails.push((trail.clone(), self.entries.len()));
        self.entries.push(Entry::answered(trail, BTreeSet::new(), children));
    }

    /// Tells the calls that their entries are committed.
    pub(super) fn committed(&self) {
        for (trail, place) in &self.trails {
            trail.committed(&self.entries[*place].children);
        }
    }
}

fn children_of(event: &NewEvent) -> BTreeSet<Uuid> {
    let references = references::of_event(event.event);
    let children = references.map(|references| references.children(&event.body));
    children.transpose().expect("an event was encoded here").unwrap_or_default()
}

/// Lets the jobs decide, one after the other, on the state as those before leave it. Where all that there is to do is to
/// record something, nothing was loaded.
pub(super) fn decide<W: Workspace>(
    jobs: &mut [Box<dyn Job<W>>],
    answered: &HashMap<RequestName, Answered>,
    mut workspace: Option<&mut W>,
    told: &mut Told,
    mut inbox: Option<&mut InboxState>,
    now: Instant,
    clock: &dyn Clock,
) -> Vec<Outcome> {
    let mut first: HashMap<RequestName, usize> = HashMap::new();
    let mut outcomes = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.iter_mut().enumerate() {
        if let Some(entry) = job.entry() {
            told.entries.push(entry.clone());
            outcomes.push(Outcome::Decided);
            continue;
        }
        let workspace = workspace.as_deref_mut().expect("it is loaded where a job decides");
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
                told.enter(job.trail(), before);
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

/// Tells each caller what became of its command.
pub(super) fn answer<W: Workspace>(jobs: Vec<Box<dyn Job<W>>>, outcomes: Vec<Outcome>) {
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
