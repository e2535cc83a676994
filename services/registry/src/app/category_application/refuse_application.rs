//! Refuses an application in writing.

use contract::registry::v1;

use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::ApplicationTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::application::Decision;
use crate::events::category as events;
use crate::store::{Needs, Workspace};

/// Refuses an application.
#[derive(Clone, Debug)]
pub struct RefuseApplication {
    /// The application.
    pub target: ApplicationTarget,
    /// The decision, with its reasons.
    pub decision: Decision,
}

impl UseCase<Workspace> for RefuseApplication {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let application = self.target.of(workspace)?;
        let application = application
            .refused(self.decision.clone(), context.now())
            .map_err(|error| refusal::step(error, "decided_on", "reasons"))?;
        let reply = v1::RefuseApplicationResponse { application: Some(answer::application(&application)) };
        let reply = SealedReply::of(&reply, workspace.vault())?;
        events::refused(&application, context);
        workspace.applications.put(application);
        Ok(reply)
    }
}
