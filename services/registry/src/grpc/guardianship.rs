//! From the contract's roles and households to the domain's.

use contract::registry::v1;
use contract::registry::v1::{end_member_request, household_member};
use kernel::Period;
use platform::error::ServiceError;
use platform::request::id;

use super::evidence::evidence;
use super::fact::{invalid, period, text};
use crate::app::guardianship::target::ChildTarget;
use crate::app::household::target::HouseholdTarget;
use crate::domain::guardianship::{Role, RoleKind};
use crate::domain::household::{Member, Membership};

/// The child around which a request changes something.
pub fn child_target(child: &str, etag: &str) -> Result<ChildTarget, ServiceError> {
    Ok(ChildTarget { child: id("child", child)?, etag: etag.to_owned() })
}

/// The household that a request changes.
pub fn household_target(household: &str, etag: &str) -> Result<HouseholdTarget, ServiceError> {
    Ok(HouseholdTarget { household: id("household", household)?, etag: etag.to_owned() })
}

/// What a person is to a child, with its days.
pub fn role(role: &v1::Role) -> Result<(Role, Period), ServiceError> {
    let kind = RoleKind::from_numbers(role.kind, role.basis)
        .ok_or_else(|| invalid("role.basis", "must be set for a guardian, and left out for any other role"))?;
    let person = id("role.person", &role.person)?;
    let evidence = evidence("role.evidence", &role.evidence)?;
    Ok((Role { person, kind, evidence }, period("role.validity", role.validity.as_ref())?))
}

/// A member of a household, with its days.
pub fn member(field: &str, member: &v1::HouseholdMember) -> Result<(Member, Membership, Period), ServiceError> {
    let who = match &member.member {
        Some(household_member::Member::Child(child)) => Member::Child(id(&format!("{field}.child"), child)?),
        Some(household_member::Member::Person(person)) => Member::Person(id(&format!("{field}.person"), person)?),
        None => return Err(invalid(format!("{field}.member"), "must be set")),
    };
    let period = period(&format!("{field}.validity"), member.validity.as_ref())?;
    Ok((who, Membership { relation: text(&member.relation) }, period))
}

/// Who left a household.
pub fn leaver(member: Option<&end_member_request::Member>) -> Result<Member, ServiceError> {
    match member {
        Some(end_member_request::Member::Child(child)) => Ok(Member::Child(id("child", child)?)),
        Some(end_member_request::Member::Person(person)) => Ok(Member::Person(id("person", person)?)),
        None => Err(invalid("member", "must be set")),
    }
}
