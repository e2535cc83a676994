//! Takes in an application.

use std::sync::Arc;

use contract::registry::v1;
use kernel::{ApplicationId, ChildId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::{answer, proposing, refusal};
use crate::app::answer::SealedReply;
use crate::app::refusal::{already_confirmed, child_not_found};
use crate::domain::CategoryApplication;
use crate::domain::application::Submission;
use crate::events::category as events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Takes in an application for a category of a child.
#[derive(Clone, Debug)]
pub struct SubmitApplication {
    /// For whom.
    pub child: ChildId,
    /// What is applied for.
    pub submission: Submission,
    /// The limits.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for SubmitApplication {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        proposing::needs(self.child, needs);
        needs.applications_of.insert(self.child);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = workspace.child(self.child).ok_or_else(child_not_found)?;
        child.active()?;
        let category = self.submission.category;
        if child.standing().any(|record| record.category == category) {
            return Err(already_confirmed());
        }
        let received_on = self.submission.received_on;
        let proposal = proposing::proposals(child.id, received_on, &self.policy, workspace, context)?;
        let theirs = |other| workspace.survivor(other).is_some_and(|file| file.id == child.id);
        let application = CategoryApplication::submit(
            ApplicationId::generate(context.clock()),
            child.id,
            child.household().county(),
            child.profile().birth_date,
            Submission { proposal, ..self.submission.clone() },
            workspace.applications.all().filter(|other| theirs(other.child)),
            &self.policy.terms(),
            context.now(),
        )
        .map_err(|error| refusal::step(error, "received_on", "opinion"))?;
        let reply = v1::SubmitApplicationResponse { application: Some(answer::application(&application)) };
        let reply = workspace.seal(&reply)?;
        events::submitted(&application, context);
        workspace.applications.put(application);
        Ok(reply)
    }
}
