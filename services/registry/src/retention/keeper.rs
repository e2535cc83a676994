use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::time::{parse_iso, shanghai_date, start_of_day_shanghai, years_before};
use kernel::{ChildId, Clock, Date, Instant};
use messaging::journal::{Journal, RequestKey};
use messaging::log::EventLog;
use messaging::retention;
use platform::config::RetentionConfig;
use platform::database::Database;
use platform::error::ServiceError;

use super::{Class, ClassReport};
use crate::app::erase_file::EraseFile;
use crate::app::remove_comparisons::RemoveComparisons;
use crate::store::{Workspace, erasing, reconciliation};

/// What one part erases at most.
const PART: u64 = 100;

/// How much was erased of each class.
pub type Erased = BTreeMap<Class, u64>;

/// Keeps the periods of a registry's data.
#[derive(Clone, Debug)]
pub struct RetentionKeeper {
    /// Where it is erased.
    pub journal: Journal<Workspace>,
    /// Where it lies.
    pub database: Database,
    /// Whose time it is.
    pub clock: Arc<dyn Clock>,
    /// The periods.
    pub periods: RetentionConfig,
}

impl RetentionKeeper {
    /// How much there is of each class, and past its time.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn report(&self) -> Result<Vec<ClassReport>, ServiceError> {
        let mut reports = Vec::new();
        for class in Class::ALL {
            let (held, oldest) = self.held(class).await?;
            let due = match self.until(class) {
                Some(until) => self.due(class, until).await?,
                None => 0,
            };
            reports.push(ClassReport { class, years: class.years(&self.periods), held, oldest, due });
        }
        Ok(reports)
    }

    /// Erases what is past its time, part by part, and says how much of each class. Cut off anywhere, the next run goes on.
    ///
    /// # Errors
    /// If the database fails; what was erased until then stays so.
    pub async fn apply(&self, mut progress: impl FnMut(Class, u64)) -> Result<Erased, ServiceError> {
        let mut erased = Erased::new();
        for class in Class::ALL {
            let Some(until) = self.until(class) else { continue };
            let mut count = 0;
            let mut after = None;
            loop {
                let part = match class {
                    Class::Files => {
                        let (files, contents) = self.erase_files(until, &mut after).await?;
                        *erased.entry(Class::EventContents).or_default() += contents;
                        files
                    }
                    Class::EventContents => self.erase_contents(until).await?,
                    Class::Emergencies => {
                        retention::remove_emergencies(&self.journal, &self.database, after_day(until), PART).await?
                    }
                    Class::Comparisons => self.remove_comparisons(until).await?,
                    Class::Audit => 0,
                };
                if part == 0 {
                    break;
                }
                count += part;
                progress(class, part);
            }
            *erased.entry(class).or_default() += count;
        }
        Ok(erased)
    }

    /// Erases one child's file before its time, as a court or the law may order, with those that were merged into it.
    ///
    /// # Errors
    /// `NOT_FOUND` (`CHILD_NOT_FOUND`); `FAILED_PRECONDITION` (`FILE_ACTIVE`, `FILE_MERGED`).
    pub async fn erase(&self, child: ChildId) -> Result<Erased, ServiceError> {
        let (files, contents) = self.erase_file(child, self.clock.today()).await?;
        Ok(Erased::from([(Class::Files, files), (Class::EventContents, contents)]))
    }

    /// How many files and contents of events were erased with a child's file.
    async fn erase_file(&self, child: ChildId, ended_by: Date) -> Result<(u64, u64), ServiceError> {
        let reader = self.database.reader();
        let merged = erasing::merged_into(reader, child).await?;
        let all: Vec<ChildId> = std::iter::once(child).chain(merged.iter().copied()).collect();
        let persons = erasing::around(reader, &all).await?.into_iter().collect();
        let named_by = erasing::named_by(reader, &all.iter().copied().collect()).await?;
        // The contents go first: without the file nobody would know that they are to go.
        let log = EventLog::new(self.database.clone());
        let use_case = EraseFile { child, merged, persons, named_by, ended_by };
        self.journal.rehearse(use_case.clone()).await?;
        let children = all.iter().map(|child| child.as_uuid()).collect();
        let contents = retention::erase_contents_about(&self.journal, &log, &children).await?;
        self.journal.submit(use_case, RequestKey::none("EraseFile")).await?;
        Ok((all.len() as u64, contents))
    }

    async fn erase_files(&self, until: Date, after: &mut Option<ChildId>) -> Result<(u64, u64), ServiceError> {
        let found = erasing::ended(self.database.reader(), until, *after, 1).await?;
        let Some(&child) = found.first() else { return Ok((0, 0)) };
        *after = Some(child);
        self.erase_file(child, until).await
    }

    async fn erase_contents(&self, until: Date) -> Result<u64, ServiceError> {
        let log = EventLog::new(self.database.clone());
        retention::erase_contents_before(&self.journal, &log, after_day(until), PART).await
    }

    async fn remove_comparisons(&self, until: Date) -> Result<u64, ServiceError> {
        let found = reconciliation::ended_before(self.database.reader(), after_day(until), PART).await?;
        let count = found.len() as u64;
        if count > 0 {
            self.journal.submit(RemoveComparisons(found), RequestKey::none("RemoveComparisons")).await?;
        }
        Ok(count)
    }

    /// The last day of what is past its time.
    fn until(&self, class: Class) -> Option<Date> {
        class.years(&self.periods).map(|years| years_before(self.clock.today(), years))
    }

    async fn held(&self, class: Class) -> Result<(u64, Option<Date>), ServiceError> {
        let reader = self.database.reader();
        let (held, oldest) = match class {
            Class::Files => {
                let (held, oldest) = erasing::files(reader).await?;
                return Ok((held, oldest.and_then(|day| parse_iso(&day).ok())));
            }
            Class::EventContents => retention::contents(reader, None).await?,
            Class::Emergencies => retention::emergencies(reader, None).await?,
            Class::Comparisons => reconciliation::ended(reader, None).await?,
            Class::Audit => retention::audit(reader).await?,
        };
        Ok((held, oldest.map(shanghai_date)))
    }

    async fn due(&self, class: Class, until: Date) -> Result<u64, ServiceError> {
        let (reader, before) = (self.database.reader(), Some(after_day(until)));
        Ok(match class {
            Class::Files => erasing::count_ended(reader, until).await?,
            Class::EventContents => retention::contents(reader, before).await?.0,
            Class::Emergencies => retention::emergencies(reader, before).await?.0,
            Class::Comparisons => reconciliation::ended(reader, before).await?.0,
            Class::Audit => 0,
        })
    }
}

/// The first instant after a day.
fn after_day(day: Date) -> Instant {
    start_of_day_shanghai(day.saturating_add(kernel::time::days(1)))
}
