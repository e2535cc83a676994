//! Puts a migrant child on the duty by a decision of its own.

use contract::registry::v1;
use kernel::{ChildId, Month};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::app::answer::SealedReply;
use crate::app::refusal::child_not_found;
use crate::domain::visit::Duty;
use crate::store::{Needs, Workspace};

/// Whether a child is a special migrant child. `Debug` would say which child is one.
#[derive(Clone)]
pub struct SetSpecialMigrant {
    /// The child.
    pub child: ChildId,
    /// Whether it is one from this month on.
    pub special: bool,
}

impl UseCase<Workspace> for SetSpecialMigrant {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.children.insert(self.child);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let child = workspace.child(self.child).ok_or_else(child_not_found)?;
        child.active()?;
        let present = Month::of(context.today());
        let duty = Duty { special_migrant: self.special, ..workspace.visits.duty(self.child) };
        let duty = duty.revised(child, &workspace.visits.rule, present);
        let reply = v1::SetSpecialMigrantResponse { on_duty: duty.in_month(present).is_some() };
        let reply = workspace.seal(&reply)?;
        workspace.visits.duties.put(duty);
        Ok(reply)
    }
}
