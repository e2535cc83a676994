//! Rows of visits.

use std::collections::{BTreeSet, HashMap};

use contract::registry::v1::{RowReason, VisitFacts as WireFacts, VisitRow};
use kernel::spelling::plain;
use kernel::{ChildId, CitizenId, Date, Division, DivisionLevel, VisitId, WorkerId};
use messaging::journal::Context;
use platform::error::ServiceError;
use platform::vault::Vault;

use super::cells::Cells;
use super::kind::{Judged, Judging, RowKind};
use crate::app::visit::record_visit::{need, record};
use crate::domain::Child;
use crate::domain::visit::{Guardianship, Risk, VisitFacts, VisitKind};
use crate::domain::worker::Worker;
use crate::store::sealed::request_hash;
use crate::store::worker::listing::posted_in;
use crate::store::{Needs, Workspace, reading, worker};

/// Rows of visits.
#[derive(Debug)]
pub struct Visits;

/// A visit with its identifier.
#[derive(Debug)]
pub struct Entry {
    id: VisitId,
    facts: VisitFacts,
}

/// A row of which only the persons are not looked up yet.
struct Read<'a> {
    cells: Cells<'a>,
    visit: Option<VisitId>,
    child: Option<ChildId>,
    citizen_id: Option<CitizenId>,
    worker: Option<WorkerId>,
    on: Option<Date>,
    kind: Option<VisitKind>,
    guardianship: Option<Guardianship>,
    risk: Option<Risk>,
}

/// Whom rows name.
struct Persons {
    holders: HashMap<CitizenId, ChildId>,
    children: HashMap<ChildId, Child>,
    /// Those with a post in a township.
    workers: HashMap<Division, Vec<Worker>>,
}

#[async_trait::async_trait]
impl RowKind for Visits {
    type Row = VisitRow;
    type Entry = Entry;

    async fn judge(judging: Judging<'_>, rows: &[VisitRow]) -> Result<Vec<Judged<Entry>>, ServiceError> {
        let rows: Vec<Read<'_>> = rows.iter().map(|row| read(row, judging)).collect();
        let persons = Persons::named_in(&rows, judging).await?;
        Ok(rows.into_iter().map(|row| row.entry(&persons, &judging.application.vault)).collect())
    }

    fn needs(entry: &Entry, needs: &mut Needs) {
        needs.visits.visits.insert(entry.id);
        need(&entry.facts, needs);
    }

    fn enter(entry: &Entry, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<bool, ServiceError> {
        let known = workspace.visits.visits.get(entry.id).is_some();
        record(entry.id, &entry.facts, workspace, context)?;
        Ok(!known)
    }
}

fn read<'a>(row: &VisitRow, judging: Judging<'a>) -> Read<'a> {
    let mut cells = Cells::of(row, judging.columns);
    let (visit, child, worker) = (cells.id("visit"), cells.id("child"), cells.id("worker"));
    let citizen_id = cells.citizen_id("citizen_id", None);
    if cells.text("child").is_empty() {
        cells.needed("citizen_id");
    }
    let on = cells.day("visited_on");
    let kind = VisitKind::from_number(cells.term("kind"));
    let guardianship = Guardianship::from_number(cells.term("guardianship"));
    let risk = Risk::from_number(cells.term("risk"));
    let wire = WireFacts { notes: cells.owned("notes"), evidence: evidence(&cells), ..WireFacts::default() };
    cells.fits(&wire, &[("notes", "notes"), ("evidence", "evidence")]);
    Read { cells, visit, child, citizen_id, worker, on, kind, guardianship, risk }
}

/// Where evidence is kept.
fn evidence(cells: &Cells<'_>) -> Vec<String> {
    let places = cells.text("evidence").split('、').map(str::trim).filter(|place| !place.is_empty());
    places.map(str::to_owned).collect()
}

