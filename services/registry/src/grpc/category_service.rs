use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::category_service_server::CategoryService;
use tonic::{Request, Response, Status};

use super::request::{Mutation, category, day, id, target};
use crate::app::Application;
use crate::app::confirm_category::ConfirmCategory;
use crate::app::end_category::EndCategory;
use crate::app::reclassify_category::ReclassifyCategory;

/// Decides on categories.
#[derive(Clone, Debug)]
pub struct CategoryEndpoint {
    application: Arc<Application>,
}

impl CategoryEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl CategoryService for CategoryEndpoint {
    async fn confirm_category(
        &self,
        request: Request<v1::ConfirmCategoryRequest>,
    ) -> Result<Response<v1::ConfirmCategoryResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "ConfirmCategory", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = ConfirmCategory {
            target: target(&request.child, &request.etag)?,
            category: category("category", request.category)?,
            confirmed_on: day("confirmed_on", request.confirmed_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn reclassify_category(
        &self,
        request: Request<v1::ReclassifyCategoryRequest>,
    ) -> Result<Response<v1::ReclassifyCategoryResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "ReclassifyCategory", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = ReclassifyCategory {
            target: target(&request.child, &request.etag)?,
            record: id("record", &request.record)?,
            category: category("category", request.category)?,
            confirmed_on: day("confirmed_on", request.confirmed_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn end_category(
        &self,
        request: Request<v1::EndCategoryRequest>,
    ) -> Result<Response<v1::EndCategoryResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "EndCategory", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = EndCategory {
            target: target(&request.child, &request.etag)?,
            record: id("record", &request.record)?,
            ended_on: day("ended_on", request.ended_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }
}
