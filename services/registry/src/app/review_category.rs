//! Records that a category was looked at and holds.

use contract::registry::v1;
use kernel::{CategoryRecordId, Date};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal;
use super::target::Target;
use crate::events;
use crate::store::{Needs, Workspace};

/// Records a review of a standing category.
#[derive(Clone, Debug)]
pub struct ReviewCategory {
    /// The file.
    pub target: Target,
    /// The record.
    pub record: CategoryRecordId,
    /// The day.
    pub reviewed_on: Date,
}

impl UseCase<Workspace> for ReviewCategory {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.of(workspace)?;
        let (child, event) = child.review(self.record, self.reviewed_on, context.now()).map_err(refusal::review)?;
        let reply = v1::ReviewCategoryResponse {
            record: answer::record_of(&child, self.record),
            child: Some(answer::child(&child)),
        };
        let reply = workspace.seal(&reply)?;
        events::record(&[event], context);
        workspace.put(child);
        Ok(reply)
    }
}
