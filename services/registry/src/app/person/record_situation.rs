//! Records what befell a person.

use contract::registry::v1;
use kernel::{Period, SituationId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::PersonTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::person::Situation;
use crate::store::{Needs, Workspace};

/// Records a situation.
#[derive(Clone, Debug)]
pub struct RecordSituation {
    /// The person.
    pub target: PersonTarget,
    /// What befell it.
    pub situation: Situation,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for RecordSituation {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let id = SituationId::generate(context.clock());
        let person = self
            .target
            .of(workspace)?
            .record_situation(id, self.situation.clone(), self.period, context.now())
            .map_err(|error| refusal::person(error, "situation.validity.from"))?;
        let reply = v1::RecordSituationResponse {
            situation: Some(answer::situation(id, &self.situation, self.period)),
            person: answer::today(&person, context.today()),
        };
        let reply = workspace.seal(&reply)?;
        workspace.families.put_person(person);
        Ok(reply)
    }
}
