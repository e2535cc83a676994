//! Opens the file of a person.

use contract::registry::v1;
use kernel::PersonId;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::refusal::already_registered;
use crate::app::answer::SealedReply;
use crate::domain::Person;
use crate::domain::person::{Contact, Identity};
use crate::store::{Needs, Workspace};

/// Opens a file for a person who has none.
#[derive(Clone, Debug)]
pub struct RegisterPerson {
    /// Who it is.
    pub identity: Identity,
    /// How the person is reached from today on.
    pub contact: Option<Contact>,
}

impl UseCase<Workspace> for RegisterPerson {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.families.citizen_ids.extend(self.identity.citizen_id);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let holder = self.identity.citizen_id.and_then(|id| workspace.families.holder(&id));
        if holder.is_some() {
            return Err(already_registered());
        }
        let id = PersonId::generate(context.clock());
        let person = Person::register(id, self.identity.clone(), self.contact.clone(), context.now());
        let reply = v1::RegisterPersonResponse { person: answer::today(&person, context.today()) };
        let reply = workspace.seal(&reply)?;
        workspace.families.put_person(person);
        Ok(reply)
    }
}
