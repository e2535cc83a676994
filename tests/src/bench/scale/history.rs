//! Writes what a year leaves behind, with the registry's own code.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kernel::time::start_of_day_shanghai;
use kernel::{CategoryRecordId, ChildId, Division, ManualClock, Month, Period, VisitId, WorkerId};
use messaging::journal::Workspace as _;
use platform::config::Config;
use platform::database::Database;
use platform::vault::Vault;
use registry::app::import_roster::row_of;
use registry::domain::Child;
use registry::domain::child::Confirmed;
use registry::domain::roster::Rules;
use registry::domain::visit::month::overdue_from;
use registry::domain::visit::{Guardianship, MonthClosing, Risk, Visit, VisitFacts, VisitKind, VisitMonth};
use registry::domain::worker::Assignment;
use registry::store::{Environment, Needs, Workspace};

use super::calendar::Calendar;
use super::people::{pick, row};
use super::place::Place;
use super::staff::Staff;
use super::timing::Progress;

/// Children whose files, or whose visits of a month, are written with one commit.
const PART: usize = 2_000;

/// Of a hundred children on duty, how many were seen in a month that is over.
const SEEN: usize = 95;
/// And in the present one so far.
const SEEN_SO_FAR: usize = 60;

/// A child of the city: what a visit needs to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resident {
    pub child: ChildId,
    pub village: Division,
}

/// A city's database while its registry is down.
pub(super) struct History {
    database: Database,
    environment: Environment,
    place: Arc<Place>,
    staff: Arc<Staff>,
    calendar: Calendar,
}

impl History {
    /// Opens the database of a city whose registry is down, with its keys.
    pub(super) async fn open(
        url: Option<String>,
        data: &Path,
        place: Arc<Place>,
        staff: Arc<Staff>,
        calendar: Calendar,
    ) -> anyhow::Result<Self> {
        let mut config = Config::default();
        config.database.url = url;
        let database = Database::open(&config.database, registry::SERVICE, data).await?;
        let vault = Arc::new(Vault::open(&data.join("keys/registry.vault"))?);
        let visit_duty = Arc::new(registry::settings::visit_duty(&config.registry.visit_duty)?);
        let migrant_rules = registry::policy::Policy::built_in()?.migrant_rules;
        Ok(Self { database, environment: Environment { vault, visit_duty, migrant_rules }, place, staff, calendar })
    }

    pub(super) async fn close(self) {
        self.database.close().await;
    }

    /// Opens the files of the made-up children of these numbers, as an import in the first month would have.
    pub(super) async fn children(&self, numbers: &[u32], progress: &Progress) -> anyhow::Result<Vec<Resident>> {
        let rules = Rules {
            reference_date: self.calendar.today,
            divisions: Arc::clone(&self.place.directory),
            terms: Arc::new(registry::app::application::terms()),
        };
        let mut residents = Vec::with_capacity(numbers.len());
        for part in numbers.chunks(PART) {
            self.commit(|workspace| {
                for number in part {
                    // Identifiers of later files are larger, a millisecond apart.
                    let now = self.calendar.opened().saturating_add(Duration::from_millis(u64::from(*number)));
                    let clock = ManualClock::new(now);
                    let row = row(*number, &self.place, &self.calendar);
                    let entry = rules.check(&row_of(&row)).map_err(|_| anyhow::anyhow!("a made-up row is faulty"))?;
                    let confirmed = entry.categories.iter().map(|category| Confirmed {
                        record: CategoryRecordId::generate(&clock),
                        category: *category,
                        on: entry.confirmed_on,
                    });
                    let confirmed: Vec<_> = confirmed.collect();
                    let child = Child::register(ChildId::generate(&clock), entry.profile, &confirmed, now).child;
                    residents.push(Resident { child: child.id, village: child.household().division() });
                    workspace.put(child);
                }
                Ok(())
            })
            .await?;
            progress.add(part.len());
        }
        Ok(residents)
    }

