//! Records that something is so of a child no longer.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use crate::app::answer::SealedReply;
use crate::app::guardianship::target::ChildTarget;
use crate::app::person::target::unchanged;
use crate::domain::AsOf;
use crate::domain::circumstance::Aspect;
use crate::events::left_behind::record;
use crate::store::{Needs, Workspace};

/// Ends what is so of an aspect.
#[derive(Clone, Debug)]
pub struct EndCircumstance {
    /// The child.
    pub target: ChildTarget,
    /// Of what.
    pub aspect: Aspect,
    /// The first day for which it is so no longer.
    pub ended_on: Date,
}

impl UseCase<Workspace> for EndCircumstance {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.families.circumstances.insert(self.target.child);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = self.target.active(workspace)?;
        let before = workspace.families.circumstances(child.id);
        unchanged(&self.target.etag, before.revision())?;
        let changed = before.end(self.aspect, self.ended_on, context.now())?;
        let answer = answer::circumstances(&changed, AsOf::day(context.today()));
        let reply = v1::EndCircumstanceResponse { circumstances: Some(answer) };
        let reply = workspace.seal(&reply)?;
        if let Some(news) = changed.left_behind_changed(before, child.household().county()) {
            record(news, context);
        }
        workspace.families.put_circumstances(changed);
        Ok(reply)
    }
}
