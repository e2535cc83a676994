//! Refuses an application in writing.

use std::sync::Arc;

use contract::registry::v1;
use kernel::ChildId;

use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::{self, ApplicationTarget};
use super::{answer, proposing, refusal};
use crate::app::answer::SealedReply;
use crate::domain::application::Decision;
use crate::events::category as events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Refuses an application.
#[derive(Clone, Debug)]
pub struct RefuseApplication {
    /// The application.
    pub target: ApplicationTarget,
    /// The decision, with its reasons.
    pub decision: Decision,
    /// The file that stays of whose it is, as its caller read it.
    pub child: ChildId,
    /// The rules.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for RefuseApplication {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        proposing::needs(self.child, needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let application = self.target.of(workspace)?;
        let child = target::file_of(application, self.child, workspace)?.id;
        let proposal = proposing::proposals(child, self.decision.on, &self.policy, workspace, context)?;
        let application = application
            .refused(Decision { proposal, ..self.decision.clone() }, context.now())
            .map_err(|error| refusal::step(error, "decided_on", "reasons"))?;
        let reply = v1::RefuseApplicationResponse { application: Some(answer::application(&application)) };
        let reply = workspace.seal(&reply)?;
        events::refused(&application, context);
        workspace.applications.put(application);
        Ok(reply)
    }
}
