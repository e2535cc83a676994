//! Replaces what was recorded of a role.

use contract::registry::v1;
use kernel::{Period, RoleId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::{ChildTarget, born};
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::app::person::target::unchanged;
use crate::domain::guardianship::{GuardianshipChanged, Role};
use crate::events::guardianship::record;
use crate::store::{Needs, Workspace};

/// Replaces what was recorded of a role, its days included.
#[derive(Clone, Debug)]
pub struct CorrectRole {
    /// The child.
    pub target: ChildTarget,
    /// Which role.
    pub id: RoleId,
    /// What is true.
    pub role: Role,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for CorrectRole {
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
            .correct(self.id, self.role.clone(), self.period, born(child), context.now())
            .map_err(|error| refusal::guardianship(error, "role.validity.from"))?;
        let reply = v1::CorrectRoleResponse {
            role: Some(answer::role(self.id, &self.role, self.period)),
            etag: answer::etag_of(&changed),
        };
        let reply = workspace.seal(&reply)?;
        if changed != *guardianship {
            let known = guardianship.roles().timeline(self.id).and_then(|it| it.current().first().map(|it| it.period));
            let on = known.map_or(self.period.from(), |known| known.from().min(self.period.from()));
            record(GuardianshipChanged { child: child.id, county: child.household().county(), on }, context);
            workspace.families.put_guardianship(changed);
        }
        Ok(reply)
    }
}
