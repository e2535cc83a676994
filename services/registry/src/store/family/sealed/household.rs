use prost::Message;

use super::fill_up;
use crate::domain::household::{FamilyMeans, Membership};
use crate::domain::secret::secret;
use crate::store::evidence::{self, SealedEvidence};
use crate::store::fact::{Fact, FactKind};

/// That a member belongs to a household.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedMembership {
    /// What the member is to the head.
    #[prost(string, tag = "1")]
    pub relation: String,
    /// See [`super`].
    #[prost(bytes = "vec", tag = "15")]
    pub padding: Vec<u8>,
}

/// A family's means.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedMeans {
    /// Poor by the local standard.
    #[prost(bool, tag = "1")]
    pub in_poverty: bool,
    /// Receives the minimum living grant.
    #[prost(bool, tag = "2")]
    pub minimum_living_grant: bool,
    /// The documents behind it.
    #[prost(message, repeated, tag = "3")]
    pub evidence: Vec<SealedEvidence>,
    /// See [`super`].
    #[prost(bytes = "vec", tag = "15")]
    pub padding: Vec<u8>,
}

secret!(SealedMembership, SealedMeans);
fill_up!(SealedMembership);
fill_up!(SealedMeans);

impl SealedMeans {
    pub(super) fn of(means: &FamilyMeans) -> Self {
        Self {
            in_poverty: means.in_poverty,
            minimum_living_grant: means.minimum_living_grant,
            evidence: evidence::sealed(&means.evidence),
            padding: Vec::new(),
        }
    }
}

impl Fact for Membership {
    const KIND: FactKind = FactKind::Membership;
    type Sealed = SealedMembership;

    fn sealed(&self) -> SealedMembership {
        SealedMembership { relation: self.relation.clone(), padding: Vec::new() }.filled_up()
    }

    fn opened(sealed: SealedMembership) -> Option<Self> {
        Some(Self { relation: sealed.relation })
    }
}

impl Fact for FamilyMeans {
    const KIND: FactKind = FactKind::FamilyMeans;
    type Sealed = SealedMeans;

    fn sealed(&self) -> SealedMeans {
        SealedMeans::of(self).filled_up()
    }

    fn opened(sealed: SealedMeans) -> Option<Self> {
        Some(Self {
            in_poverty: sealed.in_poverty,
            minimum_living_grant: sealed.minimum_living_grant,
            evidence: evidence::opened(sealed.evidence)?,
        })
    }
}
