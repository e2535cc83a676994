use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::check_support_request::About as WireAbout;
use contract::registry::v1::support_service_server::SupportService;
use kernel::Month;
use platform::access::Scope;
use platform::audit::Trail;
use platform::error::ServiceError;
use platform::request::{Violations, id, month};
use tonic::{Request, Response, Status};

use super::profile::citizen_id;
use crate::app::Application;
use crate::app::check_support::About;

/// Tells partners whether a child is supported.
#[derive(Clone, Debug)]
pub struct SupportEndpoint {
    application: Arc<Application>,
}

impl SupportEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl SupportService for SupportEndpoint {
    async fn check_support(
        &self,
        request: Request<v1::CheckSupportRequest>,
    ) -> Result<Response<v1::CheckSupportResponse>, Status> {
        let scope = Scope::of(&request)?;
        let trail = Trail::of(&request);
        let request = request.into_inner();
        let nobody = || ServiceError::invalid("about", "INVALID_FIELDS", "must be set");
        let about = match request.about.ok_or_else(nobody)? {
            WireAbout::Child(text) => About::Child(id("child", &text)?),
            WireAbout::CitizenId(text) => {
                let mut wrong = Violations::default();
                let id = citizen_id("citizen_id", &text, &mut wrong);
                wrong.none()?;
                About::CitizenId(id.ok_or_else(nobody)?)
            }
        };
        let month = match &request.month {
            None => Month::of(self.application.clock.today()),
            Some(date) => month("month", Some(date))?,
        };
        let support = self.application.check_support(about, month, |division| scope.covers(division)).await?;
        // Who was asked about is recorded, though the asker may not know whether there is such a child.
        if let (Some(trail), Some(found)) = (trail, support.found) {
            trail.concerns(found.as_uuid());
        }
        Ok(Response::new(v1::CheckSupportResponse {
            supported: support.supported,
            child: support.child.map(|child| child.to_string()).unwrap_or_default(),
        }))
    }
}
