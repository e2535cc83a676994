//! Moves a child's household registration.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::target::Target;
use crate::domain::{Change, Household};
use crate::events;
use crate::store::{Needs, Workspace};

/// Moves a household to another division of the city.
#[derive(Clone, Debug)]
pub struct TransferChild {
    /// The file.
    pub target: Target,
    /// Where the household is registered from now on.
    pub to: Household,
    /// The day of the move.
    pub transferred_on: Date,
}

impl UseCase<Workspace> for TransferChild {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.of(workspace)?;
        let Change { child, events } = child.transfer(self.to, self.transferred_on, context.now())?;
        let reply = v1::TransferChildResponse { child: Some(answer::child(&child)) };
        let reply = workspace.seal(&reply)?;
        events::record(&events, context);
        workspace.put(child);
        Ok(reply)
    }
}
