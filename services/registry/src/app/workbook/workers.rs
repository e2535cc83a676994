//! Rows of workers: each is somebody in a post, with what they learnt.

use contract::registry::v1::{RowReason, Training as WireTraining, WorkerPerson, WorkerRow};
use kernel::{Date, DivisionLevel, Instant, Period, WorkerId};
use messaging::journal::Context;
use platform::error::ServiceError;

use super::cells::Cells;
use super::kind::{Judged, Judging, RowKind};
use crate::app::worker::refusal::{self, worker_not_found};
use crate::domain::worker::{GuideAcknowledgement, Person, Post, Role, Training, Worker, WorkerChange, WorkerEvent};
use crate::events;
use crate::store::{Needs, Workspace};

/// Rows of workers.
#[derive(Debug)]
pub struct Workers;

/// Somebody in a post.
#[derive(Debug)]
pub struct Entry {
    /// Somebody who is known.
    worker: Option<WorkerId>,
    person: Person,
    post: Post,
    from: Date,
    training: Option<Course>,
    guide: Option<(String, Date)>,
}

/// A training, not yet recorded.
#[derive(Debug)]
struct Course {
    on: Date,
    hours: u32,
    topic: String,
}

#[async_trait::async_trait]
impl RowKind for Workers {
    type Row = WorkerRow;
    type Entry = Entry;

    async fn judge(judging: Judging<'_>, rows: &[WorkerRow]) -> Result<Vec<Judged<Entry>>, ServiceError> {
        Ok(rows.iter().map(|row| entry(row, judging)).collect())
    }

    fn needs(entry: &Entry, needs: &mut Needs) {
        needs.workforce.workers.extend(entry.worker);
        needs.workforce.posts.insert(entry.post.division());
    }

    fn enter(entry: &Entry, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<bool, ServiceError> {
        let before = known(entry, workspace)?;
        let new = || Worker::new(WorkerId::generate(context.clock()), entry.person.clone(), context.now());
        let mut worker = before.cloned().unwrap_or_else(new);
        let mut events: Vec<WorkerEvent> = Vec::new();
        let mut step = |change: WorkerChange| {
            events.extend(change.events);
            change.worker
        };
        if worker.post_on(entry.from) != Some(entry.post) {
            let others = workspace.workforce.holders(entry.post);
            worker = step(worker.appoint(entry.post, Period::since(entry.from), None, others, context.now())?);
        }
        if let Some(course) = entry.training.as_ref().filter(|course| !course.is_known(&worker)) {
            let training = course.recorded(context.now());
            let refused = |error| refusal::training(error, "trained_on");
            worker = step(worker.train(training, context.now()).map_err(refused)?);
        }
        if let Some((version, on)) = &entry.guide {
            let read = GuideAcknowledgement { version: version.clone(), on: *on, recorded: context.now() };
            let refused = |error| refusal::training(error, "acknowledged_on");
            worker = step(worker.acknowledge(read, context.now()).map_err(refused)?);
        }
        if before == Some(&worker) {
            return Ok(false);
        }
        events::worker::record(&events, context);
        workspace.workforce.workers.put(worker);
        Ok(true)
    }
}

/// The worker of an entry, as known: by number, else by name and phone among those who hold the post.
fn known<'a>(entry: &Entry, workspace: &'a Workspace) -> Result<Option<&'a Worker>, ServiceError> {
    if let Some(id) = entry.worker {
        return workspace.workforce.workers.get(id).map(Some).ok_or_else(worker_not_found);
    }
    let mut holders = workspace.workforce.holders(entry.post);
    Ok(holders.find(|worker| worker.post_on(entry.from) == Some(entry.post) && *worker.person() == entry.person))
}

impl Course {
    fn is_known(&self, worker: &Worker) -> bool {
        let same = |known: &Training| known.on == self.on && known.hours == self.hours && known.topic == self.topic;
        worker.trainings.iter().any(same)
    }

    fn recorded(&self, now: Instant) -> Training {
        let certificate = String::new();
        Training { on: self.on, hours: self.hours, topic: self.topic.clone(), certificate, recorded: now }
    }
}

fn entry(row: &WorkerRow, judging: Judging<'_>) -> Judged<Entry> {
    let mut cells = Cells::of(row, judging.columns);
    let worker = cells.id("worker");
    let post = post(&mut cells, judging);
    let from = cells.day("from");
    let person = Person { full_name: cells.owned("full_name"), phone: cells.owned("phone") };
    let wire = WorkerPerson { full_name: person.full_name.clone(), phone: person.phone.clone() };
    cells.fits(&wire, &[("full_name", "full_name"), ("phone", "phone")]);
    let training = training(&mut cells);
    let guide = guide(&mut cells);
    let entry = post.zip(from).map(|(post, from)| Entry { worker, person, post, from, training, guide });
    cells.finish(entry)
}

fn post(cells: &mut Cells<'_>, judging: Judging<'_>) -> Option<Post> {
    let role = Role::from_number(cells.term("role"))?;
    let division = cells.division(&judging.application.divisions)?;
    let post = Post::new(role, division);
    if post.is_err() {
        let field = if role.level() == DivisionLevel::Village { "village" } else { "township" };
        cells.remark(field, RowReason::DivisionLevel);
    }
    post.ok()
}

fn training(cells: &mut Cells<'_>) -> Option<Course> {
    let fields = ["trained_on", "training_hours", "training_topic"];
    if fields.iter().all(|field| cells.text(field).is_empty()) {
        return None;
    }
    fields.iter().for_each(|field| cells.needed(field));
    let (on, hours) = (cells.day("trained_on")?, cells.number::<u32>("training_hours")?);
    let topic = cells.owned("training_topic");
    let wire = WireTraining {
        trained_on: Some(contract::date::from_date(on)),
        hours: i32::try_from(hours).unwrap_or(i32::MAX),
        topic: topic.clone(),
        certificate: String::new(),
    };
    cells.fits(&wire, &[("hours", "training_hours"), ("topic", "training_topic")]);
    Some(Course { on, hours, topic })
}

fn guide(cells: &mut Cells<'_>) -> Option<(String, Date)> {
    let fields = ["guide_version", "acknowledged_on"];
    if fields.iter().all(|field| cells.text(field).is_empty()) {
        return None;
    }
    fields.iter().for_each(|field| cells.needed(field));
    let on = cells.day("acknowledged_on")?;
    let version = cells.owned("guide_version");
    let wire = contract::registry::v1::GuideAcknowledgement {
        guide_version: version.clone(),
        acknowledged_on: Some(contract::date::from_date(on)),
    };
    cells.fits(&wire, &[("guide_version", "guide_version")]);
    Some((version, on))
}
