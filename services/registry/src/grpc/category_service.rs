use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::category_service_server::CategoryService;
use messaging::mutation::Mutation;
use platform::request::{day, id, month};
use tonic::{Request, Response, Status};

use super::request::{as_of, category, target};
use crate::app::Application;
use crate::app::confirm_category::ConfirmCategory;
use crate::app::end_category::EndCategory;
use crate::app::reclassify_category::ReclassifyCategory;
use crate::app::review_category::ReviewCategory;

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

    async fn review_category(
        &self,
        request: Request<v1::ReviewCategoryRequest>,
    ) -> Result<Response<v1::ReviewCategoryResponse>, Status> {
        let mutation = Mutation::of(&self.application, "ReviewCategory", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = ReviewCategory {
            target: target(&request.child, &request.etag)?,
            record: id("record", &request.record)?,
            reviewed_on: day("reviewed_on", request.reviewed_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn list_support(
        &self,
        request: Request<v1::ListSupportRequest>,
    ) -> Result<Response<v1::ListSupportResponse>, Status> {
        let request = request.get_ref();
        let child = id("child", &request.child)?;
        let (first, last) = (request.first_month.as_ref(), request.last_month.as_ref());
        let (first, last) = (month("first_month", first)?, month("last_month", last)?);
        let now = self.application.clock.now();
        let known_at = as_of(None, request.as_of_recorded.as_ref(), now)?.map_or(now, |as_of| as_of.known);
        let months = self.application.list_support(child, first, last, known_at).await?;
        Ok(Response::new(v1::ListSupportResponse { months }))
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
