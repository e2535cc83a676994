//! Which household a command changes, and whether those who shall belong to it exist.

use kernel::HouseholdId;
use platform::error::ServiceError;

use super::refusal::household_not_found;
use crate::app::person::refusal::person_not_found;
use crate::app::person::target::unchanged;
use crate::app::refusal::child_not_found;
use crate::domain::household::{Household, Member};
use crate::store::{Needs, Workspace};

/// The household that a command changes, as its caller read it.
#[derive(Clone, Debug)]
pub struct HouseholdTarget {
    /// The household.
    pub household: HouseholdId,
    /// The etag that the caller read, or empty.
    pub etag: String,
}

impl HouseholdTarget {
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.families.households.insert(self.household);
    }

    /// # Errors
    /// `NOT_FOUND`, or ABORTED if the household changed since it was read.
    pub(super) fn of<'a>(&self, workspace: &'a Workspace) -> Result<&'a Household, ServiceError> {
        let household = workspace.families.household(self.household).ok_or_else(household_not_found)?;
        unchanged(&self.etag, household.revision())?;
        Ok(household)
    }
}

/// Says that a member must be there.
pub(super) fn needs_member(member: Member, needs: &mut Needs) {
    match member {
        Member::Child(id) => {
            needs.children.insert(id);
        }
        Member::Person(id) => {
            needs.families.persons.insert(id);
        }
    }
}

/// # Errors
/// `NOT_FOUND` if there is no such child or person.
pub(super) fn member_exists(member: Member, workspace: &Workspace) -> Result<(), ServiceError> {
    match member {
        Member::Child(id) => workspace.child(id).map(|_| ()).ok_or_else(child_not_found),
        Member::Person(id) => workspace.families.person(id).map(|_| ()).ok_or_else(person_not_found),
    }
}
