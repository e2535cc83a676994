//! Changes what an office wrote down of a child.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal::already_registered;
use super::target::Target;
use crate::domain::Change;
use crate::domain::profile::ProfilePatch;
use crate::events;
use crate::store::{Needs, Workspace};

/// Changes some fields of a profile.
#[derive(Clone, Debug)]
pub struct UpdateChild {
    /// The file.
    pub target: Target,
    /// The new values.
    pub patch: ProfilePatch,
    /// The first day for which they hold; `None` means today, and all days for who the child is.
    pub valid_from: Option<Date>,
}

impl UseCase<Workspace> for UpdateChild {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.citizen_ids.extend(self.patch.citizen_id.flatten());
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.of(workspace)?;
        let Change { child, events } = child.update(&self.patch, self.valid_from, context.now())?;
        let holder = child.unique_citizen_id().and_then(|id| workspace.holder(&id));
        if holder.is_some_and(|holder| holder != child.id) {
            return Err(already_registered());
        }
        let reply = v1::UpdateChildResponse { child: Some(answer::child(&child)) };
        let reply = workspace.seal(&reply)?;
        if !events.is_empty() {
            events::record(&events, context);
            workspace.put(child);
        }
        Ok(reply)
    }
}
