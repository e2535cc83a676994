use contract::subsidies::v1;
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use crate::store::funds::{Funds, received};
use crate::store::{Needs, Workspace};

/// Records funds, once for a document.
#[derive(Clone, Debug)]
pub struct RecordFunds {
    /// The funds.
    pub funds: Funds,
}

impl UseCase<Workspace> for RecordFunds {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.funds.insert(self.funds.year);
    }

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let new = &self.funds;
        let key = |funds: &Funds| (funds.year, funds.county, funds.tier, funds.reference.clone());
        let known = workspace.funds.iter().find(|funds| key(funds) == key(new));
        match known {
            Some(known) if known.amount == new.amount => {}
            Some(_) => {
                let message = "the document is recorded with another amount: use another reference for a correction";
                return Err(ServiceError::already_exists("FUNDS_RECORDED", message));
            }
            None => workspace.add_funds(new.clone()),
        }
        let of_year: Vec<_> = workspace.funds.iter().filter(|funds| funds.year == new.year).cloned().collect();
        let received_fen = received(&of_year).get(&(new.county, new.tier)).copied().unwrap_or_default();
        workspace.seal(&v1::RecordFundsResponse { received_fen })
    }
}
