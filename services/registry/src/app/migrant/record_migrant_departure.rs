//! Records that a child left the city.

use std::sync::Arc;

use contract::registry::v1;
use kernel::{Date, Division};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::target::MigrantTarget;
use crate::app::answer::SealedReply;
use crate::domain::migrant::MigrantRules;
use crate::events;
use crate::store::{Needs, Workspace};

/// The child is away from a day on.
#[derive(Clone, Debug)]
pub struct RecordMigrantDeparture {
    /// The entry.
    pub target: MigrantTarget,
    /// The first day of absence.
    pub left_on: Date,
    /// Where to, if that is known.
    pub left_to: Option<Division>,
    /// Who counts.
    pub rules: Arc<MigrantRules>,
}

impl UseCase<Workspace> for RecordMigrantDeparture {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let entry = self.target.of(workspace)?;
        let change = entry.depart(self.left_on, self.left_to, context.now(), context.today())?;
        let migrant = answer::migrant(&change.entry, &self.rules, context.today());
        let reply = v1::RecordMigrantDepartureResponse { migrant: Some(migrant) };
        let reply = workspace.seal(&reply)?;
        events::migrant::record(&change.events, context);
        workspace.migrants.put(change.entry);
        Ok(reply)
    }
}
