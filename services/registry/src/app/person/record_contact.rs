//! Records how a person is reached.

use contract::registry::v1;
use kernel::Period;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::PersonTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::person::Contact;
use crate::store::{Needs, Workspace};

/// Records how a person is reached for some days.
#[derive(Clone, Debug)]
pub struct RecordContact {
    /// The person.
    pub target: PersonTarget,
    /// How it is reached.
    pub contact: Contact,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for RecordContact {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let person = self
            .target
            .of(workspace)?
            .reach(self.contact.clone(), self.period, context.now())
            .map_err(|error| refusal::person(error, "validity.from"))?;
        let reply = v1::RecordContactResponse { person: answer::today(&person, context.today()) };
        let reply = workspace.seal(&reply)?;
        workspace.families.put_person(person);
        Ok(reply)
    }
}
