//! Joins two files of one child.

use contract::registry::v1;
use kernel::{CategoryRecordId, ChildId, Month, RoleId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer::{self, SealedReply};
use super::refusal::child_not_found;
use super::surroundings::tell;
use super::target::Target;
use crate::domain::Mergers;
use crate::domain::matching::{Pair, PairMarks};
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
    /// The present month, whose visits count in both.
    pub month: Month,
}

impl UseCase<Workspace> for MergeChildren {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        for child in [self.target.child, self.merged_child] {
            needs.surroundings_of(child);
            needs.visits.months.insert((child, self.month));
        }
        needs.mergers.insert(self.target.child);
        needs.pairs.extend(Pair::of(self.target.child, self.merged_child));
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let survivor = self.target.of(workspace)?;
        let merged = workspace.child(self.merged_child).ok_or_else(child_not_found)?;
        let pair = Pair::of(survivor.id, merged.id);
        if pair.and_then(|pair| workspace.pairs.get(pair)).is_some_and(PairMarks::is_different) {
            return Err(ServiceError::failed_precondition(
                "MARKED_DIFFERENT",
                "a person found the two files to be of two children: unmark them first",
            ));
        }
        let mergers = workspace.mergers.get(survivor.id).cloned().unwrap_or_else(|| Mergers::none(survivor.id));
        let Merge { survivor, merged, mut takeover, events } =
            merge(survivor, merged, || CategoryRecordId::generate(context.clock()), context.now())?;
        let reply = v1::MergeChildrenResponse { child: Some(answer::child(&survivor)) };
        let reply = workspace.seal(&reply)?;
        events::record(&events, context);
        let before = workspace.surroundings(survivor.id, merged.id, self.month);
        let mut both = before.clone();
        takeover.surroundings = both.take_over(|| RoleId::generate(context.clock()), context.now());
        tell(&before, &both, [&survivor, &merged], &takeover.surroundings, context);
        workspace.put_surroundings(&before, both);
        workspace.mergers.put(mergers.with(merged.id, takeover, context.now()));
        workspace.put(merged);
        workspace.put(survivor);
        Ok(reply)
    }
}
