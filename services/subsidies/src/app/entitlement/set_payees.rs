use contract::subsidies::v1;
use kernel::ChildId;
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use crate::store::payee::Payee;
use crate::store::{Needs, Workspace};

/// Says to whom the money of children goes.
#[derive(Clone, Debug)]
pub struct SetPayees {
    /// To whom whose.
    pub payees: Vec<(ChildId, Payee)>,
}

impl UseCase<Workspace> for SetPayees {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.payees.extend(self.payees.iter().map(|(child, _)| *child));
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let mut changed = 0;
        for (child, payee) in &self.payees {
            changed += i32::from(workspace.set_payee(*child, payee.clone(), context.now()));
        }
        workspace.seal(&v1::SetPayeesResponse { changed })
    }
}
