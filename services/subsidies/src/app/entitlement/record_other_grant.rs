use contract::subsidies::v1;
use kernel::ChildId;
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use crate::app::answer;
use crate::app::learn::{Learning, learn};
use crate::app::refusal::child_not_found;
use crate::domain::Fact;
use crate::domain::file::OtherGrant;
use crate::store::{Needs, Workspace};

/// Records another grant for minimum living.
#[derive(Clone, Debug)]
pub struct RecordOtherGrant {
    /// The child.
    pub child: ChildId,
    /// The grant.
    pub grant: OtherGrant,
}

impl UseCase<Workspace> for RecordOtherGrant {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.accounts.insert(self.child);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        if workspace.files.get(self.child).is_none() {
            return Err(child_not_found());
        }
        let facts = vec![Fact::OtherGrant(self.grant.clone())];
        learn(&Learning { child: self.child, facts, merged: None, erased: false }, workspace, context)?;
        let grant = answer::other_grant(&self.grant, workspace.knowledge.last());
        let reply = v1::RecordOtherGrantResponse { other_grant: Some(grant) };
        workspace.seal(&reply)
    }
}
