//! Writes anew who a person is.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::refusal::{self, already_registered};
use super::target::PersonTarget;
use crate::app::answer::SealedReply;
use crate::domain::person::Identity;
use crate::store::{Needs, Workspace};

/// Writes anew who a person is, from a day on or for all days.
#[derive(Clone, Debug)]
pub struct UpdatePerson {
    /// The person.
    pub target: PersonTarget,
    /// Who it is.
    pub identity: Identity,
    /// From this day on; nothing where the old entry was wrong for all days.
    pub changed_on: Option<Date>,
}

impl UseCase<Workspace> for UpdatePerson {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.families.citizen_ids.extend(self.identity.citizen_id);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let person = self.target.of(workspace)?;
        let holder = self.identity.citizen_id.and_then(|id| workspace.families.holder(&id));
        if holder.is_some_and(|holder| holder != person.id()) {
            return Err(already_registered());
        }
        let person = person
            .update(self.identity.clone(), self.changed_on, context.now())
            .map_err(|error| refusal::person(error, "changed_on"))?;
        let reply = v1::UpdatePersonResponse { person: answer::today(&person, context.today()) };
        let reply = workspace.seal(&reply)?;
        workspace.families.put_person(person);
        Ok(reply)
    }
}
