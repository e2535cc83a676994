use std::sync::Arc;

use contract::Department;
use contract::registry::v1;
use contract::registry::v1::reference_service_server::ReferenceService;
use kernel::ChildId;
use platform::error::ServiceError;
use platform::pseudonym::Pseudonyms;
use platform::request::id;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::app::Application;

/// Turns departments' references to children into the registry's ids, and back.
#[derive(Clone, Debug)]
pub struct ReferenceEndpoint {
    application: Arc<Application>,
    pseudonyms: Arc<Pseudonyms>,
}

impl ReferenceEndpoint {
    /// The service over these use cases and references.
    #[must_use]
    pub fn new(application: Arc<Application>, pseudonyms: Arc<Pseudonyms>) -> Self {
        Self { application, pseudonyms }
    }
}

#[tonic::async_trait]
impl ReferenceService for ReferenceEndpoint {
    async fn get_reference(
        &self,
        request: Request<v1::GetReferenceRequest>,
    ) -> Result<Response<v1::GetReferenceResponse>, Status> {
        let request = request.into_inner();
        let department = department(&request.department)?;
        let child: ChildId = id("child", &request.child)?;
        self.application.get_child(child).await?;
        let reference = match self.pseudonyms.of(department) {
            Some(pseudonym) => pseudonym.conceal(child.as_uuid()),
            None => child.as_uuid(),
        };
        Ok(Response::new(v1::GetReferenceResponse { reference: reference.to_string() }))
    }

    async fn resolve_reference(
        &self,
        request: Request<v1::ResolveReferenceRequest>,
    ) -> Result<Response<v1::ResolveReferenceResponse>, Status> {
        let request = request.into_inner();
        let department = department(&request.department)?;
        let reference: Uuid = id("reference", &request.reference)?;
        let child = match self.pseudonyms.of(department) {
            Some(pseudonym) => pseudonym.reveal(reference),
            None => reference,
        };
        self.application.get_child(ChildId::from_uuid(child)).await?;
        Ok(Response::new(v1::ResolveReferenceResponse { child: child.to_string() }))
    }
}

/// An office has its department's references.
fn department(code: &str) -> Result<Department, ServiceError> {
    let letters = code.split('-').next().unwrap_or(code);
    Department::from_code(letters).ok_or_else(|| {
        ServiceError::invalid(
            "department",
            "UNKNOWN_DEPARTMENT",
            "must be a department's code, as `hutong mailbox list` shows",
        )
    })
}
