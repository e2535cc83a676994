//! Replaces what was recorded of a situation.

use contract::registry::v1;
use kernel::{Period, SituationId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::PersonTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::person::Situation;
use crate::store::{Needs, Workspace};

/// Replaces what was recorded of a situation, its days included.
#[derive(Clone, Debug)]
pub struct CorrectSituation {
    /// The person.
    pub target: PersonTarget,
    /// Which situation.
    pub id: SituationId,
    /// What is true.
    pub situation: Situation,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for CorrectSituation {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let person = self
            .target
            .of(workspace)?
            .correct_situation(self.id, self.situation.clone(), self.period, context.now())
            .map_err(|error| refusal::person(error, "situation.validity.from"))?;
        let reply = v1::CorrectSituationResponse {
            situation: Some(answer::situation(self.id, &self.situation, self.period)),
            person: answer::today(&person, context.today()),
        };
        let reply = workspace.seal(&reply)?;
        workspace.families.put_person(person);
        Ok(reply)
    }
}
