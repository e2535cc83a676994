//! Ends a file.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::target::Target;
use crate::domain::Change;
use crate::domain::child::EndReason;
use crate::events;
use crate::store::{Needs, Workspace};

/// Ends a file with all its categories.
#[derive(Clone, Debug)]
pub struct EndChild {
    /// The file.
    pub target: Target,
    /// Why it ends.
    pub reason: EndReason,
    /// The day of the event.
    pub ended_on: Date,
}

impl UseCase<Workspace> for EndChild {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.of(workspace)?;
        let Change { child, events } = child.end(self.reason, self.ended_on, context.now())?;
        let reply = v1::EndChildResponse { child: Some(answer::child(&child)) };
        let reply = workspace.seal(&reply)?;
        events::record(&events, context);
        workspace.put(child);
        Ok(reply)
    }
}
