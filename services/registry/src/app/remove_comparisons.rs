//! Removes comparisons with other lists.

use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;
use uuid::Uuid;

use crate::store::{Needs, Workspace};

/// Removes comparisons that have ended, with their rows and results. Nothing refers to them.
#[derive(Clone, Debug)]
pub struct RemoveComparisons(pub Vec<Uuid>);

impl UseCase<Workspace> for RemoveComparisons {
    type Reply = ();

    fn needs(&self, _: &mut Needs) {}

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<(), ServiceError> {
        workspace.erase_comparisons(self.0.iter().copied());
        Ok(())
    }
}
