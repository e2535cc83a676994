//! Gives a person a role in a child's life.

use contract::registry::v1;
use kernel::{Period, RoleId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::{ChildTarget, born};
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::app::person::refusal::person_not_found;
use crate::app::person::target::unchanged;
use crate::domain::guardianship::{GuardianshipChanged, Role};
use crate::events::guardianship::record;
use crate::store::{Needs, Workspace};

/// Gives a person a role.
#[derive(Clone, Debug)]
pub struct AssignRole {
    /// The child.
    pub target: ChildTarget,
    /// What the person is to it.
    pub role: Role,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for AssignRole {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.families.guardianships.insert(self.target.child);
        needs.families.persons.insert(self.role.person);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.active(workspace)?;
        let guardianship = workspace.families.guardianship(child.id);
        unchanged(&self.target.etag, guardianship.revision())?;
        workspace.families.person(self.role.person).ok_or_else(person_not_found)?;
        let id = RoleId::generate(context.clock());
        let changed = guardianship
            .assign(id, self.role.clone(), self.period, born(child), context.now())
            .map_err(|error| refusal::guardianship(error, "role.validity.from"))?;
        let reply = v1::AssignRoleResponse {
            role: Some(answer::role(id, &self.role, self.period)),
            etag: answer::etag_of(&changed),
        };
        let reply = workspace.seal(&reply)?;
        let on = self.period.from();
        record(GuardianshipChanged { child: child.id, county: child.household().county(), on }, context);
        workspace.families.put_guardianship(changed);
        Ok(reply)
    }
}
