//! Takes an application back.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::ApplicationTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;

use crate::events::category as events;
use crate::store::{Needs, Workspace};

/// Takes an application back.
#[derive(Clone, Debug)]
pub struct WithdrawApplication {
    /// The application.
    pub target: ApplicationTarget,
    /// The day.
    pub withdrawn_on: Date,
}

impl UseCase<Workspace> for WithdrawApplication {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let application = self.target.of(workspace)?;
        let application = application
            .withdrawn(self.withdrawn_on, context.now())
            .map_err(|error| refusal::step(error, "withdrawn_on", "reasons"))?;
        let reply = v1::WithdrawApplicationResponse { application: Some(answer::application(&application)) };
        let reply = workspace.seal(&reply)?;
        events::withdrawn(&application, context);
        workspace.applications.put(application);
        Ok(reply)
    }
}
