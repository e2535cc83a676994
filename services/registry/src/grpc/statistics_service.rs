use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::statistics_service_server::StatisticsService;
use platform::request::{area, day_or, instant_or};
use tonic::{Request, Response, Status};

use super::request::reader;
use crate::app::Application;
use crate::app::published::Reader;
use crate::domain::statistics::Scope;

/// Counts.
#[derive(Clone, Debug)]
pub struct StatisticsEndpoint {
    application: Arc<Application>,
}

impl StatisticsEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl StatisticsService for StatisticsEndpoint {
    async fn report_children(
        &self,
        request: Request<v1::ReportChildrenRequest>,
    ) -> Result<Response<v1::ReportChildrenResponse>, Status> {
        let reader = reader(&request)?;
        let (request, clock) = (request.into_inner(), &self.application.clock);
        let scope = Scope {
            // The whole city is no narrower for being named.
            division: area("division", &request.division)?.filter(|division| division.county().is_some()),
            day: day_or("day", request.day.as_ref(), clock.today())?,
            known_at: match reader {
                Reader::Owner => instant_or(request.as_of_recorded.as_ref(), clock.now()),
                Reader::Other => clock.now(),
            },
        };
        Ok(Response::new(self.application.report_children(scope, reader).await?))
    }
}
