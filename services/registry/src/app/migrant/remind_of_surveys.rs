//! Tells that entries are to be confirmed by a survey.

use std::collections::BTreeSet;
use std::sync::Arc;

use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::app::answer::Nothing;
use crate::domain::migrant::{MigrantId, MigrantRules};
use crate::events;
use crate::store::{Needs, Workspace};

/// Tells of those of these entries whose survey is due. One that a survey has confirmed meanwhile is left alone.
#[derive(Clone, Debug)]
pub struct RemindOfSurveys {
    /// The entries that were to be looked at when somebody asked.
    pub migrants: BTreeSet<MigrantId>,
    /// How often a survey is due.
    pub rules: Arc<MigrantRules>,
}

impl UseCase<Workspace> for RemindOfSurveys {
    type Reply = Nothing;

    fn needs(&self, needs: &mut Needs) {
        needs.migrants.entries.extend(&self.migrants);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<Nothing, ServiceError> {
        for id in &self.migrants {
            let Some(entry) = workspace.migrants.get(*id) else { continue };
            let entry = match entry.remind_of_survey(&self.rules, context.today()) {
                Some((told, event)) => {
                    events::migrant::record(&[event], context);
                    told
                }
                None => entry.clone(),
            };
            // Put back even where there is nothing to tell, the entry learns the day on which to look next.
            workspace.migrants.put(entry);
        }
        Ok(Nothing {})
    }
}
