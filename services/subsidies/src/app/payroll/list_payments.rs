use contract::subsidies::v1;
use kernel::{Month, PayrollRunId};
use platform::error::ServiceError;
use platform::page_token;

use crate::app::{Application, answer};
use crate::store::payment::PaymentFilter;
use crate::store::{payment, run};

impl Application {
    /// A page of payments, and the token of the next one.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_payments(
        &self,
        filter: &PaymentFilter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<(Vec<v1::Payment>, String), ServiceError> {
        let after = page_token::after(token, filters)?;
        let reader = self.database.reader();
        let found = payment::page(reader, filter, after, size + 1).await?;
        let (payments, next) = page_token::cut_by(found, size, filters, |payment| payment.id);
        let runs = payments.iter().map(|payment| payment.run).collect();
        let runs = run::load(reader, &runs).await?;
        let month = |id: PayrollRunId| runs.iter().find(|run| run.id == id).map_or(Month::MIN, |run| run.month);
        Ok((payments.iter().map(|one| answer::payment(one, month(one.run))).collect(), next))
    }
}
