use std::sync::Arc;

use contract::subsidies::v1;
use contract::subsidies::v1::insurance_service_server::InsuranceService;
use kernel::{Fen, Month};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::request::{id, reason};
use tonic::{Request, Response, Status};

use super::request::{Answers, optional_month, streamed};
use crate::app::Application;
use crate::app::insurance::RecordInsuranceResults;
use crate::store::insurance::Outcome;

/// Children in one answer.
const PART: u64 = 1_000;

/// Keeps the insurance that is bought for children.
#[derive(Clone, Debug)]
pub struct InsuranceEndpoint {
    application: Arc<Application>,
}

impl InsuranceEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl InsuranceService for InsuranceEndpoint {
    type ExportInsuredStream = Answers<v1::ExportInsuredResponse>;

    async fn open_policy_year(
        &self,
        request: Request<v1::OpenPolicyYearRequest>,
    ) -> Result<Response<v1::OpenPolicyYearResponse>, Status> {
        let mutation = Mutation::of(&self.application, "OpenPolicyYear", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let eligible = optional_month("eligible_month", request.eligible_month.as_ref())?
            .unwrap_or_else(|| Month::of(self.application.clock.today()));
        let (insurer, premium) = (reason("insurer", &request.insurer)?, Fen::new(request.premium_fen));
        self.application.open_policy_year(request.year, insurer, premium, eligible, mutation).await
    }

    async fn get_policy_year(
        &self,
        request: Request<v1::GetPolicyYearRequest>,
    ) -> Result<Response<v1::GetPolicyYearResponse>, Status> {
        let policy_year = Some(self.application.get_policy_year(request.into_inner().year).await?);
        Ok(Response::new(v1::GetPolicyYearResponse { policy_year }))
    }

    async fn export_insured(
        &self,
        request: Request<v1::ExportInsuredRequest>,
    ) -> Result<Response<Self::ExportInsuredStream>, Status> {
        let year = request.into_inner().year;
        self.application.get_policy_year(year).await?;
        let application = Arc::clone(&self.application);
        Ok(streamed(None, move |after| {
            let application = Arc::clone(&application);
            async move {
                let (children, last) = application.insured_after(year, after, PART).await?;
                Ok(last.map(|last| (v1::ExportInsuredResponse { children }, Some(last))))
            }
        }))
    }

    async fn record_insurance_results(
        &self,
        request: Request<v1::RecordInsuranceResultsRequest>,
    ) -> Result<Response<v1::RecordInsuranceResultsResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordInsuranceResults", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let results = request.results.into_iter().enumerate().map(|(index, result)| {
            let child = id(&format!("results[{index}].child"), &result.child)?;
            let outcome = match result.outcome() {
                v1::InsuranceOutcome::Enrolled => Outcome::Enrolled,
                v1::InsuranceOutcome::Refused => Outcome::Refused(result.reason.trim().to_owned()),
                v1::InsuranceOutcome::Unspecified => {
                    let field = format!("results[{index}].outcome");
                    return Err(ServiceError::invalid(field, "INVALID_FIELDS", "must be set"));
                }
            };
            Ok((child, outcome))
        });
        let results = results.collect::<Result<_, ServiceError>>()?;
        mutation.submit(RecordInsuranceResults { year: request.year, results }).await
    }
}
