//! Records what a phone gathered while it was offline.

use contract::registry::v1;
use kernel::VisitId;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::record_visit::{need, record};
use crate::app::answer::SealedReply;
use crate::domain::visit::VisitFacts;
use crate::store::{Needs, Workspace};

/// Records many visits. One at fault holds up no other, and one that was recorded before is answered as then.
#[derive(Clone, Debug)]
pub struct RecordVisits {
    /// The visits.
    pub entries: Vec<Entry>,
}

/// One visit of a batch.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The phone's id of it.
    pub id: VisitId,
    /// What was seen, or what is wrong with how it was sent.
    pub facts: Result<VisitFacts, ServiceError>,
}

impl UseCase<Workspace> for RecordVisits {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        for entry in &self.entries {
            if let Ok(facts) = &entry.facts {
                needs.visits.visits.insert(entry.id);
                need(facts, needs);
            }
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let mut results = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let known = workspace.visits.visits.get(entry.id).is_some();
            let recorded = match &entry.facts {
                Ok(facts) => record(entry.id, facts, workspace, context).map(drop),
                Err(error) => Err(error.clone()),
            };
            results.push(match recorded {
                Ok(()) => v1::VisitResult {
                    id: entry.id.to_string(),
                    recorded: true,
                    already_recorded: known,
                    ..Default::default()
                },
                Err(error) => v1::VisitResult {
                    id: entry.id.to_string(),
                    recorded: false,
                    reason: error.reason.to_owned(),
                    message: error.message,
                    already_recorded: false,
                },
            });
        }
        workspace.seal(&v1::RecordVisitsResponse { results })
    }
}
