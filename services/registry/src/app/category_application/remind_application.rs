//! Tells that steps of applications are late.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::ApplicationId;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::app::answer::Nothing;
use crate::events::category as events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Tells of those of these applications that are late. One that was acted upon meanwhile is left alone.
#[derive(Clone, Debug)]
pub struct RemindApplications {
    /// The applications that were late when somebody looked.
    pub applications: BTreeSet<ApplicationId>,
    /// The limits, which run once more.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for RemindApplications {
    type Reply = Nothing;

    fn needs(&self, needs: &mut Needs) {
        needs.applications.extend(&self.applications);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<Nothing, ServiceError> {
        for id in &self.applications {
            let Some(application) = workspace.applications.get(*id) else {
                continue;
            };
            let Some((step, due)) = application.waiting() else {
                continue;
            };
            if let Some(reminded) = application.reminded(&self.policy.terms(), context.now()) {
                events::overdue(&reminded, step, due, context);
                workspace.applications.put(reminded);
            }
        }
        Ok(Nothing {})
    }
}
