//! Confirms an application: the child's file carries the category.

use std::sync::Arc;

use contract::registry::v1;
use kernel::{CategoryRecordId, ChildId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::{self, ApplicationTarget};
use super::{answer, proposing, refusal};
use crate::app::answer::{self as child_answer, SealedReply};
use crate::app::refusal as child_refusal;
use crate::domain::Change;
use crate::domain::application::Decision;
use crate::events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Confirms an application.
#[derive(Clone, Debug)]
pub struct ConfirmApplication {
    /// The application.
    pub target: ApplicationTarget,
    /// The file that stays of whose it is, as its caller read it.
    pub child: ChildId,
    /// The decision.
    pub decision: Decision,
    /// The rules.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for ConfirmApplication {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        proposing::needs(self.child, needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let application = self.target.of(workspace)?;
        let child = target::file_of(application, self.child, workspace)?;
        let proposal = proposing::proposals(child.id, self.decision.on, &self.policy, workspace, context)?;
        let record = CategoryRecordId::generate(context.clock());
        let (category, day) = (application.submission.category, self.decision.on);
        let application = application
            .confirmed(Decision { proposal, ..self.decision.clone() }, record, context.now())
            .map_err(|error| refusal::step(error, "decided_on", "reasons"))?;
        let Change { child, events: facts } = child
            .confirm(record, category, day, context.now())
            .map_err(|error| child_refusal::decision(error, "decided_on"))?;
        let reply = v1::ConfirmApplicationResponse {
            application: Some(answer::application(&application)),
            child: Some(child_answer::child(&child)),
        };
        let reply = workspace.seal(&reply)?;
        events::record(&facts, context);
        workspace.applications.put(application);
        workspace.put(child);
        Ok(reply)
    }
}
