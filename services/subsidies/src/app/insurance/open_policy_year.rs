use contract::subsidies::v1;
use kernel::{Fen, Instant, Month, PolicyYearId};
use messaging::journal::{Context, SealedReply, UseCase};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use tonic::{Response, Status};

use super::list_insured::answer;
use crate::app::Application;
use crate::store::insurance::{Insured, PolicyYear};
use crate::store::{Needs, Workspace, file};

/// Files read at once.
const PART: u64 = 5_000;

/// Opens a policy year with its list.
struct OpenPolicyYear {
    year: i32,
    insurer: String,
    premium: Fen,
    eligible: Month,
    listed: Vec<Insured>,
}

impl UseCase<Workspace> for OpenPolicyYear {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.policy_years.insert(self.year);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        if workspace.policy_years.iter().any(|policy| policy.year == self.year) {
            return Err(ServiceError::already_exists("POLICY_YEAR_EXISTS", "the year has a policy year"));
        }
        let policy = PolicyYear {
            id: PolicyYearId::generate(context.clock()),
            year: self.year,
            insurer: self.insurer.clone(),
            premium: self.premium,
            eligible: self.eligible,
        };
        for insured in &self.listed {
            workspace.insured.put(insured.clone());
        }
        let counts = [self.listed.len() as u64, 0, 0];
        let reply = v1::OpenPolicyYearResponse { policy_year: Some(answer(&policy, counts)) };
        workspace.add_policy_year(policy);
        workspace.seal(&reply)
    }
}

impl Application {
    /// Opens a policy year: on its list is who is due basic living in a month.
    ///
    /// # Errors
    /// `ALREADY_EXISTS` (`POLICY_YEAR_EXISTS`).
    pub async fn open_policy_year(
        &self,
        year: i32,
        insurer: String,
        premium: Fen,
        eligible: Month,
        mutation: Mutation<Self>,
    ) -> Result<Response<v1::OpenPolicyYearResponse>, Status> {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let files = file::page(self.database.reader(), after, PART).await?;
            let due = files.iter().filter_map(|file| {
                let basis = file.basis(eligible, Instant::MAX)?;
                Some(Insured { year, child: file.child, county: basis.county, outcome: None })
            });
            listed.extend(due);
            after = files.last().map(|file| file.child);
            if (files.len() as u64) < PART {
                break;
            }
        }
        mutation.submit(OpenPolicyYear { year, insurer, premium, eligible, listed }).await
    }
}
