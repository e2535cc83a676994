//! Ends files of children who are 18, or goes on while they are at school.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::{ChildId, Date};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::app::answer::Nothing;
use crate::domain::circumstance::{Aspect, Circumstance, Circumstances};
use crate::domain::{Adulthood, AsOf};
use crate::events;
use crate::policy::Policy;
use crate::store::{Needs, Workspace};

/// Looks at children who are 18.
#[derive(Clone, Debug)]
pub struct ComeOfAge {
    /// The children.
    pub children: BTreeSet<ChildId>,
    /// Which categories go on.
    pub policy: Arc<Policy>,
}

impl UseCase<Workspace> for ComeOfAge {
    type Reply = Nothing;

    fn needs(&self, needs: &mut Needs) {
        needs.children.extend(&self.children);
        needs.adulthood.extend(&self.children);
        needs.families.circumstances.extend(&self.children);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<Nothing, ServiceError> {
        for id in &self.children {
            let circumstances = workspace.families.circumstances(*id);
            let come = workspace.child(*id).and_then(|child| {
                child.come_of_age(self.policy.adulthood(), |day| is_at_school(circumstances, day), context.now())
            });
            let Some(come) = come else {
                continue;
            };
            let announced_on = workspace.adulthood.get(*id).map_or(context.today(), |before| before.announced_on);
            events::record(&come.change.events, context);
            if !come.change.events.is_empty() {
                workspace.put(come.change.child);
            }
            workspace.adulthood.put(Adulthood { child: *id, announced_on, next_look: come.next_look });
        }
        Ok(Nothing {})
    }
}

/// Whether it is proved that the child is at school on a day.
fn is_at_school(circumstances: &Circumstances, day: Date) -> bool {
    match circumstances.get(Aspect::Schooling, AsOf::day(day)) {
        Some(Circumstance::Schooling(schooling)) => schooling.enrolled && !schooling.evidence.is_empty(),
        _ => false,
    }
}
