//! Ends a situation: released, recovered, found.

use contract::registry::v1;
use kernel::{Date, SituationId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::PersonTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::store::{Needs, Workspace};

/// Ends a situation.
#[derive(Clone, Debug)]
pub struct EndSituation {
    /// The person.
    pub target: PersonTarget,
    /// Which situation.
    pub id: SituationId,
    /// The first day for which it no longer holds.
    pub ended_on: Date,
}

impl UseCase<Workspace> for EndSituation {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let person = self
            .target
            .of(workspace)?
            .end_situation(self.id, self.ended_on, context.now())
            .map_err(|error| refusal::person(error, "ended_on"))?;
        let reply = v1::EndSituationResponse { person: answer::today(&person, context.today()) };
        let reply = workspace.seal(&reply)?;
        workspace.families.put_person(person);
        Ok(reply)
    }
}
