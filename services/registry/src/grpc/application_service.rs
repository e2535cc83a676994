use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::application_service_server::ApplicationService;
use kernel::{ApplicationId, Instant};
use messaging::mutation::Mutation;
use platform::page;
use platform::request::{area, day, id, instant_or};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::evidence::evidence;
use super::fact::as_of;
use super::request::category;
use crate::app::Application;
use crate::app::category_application::answer;
use crate::app::category_application::check_application::CheckApplication;
use crate::app::category_application::confirm_application::ConfirmApplication;
use crate::app::category_application::refuse_application::RefuseApplication;
use crate::app::category_application::submit_application::SubmitApplication;
use crate::app::category_application::target::ApplicationTarget;
use crate::app::category_application::withdraw_application::WithdrawApplication;
use crate::domain::application::{Applicant, Check, Decision, Submission};
use crate::store::application::ApplicationFilter;

/// Leads categories from the application to the decision.
#[derive(Clone, Debug)]
pub struct ApplicationEndpoint {
    application: Arc<Application>,
}

impl ApplicationEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl ApplicationService for ApplicationEndpoint {
    async fn submit_application(
        &self,
        request: Request<v1::SubmitApplicationRequest>,
    ) -> Result<Response<v1::SubmitApplicationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "SubmitApplication", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let applicant = Applicant::from_number(request.applicant);
        let use_case = SubmitApplication {
            child: id("child", &request.child)?,
            submission: Submission {
                category: category("category", request.category)?,
                applicant: applicant.expect("the contract's rules were checked"),
                received_on: day("received_on", request.received_on.as_ref())?,
                evidence: evidence("evidence", &request.evidence)?,
                proposal: Vec::new(),
            },
            policy: Arc::clone(&self.application.policy),
        };
        mutation.submit(use_case).await
    }

    async fn check_application(
        &self,
        request: Request<v1::CheckApplicationRequest>,
    ) -> Result<Response<v1::CheckApplicationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "CheckApplication", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = CheckApplication {
            target: target(&request.application, &request.etag)?,
            check: Check {
                on: day("checked_on", request.checked_on.as_ref())?,
                supports: request.supports,
                opinion: request.opinion,
                evidence: evidence("evidence", &request.evidence)?,
            },
            policy: Arc::clone(&self.application.policy),
        };
        mutation.submit(use_case).await
    }

    async fn confirm_application(
        &self,
        request: Request<v1::ConfirmApplicationRequest>,
    ) -> Result<Response<v1::ConfirmApplicationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "ConfirmApplication", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let target = target(&request.application, &request.etag)?;
        let use_case = ConfirmApplication {
            child: self.application.file_of_application(target.application).await?,
            target,
            decision: Decision {
                on: day("decided_on", request.decided_on.as_ref())?,
                reasons: request.reasons,
                proposal: Vec::new(),
            },
            policy: Arc::clone(&self.application.policy),
        };
        mutation.submit(use_case).await
    }

    async fn refuse_application(
        &self,
        request: Request<v1::RefuseApplicationRequest>,
    ) -> Result<Response<v1::RefuseApplicationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RefuseApplication", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let target = target(&request.application, &request.etag)?;
        let use_case = RefuseApplication {
            child: self.application.file_of_application(target.application).await?,
            policy: Arc::clone(&self.application.policy),
            target,
            decision: Decision {
                on: day("decided_on", request.decided_on.as_ref())?,
                reasons: request.reasons,
                proposal: Vec::new(),
            },
        };
        mutation.submit(use_case).await
    }

    async fn withdraw_application(
        &self,
        request: Request<v1::WithdrawApplicationRequest>,
    ) -> Result<Response<v1::WithdrawApplicationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "WithdrawApplication", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = WithdrawApplication {
            target: target(&request.application, &request.etag)?,
            withdrawn_on: day("withdrawn_on", request.withdrawn_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn propose_categories(
        &self,
        request: Request<v1::ProposeCategoriesRequest>,
    ) -> Result<Response<v1::ProposeCategoriesResponse>, Status> {
        let request = request.get_ref();
        let child = id("child", &request.child)?;
        let (valid, recorded) = (request.as_of_valid.as_ref(), request.as_of_recorded.as_ref());
        let as_of = as_of(valid, recorded, &self.application)?;
        let proposals = self.application.propose_categories(child, as_of).await?;
        Ok(Response::new(v1::ProposeCategoriesResponse { proposals: answer::proposals(&proposals) }))
    }

    async fn get_application(
        &self,
        request: Request<v1::GetApplicationRequest>,
    ) -> Result<Response<v1::GetApplicationResponse>, Status> {
        let request = request.get_ref();
        let application: ApplicationId = id("application", &request.application)?;
        let application = match known_at(request.as_of_recorded.as_ref(), &self.application) {
            None => self.application.get_application(application).await?,
            Some(known) => self.application.get_application_known_at(application, known).await?,
        };
        Ok(Response::new(v1::GetApplicationResponse { application: Some(answer::application(&application)) }))
    }

    async fn list_applications(
        &self,
        request: Request<v1::ListApplicationsRequest>,
    ) -> Result<Response<v1::ListApplicationsResponse>, Status> {
        let request = request.into_inner();
        let filter = ApplicationFilter {
            county: area("county", &request.county)?,
            children: None,
            state: Some(i64::from(request.state)).filter(|state| *state != 0),
            late: request.late,
        };
        let child = match request.child.as_str() {
            "" => None,
            child => Some(id("child", child)?),
        };
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListApplicationsRequest { page_size: 0, page_token: String::new(), ..request };
        let known = known_at(filters.as_of_recorded.as_ref(), &self.application);
        let filters = filters.encode_to_vec();
        let page = self.application.list_applications(filter, child, known, &filters, &token, size).await?;
        Ok(Response::new(v1::ListApplicationsResponse {
            applications: page.applications.iter().map(answer::application).collect(),
            next_page_token: page.next,
        }))
    }
}

/// The instant asked for, nothing if the present is.
fn known_at(recorded: Option<&prost_types::Timestamp>, application: &Application) -> Option<Instant> {
    recorded.map(|recorded| instant_or(Some(recorded), application.clock.now()))
}

fn target(application: &str, etag: &str) -> Result<ApplicationTarget, Status> {
    Ok(ApplicationTarget { application: id("application", application)?, etag: etag.to_owned() })
}
