use contract::audit::v1::emergency_service_server::{EmergencyService, EmergencyServiceServer};
use contract::audit::v1::{
    self, ListEmergenciesRequest, ListEmergenciesResponse, ReviewEmergencyRequest, ReviewEmergencyResponse,
};
use contract::date::timestamp;
use kernel::ErrorCode;
use platform::error::ServiceError;
use platform::page;
use platform::request::reason;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{Emergencies, Emergency};

/// Emergencies on a page, if nobody says how many.
const PAGE: u64 = 100;

/// `hutong.audit.v1.EmergencyService` for the services behind one door.
#[derive(Debug, Clone)]
pub struct EmergencyHandler(Vec<Emergencies>);

impl EmergencyHandler {
    /// The service for these.
    #[must_use]
    pub fn service(emergencies: Vec<Emergencies>) -> EmergencyServiceServer<Self> {
        EmergencyServiceServer::new(Self(emergencies))
    }

    fn of(&self, service: &str) -> Result<&Emergencies, ServiceError> {
        let found = self.0.iter().find(|emergencies| emergencies.service() == service);
        found.ok_or_else(|| {
            let message = "no service of this name keeps emergencies behind this door";
            ServiceError::new(ErrorCode::NotFound, "SERVICE_NOT_FOUND", message)
        })
    }
}

#[tonic::async_trait]
impl EmergencyService for EmergencyHandler {
    async fn list_emergencies(
        &self,
        request: Request<ListEmergenciesRequest>,
    ) -> Result<Response<ListEmergenciesResponse>, Status> {
        let ListEmergenciesRequest { service, unreviewed_only, page_size, page_token } = request.into_inner();
        let before = match page_token.as_str() {
            "" => None,
            token => Some(Uuid::try_parse(token).map_err(|_| {
                ServiceError::invalid("page_token", "PAGE_TOKEN_INVALID", "must be one that an answer gave")
            })?),
        };
        let size = page::size_or(page_size, PAGE);
        let (found, is_more) = page::of(self.of(&service)?.list(unreviewed_only, before, size + 1).await?, size);
        let last = found.last().map(|last| last.id.to_string());
        Ok(Response::new(ListEmergenciesResponse {
            emergencies: found.into_iter().map(message).collect(),
            next_page_token: last.filter(|_| is_more).unwrap_or_default(),
        }))
    }

    async fn review_emergency(
        &self,
        request: Request<ReviewEmergencyRequest>,
    ) -> Result<Response<ReviewEmergencyResponse>, Status> {
        let ReviewEmergencyRequest { service, emergency, verdict, note } = request.into_inner();
        let note = reason("note", &note)?;
        let id = Uuid::try_parse(&emergency)
            .map_err(|_| ServiceError::invalid("emergency", "INVALID_FIELDS", "must be an emergency's id"))?;
        let reviewed = self.of(&service)?.review(id, verdict, &note).await?;
        Ok(Response::new(ReviewEmergencyResponse { emergency: Some(message(reviewed)) }))
    }
}

fn message(emergency: Emergency) -> v1::Emergency {
    v1::Emergency {
        id: emergency.id.to_string(),
        opened_at: Some(timestamp(emergency.opened_at)),
        caller: emergency.caller,
        method: emergency.method,
        reason: emergency.words.reason,
        review_due: Some(timestamp(emergency.review_due)),
        reviewed_at: emergency.reviewed.map(|(at, _)| timestamp(at)),
        verdict: emergency.reviewed.map_or(0, |(_, verdict)| verdict),
        note: emergency.words.note,
    }
}