    /// The year of these children: visits, months without one, and some who are assigned by name.
    pub(super) async fn year(&self, residents: &[Resident], progress: &Progress) -> anyhow::Result<()> {
        for month in self.calendar.months() {
            for part in residents.chunks(PART) {
                self.commit(|workspace| {
                    part.iter().for_each(|resident| self.month(*resident, month, workspace));
                    Ok(())
                })
                .await?;
                progress.add(part.len());
            }
        }
        for part in residents.chunks(PART) {
            self.commit(|workspace| {
                part.iter().for_each(|resident| self.assign(*resident, workspace));
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Closes the months that are over.
    pub(super) async fn close_months(&self) -> anyhow::Result<()> {
        self.commit(|workspace| {
            for month in self.calendar.months().filter(|month| *month < self.calendar.present) {
                workspace.visits.closings.put(MonthClosing { month, closed: overdue_from(month) });
            }
            Ok(())
        })
        .await
    }

    fn month(&self, resident: Resident, month: Month, workspace: &mut Workspace) {
        let over = month < self.calendar.present;
        let chance = |salt, of| pick(seed(resident.child), salt + month_number(month), of);
        let mut fate = VisitMonth::none(resident.child, month);
        if chance(1_000, 100) < if over { SEEN } else { SEEN_SO_FAR } {
            let days = if over { 28 } else { usize::try_from(self.calendar.today.day()).expect("days count from 1") };
            let day = i8::try_from(chance(2_000, days)).expect("a month is short");
            let on = month.first_day().saturating_add(kernel::time::days(i64::from(day)));
            let recorded = start_of_day_shanghai(on).saturating_add(Duration::from_secs(18 * 3_600));
            let facts = self.seen(resident, on, &chance);
            let visit = Visit { id: VisitId::generate(&ManualClock::new(recorded)), facts, recorded };
            fate = fate.with(&visit);
            workspace.visits.visits.put(visit);
        } else if let Some(told) = fate.told(overdue_from(month)).filter(|_| over) {
            fate = told;
        } else {
            return;
        }
        workspace.visits.months.put(fate);
    }

    fn seen(&self, resident: Resident, on: kernel::Date, chance: &dyn Fn(u32, usize) -> usize) -> VisitFacts {
        let notes = ["", "", "孩子在校表现正常,监护人按时接送。", "奶奶身体不好,约定下周再来。"];
        VisitFacts {
            child: resident.child,
            worker: self.staff.visitor(resident.village),
            on,
            kind: [VisitKind::Home, VisitKind::Home, VisitKind::School, VisitKind::Phone][chance(3_000, 4)],
            guardianship: if chance(4_000, 25) == 0 { Guardianship::Weak } else { Guardianship::Good },
            risk: if chance(5_000, 33) == 0 { Risk::Present } else { Risk::None },
            notes: notes[chance(6_000, notes.len())].to_owned(),
            evidence: Vec::new(),
        }
    }

    /// One of fifty is assigned to the director of some other village.
    fn assign(&self, resident: Resident, workspace: &mut Workspace) {
        let seed = seed(resident.child);
        if pick(seed, 7_000, 50) == 0 {
            let worker: WorkerId = self.staff.directors[pick(seed, 8_000, self.staff.directors.len())];
            let days = Period::since(self.calendar.first.first_day());
            let assignment = Assignment::none(resident.child).assigned(Some(worker), days, self.calendar.opened());
            workspace.workforce.assignments.put(assignment);
        }
    }

    /// One group of writes, as the journal makes them, without the log.
    async fn commit(&self, change: impl FnOnce(&mut Workspace) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let mut write = self.database.begin().await?;
        let mut workspace = Workspace::load(&write, Needs::default(), &self.environment).await?;
        change(&mut workspace)?;
        workspace.store(&mut write, &self.environment)?;
        write.commit().await?;
        Ok(())
    }
}

fn seed(child: ChildId) -> u32 {
    let bytes = child.as_uuid().into_bytes();
    u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}

fn month_number(month: Month) -> u32 {
    u32::try_from(Month::months_between(Month::MIN, month)).expect("no month is before the first")
}
