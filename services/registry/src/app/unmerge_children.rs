//! Parts two files that were merged.

use contract::registry::v1;
use kernel::{ChildId, Month};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal::child_not_found;
use super::surroundings::tell;
use super::target::Target;
use crate::domain::Mergers;
use crate::domain::unmerge::{Unmerge, UnmergeError, unmerge};
use crate::events;
use crate::store::{Needs, Workspace};

/// Opens a merged file again.
#[derive(Clone)]
pub struct UnmergeChildren {
    /// The file that stayed.
    pub target: Target,
    /// The file that was merged into it.
    pub merged_child: ChildId,
    /// Why they are two children.
    pub reason: String,
}

/// Shows which files, not why.
impl std::fmt::Debug for UnmergeChildren {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("UnmergeChildren");
        text.field("target", &self.target).field("merged_child", &self.merged_child).finish_non_exhaustive()
    }
}

impl UseCase<Workspace> for UnmergeChildren {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        for child in [self.target.child, self.merged_child] {
            needs.surroundings_of(child);
        }
        needs.holders_of.insert(self.merged_child);
        needs.mergers.insert(self.target.child);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let survivor = self.target.of(workspace)?;
        let merged = workspace.child(self.merged_child).ok_or_else(child_not_found)?;
        let holder = merged.profile().citizen_id.and_then(|id| workspace.holder(&id));
        let mergers = workspace.mergers.get(survivor.id).cloned().unwrap_or_else(|| Mergers::none(survivor.id));
        let taken = mergers.standing(merged.id).map(|takeover| takeover.surroundings.clone()).unwrap_or_default();
        let done = unmerge(survivor, merged, &mergers, holder, self.reason.clone(), context.now())?;
        let Unmerge { survivor, restored, mergers, events } = done;
        let reply = v1::UnmergeChildrenResponse {
            child: Some(answer::child(&survivor)),
            restored_child: Some(answer::child(&restored)),
        };
        let reply = workspace.seal(&reply)?;
        events::record(&events, context);
        let month = taken.visits.map_or_else(|| Month::of(context.today()), |visits| visits.month);
        let before = workspace.surroundings(survivor.id, restored.id, month);
        let mut both = before.clone();
        both.give_back(&taken, context.now());
        tell(&before, &both, [&survivor, &restored], &taken, context);
        workspace.put_surroundings(&before, both);
        workspace.put(survivor);
        workspace.put(restored);
        workspace.mergers.put(mergers);
        Ok(reply)
    }
}

impl From<UnmergeError> for ServiceError {
    fn from(error: UnmergeError) -> Self {
        let reason = match error {
            UnmergeError::NotMerged => "NOT_MERGED",
            UnmergeError::NotRemembered => "MERGE_NOT_REMEMBERED",
            UnmergeError::SurvivorMerged => "SURVIVOR_MERGED",
            UnmergeError::LaterMerge => "LATER_MERGE",
            UnmergeError::CitizenIdTaken => return Self::already_exists("CITIZEN_ID_TAKEN", error.to_string()),
        };
        Self::failed_precondition(reason, error.to_string())
    }
}
