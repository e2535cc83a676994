//! Gives out the rows of a division.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use contract::registry::v1::{ExportWorkbookResponse, WorkbookKind};
use futures::{Stream, stream};
use kernel::{ChildId, Division, Month, WorkerId};
use platform::error::ServiceError;
use uuid::Uuid;

use super::rows;
use crate::app::Application;
use crate::domain::migrant::MigrantId;
use crate::store::standing::ACTIVE;
use crate::store::{listing, migrant, visit, worker};

/// What is read at once.
const CHUNK: u64 = 200;

/// Which rows.
#[derive(Clone, Copy, Debug)]
pub struct Export {
    /// Of which workbook.
    pub kind: WorkbookKind,
    /// Of this division; `None` means the city.
    pub division: Option<Division>,
    /// Of this month, where they are visits.
    pub month: Month,
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// What came last.
    after: Option<Uuid>,
    /// Rows so far.
    rows: i32,
}

impl Application {
    /// The rows, in chunks, oldest first. They are read as the caller takes them.
    pub fn export_workbook(
        self: Arc<Self>,
        export: Export,
    ) -> impl Stream<Item = Result<ExportWorkbookResponse, ServiceError>> + Send + 'static {
        stream::try_unfold((self, Some(Place::default())), move |(application, place)| async move {
            let Some(place) = place else {
                return Ok(None);
            };
            let (answer, next) = application.export_chunk(export, place).await?;
            Ok(Some((answer, (application, next))))
        })
    }

    async fn export_chunk(
        &self,
        export: Export,
        place: Place,
    ) -> Result<(ExportWorkbookResponse, Option<Place>), ServiceError> {
        let mut answer = ExportWorkbookResponse::default();
        let (last, written) = match export.kind {
            WorkbookKind::Children => self.export_children(export, place, &mut answer).await?,
            WorkbookKind::Migrants => self.export_migrants(export, place, &mut answer).await?,
            WorkbookKind::Visits => self.export_visits(export, place, &mut answer).await?,
            WorkbookKind::Workers => self.export_workers(export, place, &mut answer).await?,
            WorkbookKind::Unspecified => (None, 0),
        };
        let rows = place.rows.saturating_add(i32::try_from(written).unwrap_or(i32::MAX));
        Ok((answer, last.map(|last| Place { after: Some(last), rows })))
    }

    async fn export_children(
        &self,
        export: Export,
        place: Place,
        answer: &mut ExportWorkbookResponse,
    ) -> Result<(Option<Uuid>, usize), ServiceError> {
        let (ids, last) = self.children_of(export.division, place, Some(ACTIVE)).await?;
        let today = self.clock.today();
        let children = self.found(ids).await?;
        let rows = (place.rows + 1..).zip(&children);
        answer.children = rows.map(|(number, child)| rows::child(number, child, &self.divisions, today)).collect();
        Ok((last, answer.children.len()))
    }

    async fn export_migrants(
        &self,
        export: Export,
        place: Place,
        answer: &mut ExportWorkbookResponse,
    ) -> Result<(Option<Uuid>, usize), ServiceError> {
        let (reader, today) = (self.database.reader(), self.clock.today());
        let filter = migrant::listing::Filter { division: export.division, day: Some(today), ..Default::default() };
        let ids = migrant::listing::page(reader, &filter, place.after.map(MigrantId::from_uuid), CHUNK).await?;
        let last = next(&ids).map(|id| id.as_uuid());
        for entry in migrant::reading::migrants(reader, ids).await?.open(&self.vault)? {
            let number = place.rows + 1 + i32::try_from(answer.migrants.len()).unwrap_or(i32::MAX);
            answer.migrants.extend(rows::migrant(number, &entry, &self.divisions, today));
        }
        Ok((last, answer.migrants.len()))
    }

    async fn export_visits(
        &self,
        export: Export,
        place: Place,
        answer: &mut ExportWorkbookResponse,
    ) -> Result<(Option<Uuid>, usize), ServiceError> {
        let (ids, last) = self.children_of(export.division, place, None).await?;
        let reader = self.database.reader();
        let mut visits: HashMap<ChildId, Vec<_>> = HashMap::new();
        for row in visit::listing::of_month(reader, &ids, export.month).await? {
            let visit = visit::reading::opened(row, &self.vault)?;
            visits.entry(visit.facts.child).or_default().push(visit);
        }
        let workers: BTreeSet<WorkerId> = visits.values().flatten().map(|visit| visit.facts.worker).collect();
        let workers = worker::reading::workers(reader, &self.vault, &workers).await?;
        let visited = ids.into_iter().filter(|id| visits.contains_key(id)).collect();
        for child in self.found(visited).await? {
            for visit in visits.remove(&child.id).unwrap_or_default() {
                let worker = workers.iter().find(|worker| worker.id == visit.facts.worker);
                let number = place.rows + 1 + i32::try_from(answer.visits.len()).unwrap_or(i32::MAX);
                answer.visits.push(rows::visit(number, &visit, &child, worker));
            }
        }
        Ok((last, answer.visits.len()))
    }

    async fn export_workers(
        &self,
        export: Export,
        place: Place,
        answer: &mut ExportWorkbookResponse,
    ) -> Result<(Option<Uuid>, usize), ServiceError> {
        let (reader, today) = (self.database.reader(), self.clock.today());
        let filter =
            worker::listing::Filter { on: today, division: export.division, role: None, without_training: false };
        let ids = worker::listing::page(reader, &filter, place.after.map(WorkerId::from_uuid), CHUNK).await?;
        let last = next(&ids).map(|id| id.as_uuid());
        for worker in worker::reading::workers(reader, &self.vault, &ids.into_iter().collect()).await? {
            let number = place.rows + 1 + i32::try_from(answer.workers.len()).unwrap_or(i32::MAX);
            answer.workers.extend(rows::worker(number, &worker, &self.divisions, today));
        }
        Ok((last, answer.workers.len()))
    }

    async fn children_of(
        &self,
        division: Option<Division>,
        place: Place,
        state: Option<i64>,
    ) -> Result<(Vec<ChildId>, Option<Uuid>), ServiceError> {
        let filter = listing::Filter { division, state, carries: None };
        let ids = listing::page(self.database.reader(), &filter, place.after.map(ChildId::from_uuid), CHUNK).await?;
        let last = next(&ids).map(|id| id.as_uuid());
        Ok((ids, last))
    }
}

/// After what the next chunk begins; nothing after the last one.
fn next<T: Copy>(ids: &[T]) -> Option<T> {
    ids.last().copied().filter(|_| ids.len() as u64 == CHUNK)
}
