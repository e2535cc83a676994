//! Erases a child's file.

use std::collections::BTreeSet;

use kernel::{ChildId, Date, PersonId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::refusal::child_not_found;
use crate::domain::ChildState;
use crate::domain::erasure::ErasureError;
use crate::events;
use crate::store::erasing::Erasure;
use crate::store::{Needs, Workspace};

/// Erases a file that has ended, the ones that were merged into it, and the persons who are around no other child.
#[derive(Clone, Debug)]
pub struct EraseFile {
    /// The file.
    pub child: ChildId,
    /// Those that were merged into it.
    pub merged: Vec<ChildId>,
    /// Whoever was around it.
    pub persons: BTreeSet<PersonId>,
    /// Other files whose facts name one of them.
    pub named_by: BTreeSet<ChildId>,
    /// The last day on which it may have ended.
    pub ended_by: Date,
}

impl UseCase<Workspace> for EraseFile {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.children.insert(self.child);
        needs.children.extend(&self.merged);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
        let mut happened = Vec::new();
        let mut children = BTreeSet::new();
        for id in std::iter::once(&self.child).chain(&self.merged) {
            let file = workspace.child(*id).ok_or_else(child_not_found)?;
            // Who of them is merged may have changed since they were looked for.
            let into = match file.state() {
                ChildState::Merged { into } => Some(into),
                ChildState::Active | ChildState::Ended { .. } => None,
            };
            let goes_with = into.is_some_and(|into| into == self.child || self.merged.contains(&into));
            happened.push(file.erase(self.ended_by, context.today(), goes_with).map_err(refusal)?);
            children.insert(*id);
        }
        events::record(&happened, context);
        workspace.erase(Erasure { children, persons: self.persons.clone(), named_by: self.named_by.clone() });
        Ok(())
    }
}

fn refusal(error: ErasureError) -> ServiceError {
    let reason = match error {
        ErasureError::Active => "FILE_ACTIVE",
        ErasureError::Kept => "FILE_KEPT",
        ErasureError::Merged => "FILE_MERGED",
    };
    ServiceError::failed_precondition(reason, error.to_string())
}
