use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::liaison_service_server::LiaisonService;
use kernel::Division;
use kernel::spelling::trimmed;
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::page;
use platform::request::{area, day, day_or, instant_or};
use prost::Message as _;
use tonic::{Request, Response, Status};

use crate::app::Application;
use crate::app::liaison::assign_liaison::AssignLiaison;
use crate::app::liaison::end_liaison::EndLiaison;
use crate::app::liaison::list_liaison_points::LiaisonFilter;
use crate::domain::liaison::Contact;

/// Keeps the liaison points.
#[derive(Clone, Debug)]
pub struct LiaisonEndpoint {
    application: Arc<Application>,
}

impl LiaisonEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }

    /// The province, the city, or a county of it.
    fn division(&self, code: &str) -> Result<Division, ServiceError> {
        let divisions = &self.application.divisions;
        let known = |division: &Division| divisions.iter().any(|(inside, _)| division.contains(&inside));
        let expected = "must be the province, the city or a county of it";
        area("division", code)
            .ok()
            .flatten()
            .filter(known)
            .ok_or_else(|| ServiceError::invalid("division", "UNKNOWN_DIVISION", expected))
    }
}

#[tonic::async_trait]
impl LiaisonService for LiaisonEndpoint {
    async fn assign_liaison(
        &self,
        request: Request<v1::AssignLiaisonRequest>,
    ) -> Result<Response<v1::AssignLiaisonResponse>, Status> {
        let mutation = Mutation::of(&self.application, "AssignLiaison", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let contact = request.contact.unwrap_or_default();
        let text = |text: &str| trimmed(text).to_owned();
        let use_case = AssignLiaison {
            division: self.division(&request.division)?,
            etag: request.etag,
            contact: Contact {
                organisation: text(&contact.organisation),
                full_name: text(&contact.full_name),
                phone: text(&contact.phone),
            },
            since: request.since.as_ref().map(|date| day("since", Some(date))).transpose()?,
        };
        mutation.submit(use_case).await
    }

    async fn end_liaison(
        &self,
        request: Request<v1::EndLiaisonRequest>,
    ) -> Result<Response<v1::EndLiaisonResponse>, Status> {
        let mutation = Mutation::of(&self.application, "EndLiaison", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = EndLiaison {
            division: self.division(&request.division)?,
            etag: request.etag,
            ended_on: day("ended_on", request.ended_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn list_liaison_points(
        &self,
        request: Request<v1::ListLiaisonPointsRequest>,
    ) -> Result<Response<v1::ListLiaisonPointsResponse>, Status> {
        let (request, clock) = (request.into_inner(), &self.application.clock);
        let filter = LiaisonFilter {
            division: area("division", &request.division)?,
            day: day_or("as_of_valid", request.as_of_valid.as_ref(), clock.today())?,
            known_at: instant_or(request.as_of_recorded.as_ref(), clock.now()),
        };
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListLiaisonPointsRequest { page_size: 0, page_token: String::new(), ..request };
        let page = self.application.list_liaison_points(filter, &filters.encode_to_vec(), &token, size).await?;
        Ok(Response::new(v1::ListLiaisonPointsResponse { points: page.points, next_page_token: page.next }))
    }
}
