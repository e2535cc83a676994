use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::date::from_date;
use contract::registry::v1::import_roster_request::Part;
use contract::registry::v1::roster_service_client::RosterServiceClient;
use contract::registry::v1::visit_service_client::VisitServiceClient;
use contract::registry::v1::{
    GuardianshipSituation, ImportRosterRequest, RecordVisitsRequest, RosterHeader, RosterRow, RosterRows, VisitEntry,
    VisitFacts, VisitKind, VisitRisk,
};
use futures::future::{join_all, try_join_all};
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{ChildId, Division, SystemClock, VisitId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use super::calendar::Calendar;
use super::call::{Call, Desk};
use super::history::{History, Resident};
use super::people::row;
use super::place::Place;
use super::staff::Staff;
use super::timing::{Progress, Times, time};
use crate::bench::ours;
use crate::city::{City, Samples};
use crate::nats::NatsServer;

/// Rows of one message of an import.
const ROWS_PER_MESSAGE: usize = 200;
/// Rows of one roster: the registry takes no longer one.
const ROWS_PER_ROSTER: usize = 50_000;
/// Visits of a phone's batch, and phones that send at once.
const VISITS_PER_BATCH: usize = 100;
const PHONES: usize = 4;
/// Connections that write the past of a city on PostgreSQL.
const LANES: usize = 3;

/// A city that grows.
pub(super) struct Town {
    city: City,
    _broker: NatsServer,
    place: Arc<Place>,
    staff: Arc<Staff>,
    calendar: Calendar,
    residents: Vec<Resident>,
    /// The imported ones have the latest identifiers.
    last_imported: Uuid,
    /// Of so many residents the year is written.
    with_a_year: usize,
    url: Option<String>,
}

impl Town {
    /// A city with its workers and no children. Its registry is a process of its own beside a bare broker.
    pub(super) async fn found(city: City, broker: NatsServer, url: Option<String>) -> anyhow::Result<Self> {
        let calendar = Calendar::now();
        let place = Arc::new(Place::read()?);
        let staff = Arc::new(Staff::appoint(city.channel("CA").await, &place, &calendar).await?);
        let (residents, with_a_year) = (Vec::new(), 0);
        Ok(Self {
            city,
            _broker: broker,
            place,
            staff,
            calendar,
            residents,
            last_imported: Uuid::nil(),
            with_a_year,
            url,
        })
    }

    pub(super) fn children(&self) -> usize {
        self.residents.len()
    }

    /// Imports so many more children through the door; the rows a second of each roster.
    pub(super) async fn import(&mut self, count: usize) -> anyhow::Result<Vec<f64>> {
        let from = u32::try_from(self.residents.len())?;
        let numbers: Vec<u32> = (from..).take(count).collect();
        let progress = Progress::new("importing", count);
        let mut rates = Vec::new();
        for roster in numbers.chunks(ROWS_PER_ROSTER) {
            let rows: Vec<_> = roster.iter().map(|number| row(*number, &self.place, &self.calendar)).collect();
            rates.push(self.roster(rows, &progress).await?);
        }
        let database = self.city.registry_database().await;
        let imported = children_after(&database, self.last_imported).await?;
        database.close().await?;
        anyhow::ensure!(imported.len() == count, "{} of {count} children were registered", imported.len());
        self.last_imported = imported.last().map_or(self.last_imported, |last| last.child.as_uuid());
        self.residents.extend(imported);
        Ok(rates)
    }

    async fn roster(&self, rows: Vec<RosterRow>, progress: &Progress) -> anyhow::Result<f64> {
        let count = rows.len();
        let reference_date = Some(from_date(self.calendar.today));
        let header = RosterHeader { reference_date, ..RosterHeader::default() };
        let rows = rows.chunks(ROWS_PER_MESSAGE).map(|rows| Part::Rows(RosterRows { rows: rows.to_vec() }));
        let parts: Vec<_> = std::iter::once(Part::Header(header)).chain(rows).collect();
        let bar = progress.bar();
        let messages = futures::stream::iter(parts).map(move |part| {
            if let Part::Rows(rows) = &part {
                bar.inc(rows.rows.len() as u64);
            }
            ImportRosterRequest { part: Some(part) }
        });
        let mut rosters = RosterServiceClient::new(self.city.channel("CA").await);
        let begun = Instant::now();
        let answer = rosters.import_roster(messages).await?.into_inner();
        let seconds = begun.elapsed().as_secs_f64();
        let accepted = usize::try_from(answer.accepted)?;
        anyhow::ensure!(accepted == count, "{accepted} of {count} rows were accepted: {:?}", answer.rejections.first());
        Ok(rate(count, seconds))
    }

    /// Opens the files of so many more children past the door.
    pub(super) async fn settle(&mut self, count: usize) -> anyhow::Result<()> {
        let from = u32::try_from(self.residents.len())?;
        let numbers: Vec<u32> = (from..).take(count).collect();
        let lanes = self.close_door().await?;
        let progress = Progress::new("opening files", count);
        let parts = numbers.chunks(count.div_ceil(lanes.len()).max(1));
        let opening = lanes.iter().zip(parts).map(|(history, numbers)| history.children(numbers, &progress));
        self.residents.extend(try_join_all(opening).await?.into_iter().flatten());
        join_all(lanes.into_iter().map(History::close)).await;
        self.open_door().await
    }

    /// Writes the year of those who have none yet past the door.
    pub(super) async fn live_a_year(&mut self) -> anyhow::Result<()> {
        let lanes = self.close_door().await?;
        let new = &self.residents[self.with_a_year..];
        let progress = Progress::new("a year of visits", new.len() * self.calendar.months().count());
        let parts = new.chunks(new.len().div_ceil(lanes.len()).max(1));
        try_join_all(lanes.iter().zip(parts).map(|(history, part)| history.year(part, &progress))).await?;
        if self.with_a_year == 0 {
            lanes[0].close_months().await?;
        }
        join_all(lanes.into_iter().map(History::close)).await;
        self.with_a_year = self.residents.len();
        let database = self.city.registry_database().await;
        // Those whom the bench imported are on duty from this month on: they are now since the year began.
        let earlier = format!(
            "UPDATE duty_span SET from_month = '{}' WHERE from_month = '{}'",
            self.calendar.first, self.calendar.present
        );
        database.execute_unprepared(&earlier).await?;
        if database.get_database_backend() == DbBackend::Postgres {
            // What a running server does by itself within minutes.
            database.execute_unprepared("VACUUM (ANALYZE)").await?;
            database.execute_unprepared("CHECKPOINT").await?;
        }
        database.close().await?;
        self.open_door().await
    }

    /// Visits a second that phones send in batches of a hundred.
    pub(super) async fn record(&self, count: usize) -> anyhow::Result<f64> {
        let step = (self.residents.len() / count).max(1);
        let visited: Vec<Resident> = self.residents.iter().step_by(step).take(count).copied().collect();
        let channel = self.city.channel("CA").await;
        let batches = visited.chunks(VISITS_PER_BATCH).map(|part| RecordVisitsRequest {
            request_id: Samples::request_id(),
            entries: part.iter().map(|resident| self.entry(*resident)).collect(),
        });
        let batches: Vec<_> = batches.collect();
        let begun = Instant::now();
        let sent = futures::stream::iter(batches).map(|batch| {
            let mut visits = VisitServiceClient::new(channel.clone());
            async move {
                let results = visits.record_visits(batch).await?.into_inner().results;
                let refused = results.iter().find(|result| !result.recorded);
                anyhow::ensure!(refused.is_none(), "a visit was refused: {refused:?}");
                Ok(())
            }
        });
        sent.buffer_unordered(PHONES).try_collect::<()>().await?;
        Ok(rate(visited.len(), begun.elapsed().as_secs_f64()))
    }

    fn entry(&self, resident: Resident) -> VisitEntry {
        let visit = VisitFacts {
            child: resident.child.to_string(),
            worker: self.staff.visitor(resident.village).to_string(),
            visited_on: Some(from_date(self.calendar.today)),
            kind: VisitKind::Home.into(),
            guardianship: GuardianshipSituation::Good.into(),
            risk: VisitRisk::None.into(),
            notes: String::new(),
            evidence: Vec::new(),
        };
        VisitEntry { id: VisitId::generate(&SystemClock).to_string(), visit: Some(visit) }
    }

    /// Times one kind of call.
    pub(super) async fn time(&self, call: Call, clients: usize, span: Duration) -> anyhow::Result<Times> {
        let some = self.residents.iter().step_by((self.residents.len() / 10_000).max(1)).map(|resident| resident.child);
        let desk = Arc::new(Desk {
            place: Arc::clone(&self.place),
            staff: Arc::clone(&self.staff),
            calendar: self.calendar,
            children: u32::try_from(self.residents.len())?,
            some: Arc::new(some.collect()),
        });
        let channels = ours::channels(&self.city.endpoints().grpc, &self.city.credentials("CA"), clients).await;
        let clients = channels.into_iter().map(|channel| {
            let desk = Arc::clone(&desk);
            move |number| {
                let (desk, channel) = (Arc::clone(&desk), channel.clone());
                async move { desk.call(channel, call, number).await }
            }
        });
        time(clients.collect(), span).await
    }

    /// The city, for a limit that is measured beside it.
    pub(super) fn city(&self) -> &City {
        &self.city
    }

    /// Ends it.
    pub(super) fn abandon(self) {
        self.city.abandon();
    }

    /// Stops the registry, and gives what writes in its stead: one on SQLite, several at once on PostgreSQL.
    async fn close_door(&mut self) -> anyhow::Result<Vec<History>> {
        anyhow::ensure!(self.city.stop().await.success(), "the registry does not stop");
        let mut lanes = Vec::new();
        for _ in 0..if self.url.is_some() { LANES } else { 1 } {
            let (place, staff) = (Arc::clone(&self.place), Arc::clone(&self.staff));
            lanes.push(History::open(self.url.clone(), &self.city.data(), place, staff, self.calendar).await?);
        }
        Ok(lanes)
    }

    async fn open_door(&mut self) -> anyhow::Result<()> {
        self.city.restart().await;
        Ok(())
    }
}

/// The children with later identifiers than this one, by their identifiers.
async fn children_after(database: &DatabaseConnection, last: Uuid) -> anyhow::Result<Vec<Resident>> {
    let backend = database.get_database_backend();
    let parameter = if backend == DbBackend::Postgres { "$1" } else { "?" };
    let sql = format!("SELECT id, division FROM child WHERE id > {parameter} ORDER BY id");
    let rows = database.query_all_raw(Statement::from_sql_and_values(backend, sql, [last.into()])).await?;
    let resident = |row: &sea_orm::QueryResult| {
        let (id, division): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "division")?);
        anyhow::Ok(Resident { child: ChildId::from_uuid(id), village: division.parse::<Division>()? })
    };
    rows.iter().map(resident).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]
fn rate(count: usize, seconds: f64) -> f64 {
    count as f64 / seconds
}
