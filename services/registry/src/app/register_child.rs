//! Opens a child's file.

use contract::registry::v1;
use kernel::ChildId;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal::already_registered;
use crate::domain::{Change, Child, Profile};
use crate::events;
use crate::store::{Needs, Workspace};

/// Opens a file for a child who has none.
#[derive(Clone, Debug)]
pub struct RegisterChild {
    /// What the office wrote down.
    pub profile: Profile,
}

impl UseCase<Workspace> for RegisterChild {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.citizen_ids.extend(self.profile.citizen_id);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let holder = self.profile.citizen_id.and_then(|id| workspace.holder(&id));
        if holder.is_some() {
            return Err(already_registered());
        }
        let id = ChildId::generate(context.clock());
        let Change { child, events } = Child::register(id, self.profile.clone(), &[], context.now());
        let reply = v1::RegisterChildResponse { child: Some(answer::child(&child)) };
        let reply = workspace.seal(&reply)?;
        events::record(&events, context);
        workspace.put(child);
        Ok(reply)
    }
}
