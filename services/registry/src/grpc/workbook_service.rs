use std::pin::Pin;
use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::import_workbook_request::Part;
use contract::registry::v1::workbook_service_server::WorkbookService;
use futures::{Stream, StreamExt as _};
use kernel::Month;
use messaging::journal::RequestKey;
use platform::access::Caller;
use platform::error::ServiceError;
use platform::request::{area, day, month};
use tonic::{Request, Response, Status, Streaming};

use super::request::mode;
use crate::app::Application;
use crate::app::workbook::export::Export;
use crate::app::workbook::{Rows, WorkbookImport};
use crate::workbook::{file_name, template};

/// Gives out templates, takes workbooks in and gives them out.
#[derive(Clone, Debug)]
pub struct WorkbookEndpoint {
    application: Arc<Application>,
}

impl WorkbookEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl WorkbookService for WorkbookEndpoint {
    async fn get_template(
        &self,
        request: Request<v1::GetTemplateRequest>,
    ) -> Result<Response<v1::GetTemplateResponse>, Status> {
        let kind = request.get_ref().kind();
        let content = template(kind, self.application.clock.today()).map_err(ServiceError::internal)?;
        Ok(Response::new(v1::GetTemplateResponse { file_name: file_name(kind), content }))
    }

    async fn import_workbook(
        &self,
        request: Request<Streaming<v1::ImportWorkbookRequest>>,
    ) -> Result<Response<v1::ImportWorkbookResponse>, Status> {
        let caller = Caller::of(&request)?.code().to_owned();
        let mut parts = request.into_inner();
        let first = parts.message().await?.and_then(|first| first.part);
        let Some(Part::Header(header)) = first else {
            return Err(header_missing().into());
        };
        let mut import = self.begin(&caller, &header)?;
        while let Some(next) = parts.message().await? {
            let rows = match next.part {
                Some(Part::Migrants(rows)) => Rows::Migrants(rows),
                Some(Part::Visits(rows)) => Rows::Visits(rows),
                Some(Part::Workers(rows)) => Rows::Workers(rows),
                Some(Part::Header(_)) | None => return Err(header_repeated().into()),
            };
            import.take(rows).await?;
        }
        Ok(Response::new(import.finish()))
    }

    type ExportWorkbookStream = Pin<Box<dyn Stream<Item = Result<v1::ExportWorkbookResponse, Status>> + Send>>;

    async fn export_workbook(
        &self,
        request: Request<v1::ExportWorkbookRequest>,
    ) -> Result<Response<Self::ExportWorkbookStream>, Status> {
        let request = request.get_ref();
        let export = Export {
            kind: request.kind(),
            division: area("division", &request.division)?,
            month: match &request.month {
                None => Month::of(self.application.clock.today()),
                Some(_) => month("month", request.month.as_ref())?,
            },
        };
        let chunks = Arc::clone(&self.application).export_workbook(export);
        Ok(Response::new(Box::pin(chunks.map(|chunk| Ok(chunk?)))))
    }
}

impl WorkbookEndpoint {
    fn begin(&self, caller: &str, header: &v1::WorkbookHeader) -> Result<WorkbookImport, ServiceError> {
        if header.kind() == v1::WorkbookKind::Children {
            let expected = "must be migrants, visits or workers: a roster of children goes to ImportRoster";
            return Err(ServiceError::invalid("header.kind", "KIND_ELSEWHERE", expected));
        }
        let reference_date = day("header.reference_date", header.reference_date.as_ref())?;
        let key = RequestKey::of(caller, "ImportWorkbook", &header.import_id, header)?;
        let application = Arc::clone(&self.application);
        Ok(WorkbookImport::new(application, header.kind(), reference_date, mode(header.validate_only), key))
    }
}

fn header_missing() -> ServiceError {
    ServiceError::invalid("header", "HEADER_MISSING", "the first message of a workbook must be its header")
}

fn header_repeated() -> ServiceError {
    ServiceError::invalid("header", "HEADER_REPEATED", "only the first message of a workbook is its header")
}
