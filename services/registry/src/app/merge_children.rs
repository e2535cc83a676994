//! Joins two files of one child.

use contract::registry::v1;
use kernel::{CategoryRecordId, ChildId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal::child_not_found;
use super::target::Target;
use crate::domain::merge::{Merge, merge};
use crate::events;
use crate::store::{Needs, Workspace};

/// Closes one file and keeps the other.
#[derive(Clone, Debug)]
pub struct MergeChildren {
    /// The file that stays.
    pub target: Target,
    /// The file that closes.
    pub merged_child: ChildId,
}

impl UseCase<Workspace> for MergeChildren {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.children.insert(self.merged_child);
        needs.mergers.insert(self.target.child);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let survivor = self.target.of(workspace)?;
        let merged = workspace.child(self.merged_child).ok_or_else(child_not_found)?;
        let mergers = workspace.mergers(survivor.id);
        let Merge { survivor, merged, takeover, events } =
            merge(survivor, merged, || CategoryRecordId::generate(context.clock()), context.now())?;
        let reply = v1::MergeChildrenResponse { child: Some(answer::child(&survivor)) };
        let reply = SealedReply::of(&reply, workspace.vault())?;
        events::record(&events, context);
        workspace.put_mergers(mergers.with(merged.id, takeover, context.now()));
        workspace.put(merged);
        workspace.put(survivor);
        Ok(reply)
    }
}
