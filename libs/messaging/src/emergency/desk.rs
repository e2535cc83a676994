use std::sync::Arc;
use std::time::Duration;

use kernel::time::shanghai_date;
use kernel::{Clock, EmergencyId, ErrorCode, HolidayCalendar, Instant};
use platform::access::{EmergencyCall, EmergencyDesk};
use platform::database::Database;
use platform::error::ServiceError;
use platform::vault::Vault;
use uuid::Uuid;

use super::store::{self, Emergency, Words};
use crate::journal::{Journal, Keep, Kept, RequestKey, Workspace};

/// Working days in which an emergency is reviewed: by the end of the next one.
const WORKING_DAYS: u16 = 1;
/// One that is late is told again after this time.
const TELL_AGAIN: Duration = Duration::from_hours(24);

/// What the emergencies of a service are kept with.
#[derive(Debug)]
pub struct EmergencySettings<W: Workspace> {
    /// The service.
    pub service: &'static str,
    /// Its database.
    pub database: Database,
    /// Where it writes.
    pub journal: Journal<W>,
    /// Seals what people wrote.
    pub vault: Arc<Vault>,
    /// Its working days.
    pub calendar: HolidayCalendar,
    /// Whose time it is.
    pub clock: Arc<dyn Clock>,
}

/// The emergencies of one service.
#[derive(Debug, Clone)]
pub struct Emergencies(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: &'static str,
    database: Database,
    journal: Box<dyn Keep>,
    vault: Arc<Vault>,
    calendar: HolidayCalendar,
    clock: Arc<dyn Clock>,
}

impl Emergencies {
    /// Those of a service.
    #[must_use]
    pub fn new<W: Workspace>(settings: EmergencySettings<W>) -> Self {
        let EmergencySettings { service, database, journal, vault, calendar, clock } = settings;
        Self(Arc::new(Inner { service, database, journal: Box::new(journal), vault, calendar, clock }))
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.0.service
    }

    /// Up to `limit` of them before an id, the newest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn list(
        &self,
        unreviewed_only: bool,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Emergency>, ServiceError> {
        let Inner { service, database, vault, .. } = &*self.0;
        store::list(database.reader(), vault, service, unreviewed_only, before, limit).await
    }

    /// Says whether an emergency was one, by the contract's number of a verdict. The first word counts; the same word again
    /// changes nothing.
    ///
    /// # Errors
    /// `NOT_FOUND` (`EMERGENCY_NOT_FOUND`); `FAILED_PRECONDITION` (`EMERGENCY_REVIEWED`).
    pub async fn review(&self, id: Uuid, verdict: i32, note: &str) -> Result<Emergency, ServiceError> {
        let Inner { service, journal, vault, clock, .. } = &*self.0;
        let found = self.get(id).await?;
        if found.reviewed.is_none() {
            let words = Words { note: note.to_owned(), ..found.words };
            let sealed = store::seal(vault, service, id, &words)?;
            let kept = Kept::default().change(store::review(id, clock.now(), verdict, sealed));
            journal.keep(kept, RequestKey::none("ReviewEmergency")).await?;
        }
        // Somebody else may have been first.
        let stands = self.get(id).await?;
        match stands.reviewed {
            Some((_, stood)) if stood == verdict && stands.words.note == note => Ok(stands),
            _ => Err(ServiceError::failed_precondition("EMERGENCY_REVIEWED", "it was reviewed before, otherwise")),
        }
    }

    /// Alarms if some should have been reviewed by now, for each at most once a day, and says how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remind(&self, now: Instant) -> Result<u64, ServiceError> {
        let Inner { service, database, journal, .. } = &*self.0;
        let (late, _) = store::late(database.reader(), now, now.saturating_sub(TELL_AGAIN)).await?;
        if late > 0 {
            journal.keep(Kept::default().change(store::told(now)), RequestKey::none("RemindOfEmergencies")).await?;
            tracing::error!(
                alarm = "EMERGENCY_NOT_REVIEWED",
                service,
                emergencies = late,
                "calls in an emergency were not reviewed in time: `hutong emergency list` shows them"
            );
        }
        Ok(late)
    }

    /// When the next one is due, of those that are not yet.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_due(&self, now: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(store::late(self.0.database.reader(), now, now).await?.1)
    }

    async fn get(&self, id: Uuid) -> Result<Emergency, ServiceError> {
        let Inner { service, database, vault, .. } = &*self.0;
        let found = store::get(database.reader(), vault, service, id).await?;
        found.ok_or_else(|| ServiceError::new(ErrorCode::NotFound, "EMERGENCY_NOT_FOUND", "no such emergency"))
    }
}

#[async_trait::async_trait]
impl EmergencyDesk for Emergencies {
    async fn open(&self, call: EmergencyCall) -> Result<(), ServiceError> {
        let Inner { service, journal, vault, calendar, clock, .. } = &*self.0;
        let EmergencyCall { caller, method, reason } = call;
        let opened_at = clock.now();
        let emergency = Emergency {
            id: EmergencyId::generate(&**clock).as_uuid(),
            opened_at,
            caller,
            method,
            review_due: calendar.add_working_days(shanghai_date(opened_at), WORKING_DAYS).due_at(),
            reviewed: None,
            words: Words { reason, note: String::new() },
        };
        let rows = store::opened(vault, service, emergency)?;
        // What the call asked for is still to be answered, and recorded then.
        journal.keep(Kept::default().insert(rows), RequestKey::none("OpenEmergency").of_the_service()).await
    }
}
