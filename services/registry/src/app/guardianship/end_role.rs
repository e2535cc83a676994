//! Ends a role.

use contract::registry::v1;
use kernel::{Date, RoleId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::ChildTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::app::person::target::unchanged;
use crate::domain::guardianship::GuardianshipChanged;
use crate::events::guardianship::record;
use crate::store::{Needs, Workspace};

/// Ends a role.
#[derive(Clone, Debug)]
pub struct EndRole {
    /// The child.
    pub target: ChildTarget,
    /// Which role.
    pub id: RoleId,
    /// The first day for which it no longer holds.
    pub ended_on: Date,
}

impl UseCase<Workspace> for EndRole {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.families.guardianships.insert(self.target.child);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.active(workspace)?;
        let guardianship = workspace.families.guardianship(child.id);
        unchanged(&self.target.etag, guardianship.revision())?;
        let changed = guardianship
            .end(self.id, self.ended_on, context.now())
            .map_err(|error| refusal::guardianship(error, "ended_on"))?;
        let reply = v1::EndRoleResponse { etag: answer::etag_of(&changed) };
        let reply = workspace.seal(&reply)?;
        let on = self.ended_on;
        record(GuardianshipChanged { child: child.id, county: child.household().county(), on }, context);
        workspace.families.put_guardianship(changed);
        Ok(reply)
    }
}
