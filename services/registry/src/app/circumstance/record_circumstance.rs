//! Records what is so of a child.

use contract::registry::v1;
use kernel::Period;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use crate::app::answer::SealedReply;
use crate::app::guardianship::target::{ChildTarget, born};
use crate::app::person::refusal::person_not_found;
use crate::app::person::target::unchanged;
use crate::domain::AsOf;
use crate::domain::circumstance::Circumstance;
use crate::events;
use crate::events::left_behind::record;
use crate::store::{Needs, Workspace};

/// Records what is so of a child for some days.
#[derive(Clone, Debug)]
pub struct RecordCircumstance {
    /// The child.
    pub target: ChildTarget,
    /// What is so.
    pub circumstance: Circumstance,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for RecordCircumstance {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.families.circumstances.insert(self.target.child);
        match &self.circumstance {
            Circumstance::LeftBehind(left) => needs.families.persons.extend(left.carer),
            Circumstance::HandoverConsent(_) => {
                needs.adulthood.insert(self.target.child);
            }
            _ => {}
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.active(workspace)?;
        let before = workspace.families.circumstances(child.id);
        unchanged(&self.target.etag, before.revision())?;
        if let Circumstance::LeftBehind(left) = &self.circumstance
            && let Some(carer) = left.carer
        {
            workspace.families.person(carer).ok_or_else(person_not_found)?;
        }
        let changed = before.record(self.circumstance.clone(), self.period, born(child), context.now())?;
        let answer = answer::circumstances(&changed, AsOf::day(context.today()));
        let reply = v1::RecordCircumstanceResponse { circumstances: Some(answer) };
        let reply = workspace.seal(&reply)?;
        if let Some(news) = changed.left_behind_changed(before, child.household().county()) {
            record(news, context);
        }
        // Who consents after the announcement is announced once more: nobody else had heard of it.
        let today = context.today();
        if workspace.adulthood.get(child.id).is_some()
            && before.handover_consented_on(today).is_none()
            && let consented_on @ Some(_) = changed.handover_consented_on(today)
        {
            events::record(&[child.aging_out(consented_on)], context);
        }
        workspace.families.put_circumstances(changed);
        Ok(reply)
    }
}
