//! Records that a member left a household.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::HouseholdTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::AsOf;
use crate::domain::household::Member;
use crate::store::{Needs, Workspace};

/// Ends a membership.
#[derive(Clone, Debug)]
pub struct EndMember {
    /// The household.
    pub target: HouseholdTarget,
    /// Who left.
    pub member: Member,
    /// The first day on which it no longer belongs to it.
    pub left_on: Date,
}

impl UseCase<Workspace> for EndMember {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let household = self
            .target
            .of(workspace)?
            .leave(self.member, self.left_on, context.now())
            .map_err(|error| refusal::household(error, "left_on"))?;
        let answer = answer::household(&household, AsOf::day(context.today()));
        let reply = workspace.seal(&v1::EndMemberResponse { household: Some(answer) })?;
        workspace.families.put_household(household);
        Ok(reply)
    }
}
