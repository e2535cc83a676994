use std::collections::BTreeSet;

use contract::subsidies::v1;
use kernel::{ChildId, Instant};
use platform::error::ServiceError;

use crate::app::refusal::{child_not_found, payee_not_found};
use crate::app::{Application, answer};
use crate::domain::Fact;
use crate::store::{file, payee};

impl Application {
    /// What a child is due, and from what it follows.
    ///
    /// # Errors
    /// `NOT_FOUND` (`CHILD_NOT_FOUND`).
    pub async fn get_entitlement(&self, child: ChildId) -> Result<v1::GetEntitlementResponse, ServiceError> {
        let (reader, children) = (self.database.reader(), BTreeSet::from([child]));
        let file = file::load(reader, &children).await?.pop().ok_or_else(child_not_found)?;
        let grants = file.learnt.iter().filter_map(|learnt| match &learnt.fact {
            Fact::OtherGrant(grant) => Some(answer::other_grant(grant, learnt.at)),
            _ => None,
        });
        Ok(v1::GetEntitlementResponse {
            entitlements: file.entitlements(Instant::MAX).iter().map(answer::entitlement).collect(),
            facts: file.records(Instant::MAX).iter().map(answer::tier_fact).collect(),
            other_grants: grants.collect(),
            has_payee: !payee::load(reader, &self.vault, &children, None).await?.is_empty(),
        })
    }

    /// To whom the money of a child goes.
    ///
    /// # Errors
    /// `NOT_FOUND` (`PAYEE_NOT_FOUND`).
    pub async fn get_payee(&self, child: ChildId) -> Result<v1::Payee, ServiceError> {
        let mut payees = payee::load(self.database.reader(), &self.vault, &BTreeSet::from([child]), None).await?;
        payees.remove(&child).map(|payee| answer::payee(payee.payee)).ok_or_else(payee_not_found)
    }
}
