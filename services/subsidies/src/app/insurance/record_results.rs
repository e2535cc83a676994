use contract::subsidies::v1;
use kernel::ChildId;
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use super::list_insured::not_found;
use crate::events;
use crate::store::insurance::{Insured, Outcome};
use crate::store::{Needs, Workspace};

/// Records whom the insurer took.
#[derive(Clone, Debug)]
pub struct RecordInsuranceResults {
    /// The year.
    pub year: i32,
    /// What it says of each child.
    pub results: Vec<(ChildId, Outcome)>,
}

impl UseCase<Workspace> for RecordInsuranceResults {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.policy_years.insert(self.year);
        needs.insured.entry(self.year).or_default().extend(self.results.iter().map(|(child, _)| *child));
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        if !workspace.policy_years.iter().any(|policy| policy.year == self.year) {
            return Err(not_found());
        }
        let mut answer = v1::RecordInsuranceResultsResponse::default();
        for (index, (child, outcome)) in self.results.iter().enumerate() {
            let Some(insured) = workspace.insured.get((self.year, *child)).cloned() else {
                answer.not_listed.push(i32::try_from(index).unwrap_or(i32::MAX));
                continue;
            };
            if insured.outcome.as_ref() == Some(outcome) {
                answer.repeated += 1;
                continue;
            }
            let insured = Insured { outcome: Some(outcome.clone()), ..insured };
            match outcome {
                Outcome::Enrolled => {
                    answer.enrolled += 1;
                    events::enrolled(&insured, context);
                }
                Outcome::Refused(_) => answer.refused += 1,
            }
            workspace.insured.put(insured);
        }
        workspace.seal(&answer)
    }
}
