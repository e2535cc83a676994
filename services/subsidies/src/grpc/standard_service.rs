use std::sync::Arc;

use contract::subsidies::v1;
use contract::subsidies::v1::standard_service_server::StandardService;
use kernel::{Division, DivisionLevel, Fen, Tier};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::request::{month, reason};
use tonic::{Request, Response, Status};

use super::request::tier;
use crate::app::Application;
use crate::app::standard::PublishStandard;

/// Keeps the standards of basic living.
#[derive(Clone, Debug)]
pub struct StandardEndpoint {
    application: Arc<Application>,
}

impl StandardEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }

    /// The city, as four digits, or a county of it.
    fn area(&self, code: &str) -> Result<Division, ServiceError> {
        let city = self.application.city;
        let unknown = || ServiceError::invalid("area", "UNKNOWN_DIVISION", "must be the city or a county of it");
        let division: Division = code.parse().map_err(|_| unknown())?;
        if division == city {
            return Ok(city);
        }
        let is_county = division.level() == DivisionLevel::County && self.application.divisions.contains(division);
        if is_county && city.contains(&division) { Ok(division) } else { Err(unknown()) }
    }
}

#[tonic::async_trait]
impl StandardService for StandardEndpoint {
    async fn publish_standard(
        &self,
        request: Request<v1::PublishStandardRequest>,
    ) -> Result<Response<v1::PublishStandardResponse>, Status> {
        let mutation = Mutation::of(&self.application, "PublishStandard", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = PublishStandard {
            tier: tier("tier", request.tier)?,
            area: self.area(&request.area)?,
            from: month("from_month", request.from_month.as_ref())?,
            monthly: Fen::new(request.monthly_fen),
            legal_basis: reason("legal_basis", &request.legal_basis)?,
        };
        mutation.submit(use_case).await
    }

    async fn list_standards(
        &self,
        request: Request<v1::ListStandardsRequest>,
    ) -> Result<Response<v1::ListStandardsResponse>, Status> {
        let tier = Tier::from_number(request.into_inner().tier);
        let standards = self.application.list_standards(tier).await?;
        Ok(Response::new(v1::ListStandardsResponse { standards }))
    }
}
