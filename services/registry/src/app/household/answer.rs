//! Households as the contract shapes them.

use contract::registry::v1;
use contract::registry::v1::household_member::Member as MemberField;
use kernel::Period;

use crate::app::person::answer::{evidence, validity};
use crate::app::person::target::etag;
use crate::domain::AsOf;
use crate::domain::household::{FamilyMeans, Household, Member, Membership};

/// A household on a day.
#[must_use]
pub fn household(household: &Household, as_of: AsOf) -> v1::Household {
    let members = household.members().as_of(as_of);
    v1::Household {
        id: household.id().to_string(),
        etag: etag(household.revision()),
        members: members.map(|(member, version)| shape(member, &version.value, version.period)).collect(),
        means: as_of.of(household.means()).map(|version| means(&version.value)),
    }
}

/// A family's means.
#[must_use]
pub fn means(means: &FamilyMeans) -> v1::FamilyMeans {
    v1::FamilyMeans {
        in_poverty: means.in_poverty,
        minimum_living_grant: means.minimum_living_grant,
        evidence: evidence(&means.evidence),
    }
}

fn shape(member: Member, membership: &Membership, period: Period) -> v1::HouseholdMember {
    v1::HouseholdMember {
        member: Some(match member {
            Member::Child(id) => MemberField::Child(id.to_string()),
            Member::Person(id) => MemberField::Person(id.to_string()),
        }),
        relation: membership.relation.clone(),
        validity: Some(validity(period)),
    }
}
