//! Two files may be of one child after all.

use contract::registry::v1;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use crate::app::answer::SealedReply;
use crate::app::refusal::child_not_found;
use crate::domain::matching::{Pair, PairMarks};
use crate::store::{Needs, Workspace};

/// Takes back that two files are of two children.
#[derive(Clone)]
pub struct UnmarkDifferent {
    /// The two files.
    pub pair: Pair,
    /// Why.
    pub reason: String,
}

/// Shows which files, not why.
impl std::fmt::Debug for UnmarkDifferent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnmarkDifferent").field("pair", &self.pair).finish_non_exhaustive()
    }
}

impl UseCase<Workspace> for UnmarkDifferent {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.children.extend([self.pair.first(), self.pair.second()]);
        needs.pairs.insert(self.pair);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let both = [self.pair.first(), self.pair.second()];
        if both.into_iter().any(|child| workspace.child(child).is_none()) {
            return Err(child_not_found());
        }
        let marks = workspace.pairs.get(self.pair).cloned().unwrap_or_else(|| PairMarks::none(self.pair));
        let marks = marks.unmark(self.reason.clone(), context.now())?;
        let reply = v1::UnmarkDifferentResponse { mark: answer::mark(&marks) };
        let reply = workspace.seal(&reply)?;
        workspace.pairs.put(marks);
        Ok(reply)
    }
}
