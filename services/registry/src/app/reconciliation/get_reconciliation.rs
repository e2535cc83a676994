//! Reads a comparison.

use platform::error::ServiceError;

use super::refusal::not_found;
use crate::app::Application;
use crate::domain::migrant::reconciliation::{Reconciliation, ReconciliationId};
use crate::store::reconciliation::reconciliations;

impl Application {
    /// One comparison.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none.
    pub async fn get_reconciliation(&self, id: ReconciliationId) -> Result<Reconciliation, ServiceError> {
        reconciliations(self.database.reader(), [id]).await?.pop().ok_or_else(not_found)
    }
}
