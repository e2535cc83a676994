//! Starts a comparison.

use contract::registry::v1;
use kernel::{Date, Division};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use crate::app::answer::SealedReply;
use crate::domain::migrant::Source;
use crate::domain::migrant::reconciliation::{Reconciliation, ReconciliationId, State};
use crate::store::{Needs, Workspace};

/// A comparison with a list, of a day.
#[derive(Clone, Debug)]
pub struct StartReconciliation {
    /// Whose list it is.
    pub source: Source,
    /// Whose entries are looked for in it: the city or a county.
    pub division: Division,
    /// The day; without one, today.
    pub day: Option<Date>,
    /// Days for which it may stay open.
    pub limit: u16,
}

impl UseCase<Workspace> for StartReconciliation {
    type Reply = SealedReply;

    fn needs(&self, _: &mut Needs) {}

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let day = self.day.unwrap_or_else(|| context.today());
        if day > context.today() {
            return Err(ServiceError::invalid("day", "DATE_OUT_OF_RANGE", "must not be in the future"));
        }
        let reconciliation = Reconciliation {
            id: ReconciliationId::generate(context.clock()),
            version: 1,
            source: self.source,
            division: self.division,
            day,
            started_at: context.now(),
            state: State::Open,
        };
        let answer = answer::reconciliation(&reconciliation, self.limit);
        let reply = v1::StartReconciliationResponse { reconciliation: Some(answer) };
        let reply = workspace.seal(&reply)?;
        workspace.reconciliations.put(reconciliation);
        Ok(reply)
    }
}
