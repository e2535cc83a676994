//! Changes what is known of a migrant child.

use std::sync::Arc;

use contract::registry::v1;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::refusal::already_recorded;
use super::target::MigrantTarget;
use crate::app::answer::SealedReply;
use crate::app::refusal::child_not_found;
use crate::domain::migrant::MigrantRules;
use crate::domain::migrant::amending::Amendment;
use crate::store::{Needs, Workspace};

/// Changes some facts of an entry.
#[derive(Clone, Debug)]
pub struct UpdateMigrant {
    /// The entry.
    pub target: MigrantTarget,
    /// The new values.
    pub amendment: Amendment,
    /// Who counts.
    pub rules: Arc<MigrantRules>,
}

impl UseCase<Workspace> for UpdateMigrant {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.migrants.citizen_ids.extend(self.amendment.citizen_id.flatten());
        needs.children.extend(self.amendment.child.flatten());
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let entry = self.target.of(workspace)?;
        let holder = self.amendment.citizen_id.flatten().and_then(|id| workspace.migrants.holder(&id));
        if holder.is_some_and(|holder| holder.id != entry.id) {
            return Err(already_recorded());
        }
        if self.amendment.child.flatten().is_some_and(|child| workspace.child(child).is_none()) {
            return Err(child_not_found());
        }
        let change = entry.amend(&self.amendment, context.now(), context.today())?;
        let migrant = answer::migrant(&change.entry, &self.rules, context.today());
        let reply = workspace.seal(&v1::UpdateMigrantResponse { migrant: Some(migrant) })?;
        workspace.migrants.put(change.entry);
        Ok(reply)
    }
}
