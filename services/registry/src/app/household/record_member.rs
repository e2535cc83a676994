//! Records that a child or a person belongs to a household.

use contract::registry::v1;
use kernel::Period;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::{HouseholdTarget, member_exists, needs_member};
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::AsOf;
use crate::domain::household::{Member, Membership};
use crate::store::{Needs, Workspace};

/// Records a member.
#[derive(Clone, Debug)]
pub struct RecordMember {
    /// The household.
    pub target: HouseholdTarget,
    /// Who.
    pub member: Member,
    /// How.
    pub membership: Membership,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for RecordMember {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs_member(self.member, needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let household = self.target.of(workspace)?;
        member_exists(self.member, workspace)?;
        let household = household
            .join(self.member, self.membership.clone(), self.period, context.now())
            .map_err(|error| refusal::household(error, "member.validity.from"))?;
        let answer = answer::household(&household, AsOf::day(context.today()));
        let reply = workspace.seal(&v1::RecordMemberResponse { household: Some(answer) })?;
        workspace.families.put_household(household);
        Ok(reply)
    }
}
