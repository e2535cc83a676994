//! Takes rows of a list.

use contract::registry::v1;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::refusal::{abandoned, finished, not_found};
use crate::domain::migrant::reconciliation::{ListRow, Reconciliation, ReconciliationId, State};
use crate::store::{Needs, Workspace};

/// Adds rows to a comparison; a number that was there is replaced.
#[derive(Clone, Debug)]
pub struct SendRows {
    /// The comparison.
    pub reconciliation: ReconciliationId,
    /// The rows.
    pub rows: Vec<ListRow>,
}

impl UseCase<Workspace> for SendRows {
    type Reply = v1::SendReconciliationRowsResponse;

    fn needs(&self, needs: &mut Needs) {
        needs.reconciliations.insert(self.reconciliation);
    }

    fn decide(
        &self,
        workspace: &mut Workspace,
        _: &mut Context<'_>,
    ) -> Result<v1::SendReconciliationRowsResponse, ServiceError> {
        let reconciliation = workspace.reconciliations.get(self.reconciliation).ok_or_else(not_found)?;
        match reconciliation.state {
            State::Open => {}
            State::Finished(_) => return Err(finished()),
            State::Abandoned { .. } => return Err(abandoned()),
        }
        let version = reconciliation.version + 1;
        let reconciliation = Reconciliation { version, ..reconciliation.clone() };
        workspace.reconciliations.put(reconciliation);
        for row in &self.rows {
            workspace.reconciliations.take(self.reconciliation, row.clone());
        }
        let received = i32::try_from(self.rows.len()).unwrap_or(i32::MAX);
        Ok(v1::SendReconciliationRowsResponse { received })
    }
}
