use platform::database::Write;
use platform::error::ServiceError;

use crate::journal::{Journal, JournalSettings, Workspace};

/// The workspace of a service that keeps nothing in its database but its audit.
#[derive(Debug, Clone, Copy)]
pub struct AuditAlone;

#[async_trait::async_trait]
impl Workspace for AuditAlone {
    type Needs = ();
    type Environment = ();

    async fn load(_: &Write, (): (), (): &()) -> Result<Self, ServiceError> {
        Ok(Self)
    }

    fn store(self, _: &mut Write, (): &()) -> Result<(), ServiceError> {
        Ok(())
    }
}

impl AuditAlone {
    /// Starts the journal of such a service. It tells no events.
    #[must_use]
    pub fn start(settings: JournalSettings<()>) -> Journal<Self> {
        Journal::start(settings).0
    }
}
