//! Gives up comparisons that nobody finished.

use std::collections::BTreeSet;

use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::app::answer::Nothing;
use crate::domain::migrant::reconciliation::ReconciliationId;
use crate::events;
use crate::store::{Needs, Workspace};

/// Closes those of these comparisons whose day has come. One that was finished meanwhile is left alone.
#[derive(Clone, Debug)]
pub struct AbandonReconciliations {
    /// The comparisons that were late when somebody looked.
    pub reconciliations: BTreeSet<ReconciliationId>,
    /// Days for which one may stay open.
    pub limit: u16,
}

impl UseCase<Workspace> for AbandonReconciliations {
    type Reply = Nothing;

    fn needs(&self, needs: &mut Needs) {
        needs.reconciliations.extend(&self.reconciliations);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<Nothing, ServiceError> {
        for id in &self.reconciliations {
            let known = workspace.reconciliations.get(*id);
            if let Some(abandoned) = known.and_then(|known| known.abandoned(self.limit, context.now())) {
                events::migrant::record_abandoned(&abandoned, context);
                workspace.reconciliations.put(abandoned);
            }
        }
        Ok(Nothing {})
    }
}
