//! Records a township's check.

use std::sync::Arc;

use contract::registry::v1;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::ApplicationTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::application::Check;
use crate::events::category as events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Records what a township found.
#[derive(Clone, Debug)]
pub struct CheckApplication {
    /// The application.
    pub target: ApplicationTarget,
    /// What it found.
    pub check: Check,
    /// The limits.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for CheckApplication {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let application = self.target.of(workspace)?;
        let application = application
            .checked(self.check.clone(), &self.policy.terms(), context.now())
            .map_err(|error| refusal::step(error, "checked_on", "opinion"))?;
        let reply = v1::CheckApplicationResponse { application: Some(answer::application(&application)) };
        let reply = workspace.seal(&reply)?;
        events::checked(&application, context);
        workspace.applications.put(application);
        Ok(reply)
    }
}
