use contract::subsidies::v1;
use kernel::Tier;
use platform::error::ServiceError;

use crate::app::{Application, answer};
use crate::store::standard;

impl Application {
    /// All versions of standards, or of one tier's, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_standards(&self, tier: Option<Tier>) -> Result<Vec<v1::Standard>, ServiceError> {
        let standards = standard::load(self.database.reader()).await?;
        let wanted = standards.iter().filter(|standard| tier.is_none_or(|tier| standard.tier == tier));
        Ok(wanted.map(answer::standard).collect())
    }
}
