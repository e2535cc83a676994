//! Tells supervisors of visits that were not made.

use kernel::{ChildId, Date, Division, DivisionLevel, Month, WorkerId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::domain::worker::assignment::responsible;
use crate::domain::worker::{Post, Role};
use crate::events;
use crate::store::{Needs, Workspace};

/// Tells of the children among these who were on duty in a month and were not seen. Who was seen meanwhile, or is told of
/// already, is passed over.
#[derive(Clone, Debug)]
pub struct TellOverdue {
    /// The month.
    pub month: Month,
    /// The children, with where their households are.
    pub children: Vec<(ChildId, Division)>,
}

impl UseCase<Workspace> for TellOverdue {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.visits.closings.insert(self.month);
        for (child, division) in &self.children {
            needs.visits.duties.insert(*child);
            needs.visits.months.insert((*child, self.month));
            needs.workforce.assignments.insert(*child);
            needs.workforce.posts.insert(*division);
            needs.workforce.posts.extend(division.ancestor(DivisionLevel::Township));
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
        if workspace.visits.closings.get(self.month).is_some() {
            return Ok(());
        }
        for (child, _) in &self.children {
            let Some(division) = workspace.visits.duty(*child).in_month(self.month) else { continue };
            let Some(told) = workspace.visits.month(*child, self.month).told(context.now()) else { continue };
            let supervisor = holder(workspace, Role::Supervisor, division, self.month.next().first_day());
            let worker = worker(workspace, *child, division, self.month.last_day());
            events::visit::overdue(&told, division, supervisor, worker, context);
            workspace.visits.months.put(told);
        }
        Ok(())
    }
}

/// Who has the child on a day.
fn worker(workspace: &Workspace, child: ChildId, division: Division, day: Date) -> Option<WorkerId> {
    let assigned = workspace.workforce.assignments.get(child);
    responsible(
        assigned.and_then(|assignment| assignment.workers.on(day).copied()),
        holder(workspace, Role::Director, division, day),
        holder(workspace, Role::Supervisor, division, day),
    )
}

fn holder(workspace: &Workspace, role: Role, division: Division, day: Date) -> Option<WorkerId> {
    let post = Post::new(role, division.ancestor(role.level())?).ok()?;
    let mut holders = workspace.workforce.holders(post);
    holders.find(|worker| worker.post_on(day) == Some(post)).map(|worker| worker.id)
}
