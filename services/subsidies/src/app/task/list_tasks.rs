use contract::subsidies::v1;
use platform::error::ServiceError;
use platform::page_token;

use crate::app::{Application, answer};
use crate::store::task;

impl Application {
    /// A page of tasks, and the token of the next one.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_tasks(
        &self,
        decided: bool,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<(Vec<v1::PaymentTask>, String), ServiceError> {
        let after = page_token::after(token, filters)?;
        let found = task::page(self.database.reader(), decided, after, size + 1).await?;
        let (tasks, next) = page_token::cut_by(found, size, filters, |task| task.id);
        Ok((tasks.iter().map(answer::task).collect(), next))
    }
}
