//! Reads what the category rules decide on.

use kernel::ChildId;
use platform::error::ServiceError;

use super::target::born;
use crate::app::Application;
use crate::domain::AsOf;
use crate::domain::facts::RuleFacts;
use crate::store::{Families, FamilyNeeds};

impl Application {
    /// The facts of a child on a day, as far as they were known at an instant. A use case has them in its workspace:
    /// [`Families::rule_facts`].
    ///
    /// # Errors
    /// `NOT_FOUND` if there is no such child.
    pub async fn get_rule_facts(&self, id: ChildId, as_of: AsOf) -> Result<RuleFacts, ServiceError> {
        let child = self.get_child(id).await?;
        let needs = FamilyNeeds { rule_facts: [id].into(), ..FamilyNeeds::default() };
        let families = Families::load(self.database.reader(), needs, &self.vault).await?;
        Ok(families.rule_facts(id, born(&child), child.household().county(), as_of))
    }
}
