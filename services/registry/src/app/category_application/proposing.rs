//! What the registry proposes when somebody decides.

use kernel::{ChildId, Date};
use messaging::journal::Context;
use platform::error::ServiceError;

use crate::app::refusal::child_not_found;
use crate::domain::AsOf;
use crate::domain::application::Proposal;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// What [`proposals`] of a child follow from.
pub(super) fn needs(child: ChildId, needs: &mut Needs) {
    needs.children.insert(child);
    needs.families.rule_facts.insert(child);
}

/// What follows for a child from the facts of a day, as far as they are known now, by the rules of that day.
pub(super) fn proposals(
    child: ChildId,
    day: Date,
    policy: &Policy,
    workspace: &Workspace,
    context: &Context<'_>,
) -> Result<Vec<Proposal>, ServiceError> {
    let file = workspace.child(child).ok_or_else(child_not_found)?;
    let (born, county) = (file.profile().birth_date, file.household().county());
    let facts = workspace.families.rule_facts(child, born, county, AsOf { day, known: context.now() });
    policy.categories.propose(&facts, day).map_err(ServiceError::internal)
}
