//! Ends a category.

use contract::registry::v1;
use kernel::{CategoryRecordId, Date};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal;
use super::target::Target;
use crate::domain::Change;
use crate::events;
use crate::store::{Needs, Workspace};

/// Ends a standing category.
#[derive(Clone, Debug)]
pub struct EndCategory {
    /// The file.
    pub target: Target,
    /// The record that ends.
    pub record: CategoryRecordId,
    /// The day of the event that ends it.
    pub ended_on: Date,
}

impl UseCase<Workspace> for EndCategory {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.of(workspace)?;
        let Change { child, events } = child
            .end_category(self.record, self.ended_on, context.now())
            .map_err(|error| refusal::decision(error, "ended_on"))?;
        let reply = v1::EndCategoryResponse { child: Some(answer::child(&child)) };
        let reply = workspace.seal(&reply)?;
        events::record(&events, context);
        workspace.put(child);
        Ok(reply)
    }
}
