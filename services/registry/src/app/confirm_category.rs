//! Confirms a category.

use contract::registry::v1;
use kernel::{CategoryRecordId, Date};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal;
use super::target::Target;
use crate::domain::{Category, Change};
use crate::events;
use crate::store::{Needs, Workspace};

/// Confirms a category of a child.
#[derive(Clone, Debug)]
pub struct ConfirmCategory {
    /// The file.
    pub target: Target,
    /// The category.
    pub category: Category,
    /// The day of the county's confirmation.
    pub confirmed_on: Date,
}

impl UseCase<Workspace> for ConfirmCategory {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.of(workspace)?;
        let id = CategoryRecordId::generate(context.clock());
        let Change { child, events } = child
            .confirm(id, self.category, self.confirmed_on, context.now())
            .map_err(|error| refusal::decision(error, "confirmed_on"))?;
        let reply =
            v1::ConfirmCategoryResponse { record: answer::record_of(&child, id), child: Some(answer::child(&child)) };
        let reply = workspace.seal(&reply)?;
        events::record(&events, context);
        workspace.put(child);
        Ok(reply)
    }
}
