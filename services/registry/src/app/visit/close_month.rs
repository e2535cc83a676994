//! Closes a month whose overdue visits have all been told.

use kernel::Month;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::domain::visit::MonthClosing;
use crate::store::{Needs, Workspace};

/// Waits until all that was decided in the month is committed: groups are committed in order, and one that another process
/// decided before is decided again after this one. What is read after it is all there will be of the month's duties.
#[derive(Clone, Debug)]
pub struct AwaitMonthsEnd;

impl UseCase<Workspace> for AwaitMonthsEnd {
    type Reply = ();

    fn needs(&self, _: &mut Needs) {}

    fn decide(&self, _: &mut Workspace, _: &mut Context<'_>) -> Result<(), ServiceError> {
        Ok(())
    }
}

/// Closes a month, so that it is not looked at again.
#[derive(Clone, Debug)]
pub struct CloseMonth {
    /// The month.
    pub month: Month,
}

impl UseCase<Workspace> for CloseMonth {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.visits.closings.insert(self.month);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
        if workspace.visits.closings.get(self.month).is_none() {
            workspace.visits.closings.put(MonthClosing { month: self.month, closed: context.now() });
        }
        Ok(())
    }
}
