//! Enters what a survey reports of a child.

use std::sync::Arc;

use contract::registry::v1;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::app::refusal::child_not_found;
use crate::domain::migrant::reporting::{MigrantChange, Outcome, Report};
use crate::domain::migrant::{MigrantEntry, MigrantId, MigrantRules};
use crate::events;
use crate::store::{Needs, Workspace};

/// Opens an entry, or adds to the one that the child has.
#[derive(Clone, Debug)]
pub struct RecordMigrant {
    /// What the survey reports.
    pub report: Report,
    /// Who counts.
    pub rules: Arc<MigrantRules>,
}

impl UseCase<Workspace> for RecordMigrant {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        need(&self.report, needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let (entry, outcome) = enter(&self.report, &self.rules, workspace, context)?;
        let reply = v1::RecordMigrantResponse {
            migrant: Some(answer::migrant(&entry, &self.rules, context.today())),
            outcome: outcome as i32,
        };
        workspace.seal(&reply)
    }
}

/// What must be loaded for a report.
pub(in crate::app) fn need(report: &Report, needs: &mut Needs) {
    needs.migrants.citizen_ids.extend(report.identity.parts().citizen_id);
    needs.migrants.names.insert(report.identity.name_key());
    needs.children.extend(report.child);
}

/// Enters one report.
///
/// # Errors
/// What the domain refuses; the workspace is then as it was.
pub(in crate::app) fn enter(
    report: &Report,
    rules: &MigrantRules,
    workspace: &mut Workspace,
    context: &mut Context<'_>,
) -> Result<(MigrantEntry, Outcome), ServiceError> {
    if report.child.is_some_and(|child| workspace.child(child).is_none()) {
        return Err(child_not_found());
    }
    let (now, today) = (context.now(), context.today());
    let refused = |error| refusal::report(error, "report.facts");
    let known = report.identity.parts().citizen_id.and_then(|id| workspace.migrants.holder(&id));
    let name = report.identity.name_key();
    let known = known.or_else(|| workspace.migrants.namesakes(&name).find(|entry| entry.resembles(report)));
    let (MigrantChange { entry, events }, outcome) = match known {
        Some(entry) => entry.reported(report, rules, now, today).map_err(refused)?,
        None => {
            let id = MigrantId::generate(context.clock());
            (MigrantEntry::open(id, report, rules, now, today).map_err(refused)?, Outcome::Recorded)
        }
    };
    events::migrant::record(&events, context);
    workspace.migrants.put(entry.clone());
    Ok((entry, outcome))
}
