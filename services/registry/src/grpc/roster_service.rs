use std::pin::Pin;
use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::import_roster_request::Part;
use contract::registry::v1::roster_service_server::RosterService;
use futures::{Stream, StreamExt as _};
use messaging::journal::RequestKey;
use platform::access::Caller;
use platform::error::ServiceError;
use platform::request::{area, day};
use tonic::{Request, Response, Status, Streaming};

use super::request::mode;
use crate::app::Application;
use crate::app::answer;
use crate::app::import_roster::RosterImport;

/// Takes in and gives out rosters.
#[derive(Clone, Debug)]
pub struct RosterEndpoint {
    application: Arc<Application>,
}

impl RosterEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl RosterService for RosterEndpoint {
    async fn import_roster(
        &self,
        request: Request<Streaming<v1::ImportRosterRequest>>,
    ) -> Result<Response<v1::ImportRosterResponse>, Status> {
        let caller = Caller::of(&request)?.code().to_owned();
        let mut parts = request.into_inner();
        let first = parts.message().await?.and_then(|first| first.part);
        let Some(Part::Header(header)) = first else {
            return Err(header_missing().into());
        };
        let mut import = self.begin(&caller, &header)?;
        while let Some(next) = parts.message().await? {
            match next.part {
                Some(Part::Rows(rows)) => import.take(&rows).await?,
                Some(Part::Header(_)) | None => return Err(header_repeated().into()),
            }
        }
        let (report, resumed) = import.finish().await?;
        let resumed = i32::try_from(resumed).unwrap_or(i32::MAX);
        Ok(Response::new(v1::ImportRosterResponse { resumed, ..answer::report(&report) }))
    }

    type ExportRosterStream = Pin<Box<dyn Stream<Item = Result<v1::ExportRosterResponse, Status>> + Send>>;

    async fn export_roster(
        &self,
        request: Request<v1::ExportRosterRequest>,
    ) -> Result<Response<Self::ExportRosterStream>, Status> {
        let division = area("division", &request.get_ref().division)?;
        let chunks = Arc::clone(&self.application).export_roster(division);
        let answers = chunks.map(|chunk| {
            let children = chunk?.iter().map(answer::child).collect();
            Ok(v1::ExportRosterResponse { children })
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

impl RosterEndpoint {
    fn begin(&self, caller: &str, header: &v1::RosterHeader) -> Result<RosterImport, ServiceError> {
        let reference_date = day("header.reference_date", header.reference_date.as_ref())?;
        let key = RequestKey::of(caller, "ImportRoster", &header.import_id, header)?;
        let application = Arc::clone(&self.application);
        Ok(RosterImport::new(application, reference_date, mode(header.validate_only), key))
    }
}

fn header_missing() -> ServiceError {
    ServiceError::invalid("header", "HEADER_MISSING", "the first message of a roster must be its header")
}

fn header_repeated() -> ServiceError {
    ServiceError::invalid("header", "HEADER_REPEATED", "only the first message of a roster is its header")
}
