//! Reads what is so of a child.

use kernel::ChildId;
use platform::error::ServiceError;

use crate::app::Application;
use crate::domain::circumstance::Circumstances;
use crate::store::family::reading;

impl Application {
    /// A child's circumstances, with all that was ever recorded of them.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is no such child.
    pub async fn get_circumstances(&self, child: ChildId) -> Result<Circumstances, ServiceError> {
        self.get_child(child).await?;
        reading::circumstances(self.database.reader(), &self.vault, child).await
    }
}