impl Persons {
    async fn named_in(rows: &[Read<'_>], judging: Judging<'_>) -> Result<Self, ServiceError> {
        let application = judging.application;
        let (reader, vault) = (application.database.reader(), &application.vault);
        let holders = reading::holders(reader, vault, rows.iter().filter_map(|row| row.citizen_id)).await?;
        let named: BTreeSet<ChildId> =
            rows.iter().filter_map(|row| row.child).chain(holders.values().copied()).collect();
        let children = application.found(named.into_iter().collect()).await?;
        let townships: BTreeSet<Division> = children.iter().filter_map(township).collect();
        let posted = posted_in(reader, &townships).await?;
        let mut workers: HashMap<Division, Vec<Worker>> = HashMap::new();
        for worker in worker::reading::workers(reader, vault, &posted).await? {
            let places = worker.posts.current().into_iter().map(|version| version.value.division());
            let places: BTreeSet<Division> =
                places.filter_map(|place| place.ancestor(DivisionLevel::Township)).collect();
            for place in places {
                workers.entry(place).or_default().push(worker.clone());
            }
        }
        Ok(Self { holders, children: children.into_iter().map(|child| (child.id, child)).collect(), workers })
    }

    /// The worker of that name with a post in the child's township on that day.
    fn worker(&self, name: &str, child: &Child, on: Date) -> Result<WorkerId, RowReason> {
        let posted = township(child).and_then(|township| self.workers.get(&township)).into_iter().flatten();
        let mut named =
            posted.filter(|worker| plain(&worker.person().full_name) == name && worker.post_on(on).is_some());
        match (named.next(), named.next()) {
            (Some(worker), None) => Ok(worker.id),
            (None, _) => Err(RowReason::WorkerNotFound),
            (Some(_), Some(_)) => Err(RowReason::WorkerAmbiguous),
        }
    }
}

fn township(child: &Child) -> Option<Division> {
    child.household().division().ancestor(DivisionLevel::Township)
}

impl Read<'_> {
    fn entry(mut self, persons: &Persons, vault: &Vault) -> Judged<Entry> {
        let child = self.child(persons);
        let worker = child.zip(self.on).and_then(|(child, on)| self.worker(persons, child, on));
        let facts = match (child, worker, self.on, self.kind, self.guardianship, self.risk) {
            (Some(child), Some(worker), Some(on), Some(kind), Some(guardianship), Some(risk)) => Some(VisitFacts {
                child: child.id,
                worker,
                on,
                kind,
                guardianship,
                risk,
                notes: self.cells.owned("notes"),
                evidence: evidence(&self.cells),
            }),
            _ => None,
        };
        let given = self.visit;
        let entry = facts.map(|facts| Entry { id: given.unwrap_or_else(|| id_of(&facts, vault)), facts });
        self.cells.finish(entry)
    }

    fn child<'a>(&mut self, persons: &'a Persons) -> Option<&'a Child> {
        let by_number = self.child;
        let by_citizen_id = self.citizen_id.map(|id| persons.holders.get(&id).copied());
        let found = match (by_number, by_citizen_id) {
            (Some(number), Some(holder)) if holder != Some(number) => None,
            (Some(number), _) => persons.children.get(&number),
            (None, holder) => holder.flatten().and_then(|holder| persons.children.get(&holder)),
        };
        let Some(child) = found else {
            if by_number.is_some() || self.citizen_id.is_some() {
                let field = if by_number.is_some() { "child" } else { "citizen_id" };
                self.cells.remark(field, RowReason::ChildNotFound);
            }
            return None;
        };
        let name = plain(self.cells.text("child_name")).into_owned();
        if !name.is_empty() && plain(&child.profile().full_name) != name {
            self.cells.remark("child_name", RowReason::NameDiffers);
            return None;
        }
        Some(child)
    }

    fn worker(&mut self, persons: &Persons, child: &Child, on: Date) -> Option<WorkerId> {
        if self.worker.is_some() {
            return self.worker;
        }
        let name = plain(self.cells.text("worker_name")).into_owned();
        if name.is_empty() || !self.cells.text("worker").is_empty() {
            return None;
        }
        match persons.worker(&name, child, on) {
            Ok(worker) => Some(worker),
            Err(reason) => {
                self.cells.remark("worker_name", reason);
                None
            }
        }
    }
}

/// The identifier of a visit that a sheet gives none: the same worker, child, day and manner are the same visit.
fn id_of(facts: &VisitFacts, vault: &Vault) -> VisitId {
    let mut name = Vec::new();
    name.extend(facts.child.as_uuid().as_bytes());
    name.extend(facts.worker.as_uuid().as_bytes());
    name.extend(facts.on.to_string().bytes());
    name.push(facts.kind as u8);
    let hash = request_hash(vault, &name);
    VisitId::from_uuid(
        uuid::Builder::from_random_bytes(hash[..16].try_into().expect("a hash has 32 bytes")).into_uuid(),
    )
}
