//! Derives duties anew, where the rule has changed or none was applied yet.

use kernel::{ChildId, Month};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::store::{Needs, Workspace};

/// Derives the duties of some children by the present rule.
#[derive(Clone, Debug)]
pub struct ReviseDuties {
    /// The children.
    pub children: Vec<ChildId>,
}

impl UseCase<Workspace> for ReviseDuties {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.children.extend(&self.children);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
        let present = Month::of(context.today());
        for id in &self.children {
            if let Some(child) = workspace.child(*id) {
                let duty = workspace.visits.duty(*id).revised(child, &workspace.visits.rule, present);
                workspace.visits.duties.put(duty);
            }
        }
        Ok(())
    }
}
