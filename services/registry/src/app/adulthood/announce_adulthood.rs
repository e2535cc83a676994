//! Announces that children turn 18.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::ChildId;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::app::answer::Nothing;
use crate::events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Announces those of these children that turn 18 soon and were not announced.
#[derive(Clone, Debug)]
pub struct AnnounceAdulthood {
    /// The children.
    pub children: BTreeSet<ChildId>,
    /// How long before.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for AnnounceAdulthood {
    type Reply = Nothing;

    fn needs(&self, needs: &mut Needs) {
        needs.children.extend(&self.children);
        needs.adulthood.extend(&self.children);
        needs.families.circumstances.extend(&self.children);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<Nothing, ServiceError> {
        for id in &self.children {
            if workspace.adulthood.get(*id).is_some() {
                continue;
            }
            let consented_on = workspace.families.circumstances(*id).handover_consented_on(context.today());
            let announced = workspace
                .child(*id)
                .and_then(|child| child.announce_adulthood(self.policy.adulthood(), consented_on, context.now()));
            if let Some((adulthood, event)) = announced {
                events::record(&[event], context);
                workspace.adulthood.put(adulthood);
            }
        }
        Ok(Nothing {})
    }
}
