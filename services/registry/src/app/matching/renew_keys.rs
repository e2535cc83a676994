//! Gives files of before the keys theirs.

use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;
use prost::Message;

use kernel::ChildId;

use crate::store::matching::Backfill;
use crate::store::{Needs, Workspace};

/// Writes the keys by which some files are found.
#[derive(Clone, Debug)]
pub struct RenewKeys {
    /// The files.
    pub children: Vec<ChildId>,
    /// What is left after them.
    pub reached: Backfill,
}

/// Nobody waits for more than that it is done.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct KeysRenewed {}

impl UseCase<Workspace> for RenewKeys {
    type Reply = KeysRenewed;

    fn needs(&self, needs: &mut Needs) {
        needs.children.extend(self.children.iter().copied());
    }

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<KeysRenewed, ServiceError> {
        workspace.keyless.extend(self.children.iter().copied());
        workspace.backfill = Some(self.reached);
        Ok(KeysRenewed {})
    }
}
