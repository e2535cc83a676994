//! Records a household's means.

use contract::registry::v1;
use kernel::Period;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::HouseholdTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::AsOf;
use crate::domain::household::FamilyMeans;
use crate::store::{Needs, Workspace};

/// Records a household's means for some days.
#[derive(Clone, Debug)]
pub struct RecordMeans {
    /// The household.
    pub target: HouseholdTarget,
    /// Its means.
    pub means: FamilyMeans,
    /// The days.
    pub period: Period,
}

impl UseCase<Workspace> for RecordMeans {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let household = self
            .target
            .of(workspace)?
            .value(self.means.clone(), self.period, context.now())
            .map_err(|error| refusal::household(error, "validity.from"))?;
        let answer = answer::household(&household, AsOf::day(context.today()));
        let reply = workspace.seal(&v1::RecordMeansResponse { household: Some(answer) })?;
        workspace.families.put_household(household);
        Ok(reply)
    }
}
