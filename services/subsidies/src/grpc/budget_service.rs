use std::sync::Arc;

use contract::subsidies::v1;
use contract::subsidies::v1::budget_service_server::BudgetService;
use kernel::{Division, DivisionLevel, Fen};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::request::{day_or, reason};
use tonic::{Request, Response, Status};

use super::request::tier;
use crate::app::Application;
use crate::app::budget::RecordFunds;
use crate::store::funds::Funds;

/// Keeps what counties have for their payments.
#[derive(Clone, Debug)]
pub struct BudgetEndpoint {
    application: Arc<Application>,
}

impl BudgetEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }

    /// A county of the city.
    fn county(&self, code: &str) -> Result<Division, ServiceError> {
        let known = |division: &Division| {
            division.level() == DivisionLevel::County && self.application.divisions.contains(*division)
        };
        let unknown = || ServiceError::invalid("county", "UNKNOWN_DIVISION", "must be a county of the city");
        code.parse().ok().filter(known).ok_or_else(unknown)
    }
}

#[tonic::async_trait]
impl BudgetService for BudgetEndpoint {
    async fn record_funds(
        &self,
        request: Request<v1::RecordFundsRequest>,
    ) -> Result<Response<v1::RecordFundsResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordFunds", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let funds = Funds {
            year: request.year,
            county: self.county(&request.county)?,
            tier: tier("tier", request.tier)?,
            reference: reason("reference", &request.reference)?,
            amount: Fen::new(request.amount_fen),
            received_on: day_or("received_on", request.received_on.as_ref(), self.application.clock.today())?,
        };
        mutation.submit(RecordFunds { funds }).await
    }

    async fn get_budget(
        &self,
        request: Request<v1::GetBudgetRequest>,
    ) -> Result<Response<v1::GetBudgetResponse>, Status> {
        let request = request.into_inner();
        let county = match request.county.as_str() {
            "" => None,
            code => Some(self.county(code)?),
        };
        Ok(Response::new(v1::GetBudgetResponse { lines: self.application.get_budget(request.year, county).await? }))
    }
}
