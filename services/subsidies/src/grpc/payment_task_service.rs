use std::sync::Arc;

use contract::subsidies::v1;
use contract::subsidies::v1::payment_task_service_server::PaymentTaskService;
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::page;
use platform::request::{id, reason};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::request::actor;
use crate::app::Application;
use crate::app::task::DecideTask;
use crate::domain::TaskOutcome;

/// Keeps what a person must decide about money.
#[derive(Clone, Debug)]
pub struct PaymentTaskEndpoint {
    application: Arc<Application>,
}

impl PaymentTaskEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl PaymentTaskService for PaymentTaskEndpoint {
    async fn list_payment_tasks(
        &self,
        request: Request<v1::ListPaymentTasksRequest>,
    ) -> Result<Response<v1::ListPaymentTasksResponse>, Status> {
        let request = request.into_inner();
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListPaymentTasksRequest { page_size: 0, page_token: String::new(), ..request };
        let listed = self.application.list_tasks(filters.decided, &filters.encode_to_vec(), &token, size).await?;
        let (tasks, next_page_token) = listed;
        Ok(Response::new(v1::ListPaymentTasksResponse { tasks, next_page_token }))
    }

    async fn decide_payment_task(
        &self,
        request: Request<v1::DecidePaymentTaskRequest>,
    ) -> Result<Response<v1::DecidePaymentTaskResponse>, Status> {
        let mutation = Mutation::of(&self.application, "DecidePaymentTask", &request, |r| &r.request_id)?;
        let actor = actor(&request)?;
        let request = request.into_inner();
        let outcome = TaskOutcome::from_number(request.outcome)
            .ok_or_else(|| ServiceError::invalid("outcome", "INVALID_FIELDS", "must be an outcome of the contract"))?;
        let use_case =
            DecideTask { task: id("task", &request.task)?, outcome, actor, note: reason("note", &request.note)? };
        mutation.submit(use_case).await
    }
}
