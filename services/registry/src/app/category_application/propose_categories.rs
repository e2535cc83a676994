//! Tells what follows from the facts, without anybody having applied.

use kernel::ChildId;
use platform::error::ServiceError;

use crate::app::Application;
use crate::domain::AsOf;
use crate::domain::application::Proposal;

impl Application {
    /// What follows for a child from the facts of a day, as far as they were known at an instant, by the rules of that
    /// day.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is no such child.
    pub async fn propose_categories(&self, child: ChildId, as_of: AsOf) -> Result<Vec<Proposal>, ServiceError> {
        let facts = self.get_rule_facts(child, as_of).await?;
        self.policy.categories.propose(&facts, as_of.day).map_err(ServiceError::internal)
    }
}
