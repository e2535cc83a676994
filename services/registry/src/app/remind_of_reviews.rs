//! Tells that categories are to be looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::ChildId;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::Nothing;
use crate::events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Tells of the reviews of these children that are due. One that was made meanwhile is left alone.
#[derive(Clone, Debug)]
pub struct RemindOfReviews {
    /// The children of whom one was due when somebody looked.
    pub children: BTreeSet<ChildId>,
    /// How often, and how long one may wait.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for RemindOfReviews {
    type Reply = Nothing;

    fn needs(&self, needs: &mut Needs) {
        needs.children.extend(&self.children);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<Nothing, ServiceError> {
        for id in &self.children {
            let reminded =
                workspace.child(*id).and_then(|child| child.remind_of_reviews(&self.policy.review(), context.now()));
            if let Some((child, told)) = reminded {
                events::record(&told, context);
                workspace.put(child);
            }
        }
        Ok(Nothing {})
    }
}
