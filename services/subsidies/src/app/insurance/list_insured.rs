use contract::date::from_month;
use contract::subsidies::v1;
use kernel::{ChildId, ErrorCode};
use platform::error::ServiceError;

use crate::app::Application;
use crate::app::answer::count;
use crate::store::insurance::{self, Outcome, PolicyYear};

/// A policy year, with the children on its list, those whom the insurer took, and those whom it refused.
pub(super) fn answer(policy: &PolicyYear, [listed, enrolled, refused]: [u64; 3]) -> v1::PolicyYear {
    v1::PolicyYear {
        id: policy.id.to_string(),
        year: policy.year,
        insurer: policy.insurer.clone(),
        premium_fen: policy.premium.as_fen(),
        eligible_month: Some(from_month(policy.eligible)),
        listed: count(listed),
        enrolled: count(enrolled),
        refused: count(refused),
        total_fen: policy.premium.as_fen().saturating_mul(count(enrolled)),
    }
}

/// There is no such policy year.
pub(super) fn not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "POLICY_YEAR_NOT_FOUND", "the year has no policy year")
}

impl Application {
    /// The policy year of a year.
    ///
    /// # Errors
    /// `NOT_FOUND` (`POLICY_YEAR_NOT_FOUND`).
    pub async fn get_policy_year(&self, year: i32) -> Result<v1::PolicyYear, ServiceError> {
        let reader = self.database.reader();
        let policy = insurance::policy_year(reader, year).await?.ok_or_else(not_found)?;
        Ok(answer(&policy, insurance::counts(reader, year).await?))
    }

    /// Up to `limit` children of a year's list after one, and the last of them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insured_after(
        &self,
        year: i32,
        after: Option<ChildId>,
        limit: u64,
    ) -> Result<(Vec<v1::InsuredChild>, Option<ChildId>), ServiceError> {
        let page = insurance::page(self.database.reader(), year, after, limit).await?;
        let last = page.last().map(|insured| insured.child);
        let children = page.into_iter().map(|insured| {
            let (outcome, reason) = match insured.outcome {
                None => (v1::InsuranceOutcome::Unspecified, String::new()),
                Some(Outcome::Enrolled) => (v1::InsuranceOutcome::Enrolled, String::new()),
                Some(Outcome::Refused(reason)) => (v1::InsuranceOutcome::Refused, reason),
            };
            let (child, county) = (insured.child.to_string(), insured.county.to_string());
            v1::InsuredChild { child, county, outcome: outcome.into(), reason }
        });
        Ok((children.collect(), last))
    }
}
