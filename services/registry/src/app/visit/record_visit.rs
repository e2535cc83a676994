//! Records a visit.

use contract::registry::v1;
use kernel::{Month, VisitId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::refusal::id_reused;
use crate::app::answer::SealedReply;
use crate::app::refusal::child_not_found;
use crate::app::worker::refusal::worker_not_found;
use crate::domain::visit::{Visit, VisitFacts};
use crate::events;
use crate::store::{Needs, Workspace};

/// Records one visit.
#[derive(Clone, Debug)]
pub struct RecordVisit {
    /// What was seen.
    pub facts: VisitFacts,
}

impl UseCase<Workspace> for RecordVisit {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        need(&self.facts, needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let id = VisitId::generate(context.clock());
        let visit = record(id, &self.facts, workspace, context)?;
        let reply = v1::RecordVisitResponse { visit: Some(answer::visit(&visit)) };
        workspace.seal(&reply)
    }
}

/// What must be loaded to record a visit.
pub(in crate::app) fn need(facts: &VisitFacts, needs: &mut Needs) {
    needs.children.insert(facts.child);
    needs.workforce.workers.insert(facts.worker);
    needs.visits.months.insert((facts.child, Month::of(facts.on)));
}

/// Records a visit, unless it is recorded already.
///
/// # Errors
/// What is wrong with it. The workspace is then as it was.
pub(in crate::app) fn record(
    id: VisitId,
    facts: &VisitFacts,
    workspace: &mut Workspace,
    context: &mut Context<'_>,
) -> Result<Visit, ServiceError> {
    // A phone that was offline knows nothing of a merge.
    let child = workspace.survivor(facts.child).ok_or_else(child_not_found)?;
    let facts = VisitFacts { child: child.id, ..facts.clone() };
    if let Some(known) = workspace.visits.visits.get(id) {
        let child = workspace.survivor(known.facts.child).map_or(known.facts.child, |file| file.id);
        let same = VisitFacts { child, ..known.facts.clone() } == facts;
        return if same { Ok(known.clone()) } else { Err(id_reused()) };
    }
    child.active()?;
    let county = child.household().county();
    let worker = workspace.workforce.workers.get(facts.worker).ok_or_else(worker_not_found)?;
    let visit = Visit::recorded(id, facts, worker, context.now())?;
    let month = workspace.visits.month(visit.facts.child, visit.month()).with(&visit);
    events::visit::completed(&visit, county, context);
    workspace.visits.months.put(month);
    workspace.visits.visits.put(visit.clone());
    Ok(visit)
}
