//! Opens a household.

use contract::registry::v1;
use kernel::{HouseholdId, Period};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::{member_exists, needs_member};
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::AsOf;
use crate::domain::household::{Household, Member, Membership};
use crate::store::{Needs, Workspace};

/// Opens a household with its first members.
#[derive(Clone, Debug)]
pub struct OpenHousehold {
    /// Who belongs to it, and when.
    pub members: Vec<(Member, Membership, Period)>,
}

impl UseCase<Workspace> for OpenHousehold {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        for (member, ..) in &self.members {
            needs_member(*member, needs);
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let mut household = Household::open(HouseholdId::generate(context.clock()));
        for (index, (member, membership, period)) in self.members.iter().enumerate() {
            member_exists(*member, workspace)?;
            household = household
                .join(*member, membership.clone(), *period, context.now())
                .map_err(|error| refusal::household(error, &format!("members[{index}].validity.from")))?;
        }
        let answer = answer::household(&household, AsOf::day(context.today()));
        let reply = v1::OpenHouseholdResponse { household: Some(answer) };
        let reply = workspace.seal(&reply)?;
        workspace.families.put_household(household);
        Ok(reply)
    }
}
