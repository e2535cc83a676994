use std::sync::Arc;

use contract::subsidies::v1;
use contract::subsidies::v1::payroll_service_server::PayrollService;
use kernel::{Fen, PaymentId, PayrollRunId};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::page;
use platform::request::{day, id, month, reason};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::request::{Answers, actor, key, streamed};
use crate::app::Application;
use crate::app::payroll::{CancelRun, OpenRun, RecordBankResults, Word};
use crate::domain::payment::{BankOutcome, BankResult, Return};
use crate::store::payment::{PaymentFilter, StateNumber};

/// Runs the payroll.
#[derive(Clone, Debug)]
pub struct PayrollEndpoint {
    application: Arc<Application>,
}

impl PayrollEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

fn run_id(text: &str) -> Result<PayrollRunId, ServiceError> {
    id("run", text)
}

#[tonic::async_trait]
impl PayrollService for PayrollEndpoint {
    type AccrueRunStream = Answers<v1::AccrueRunResponse>;
    type ExportPaymentsStream = Answers<v1::ExportPaymentsResponse>;
    type RecomputeRunStream = Answers<v1::RecomputeRunResponse>;

    async fn open_run(&self, request: Request<v1::OpenRunRequest>) -> Result<Response<v1::OpenRunResponse>, Status> {
        let mutation = Mutation::of(&self.application, "OpenRun", &request, |r| &r.request_id)?;
        let actor = actor(&request)?;
        let month = month("month", request.get_ref().month.as_ref())?;
        mutation.submit(OpenRun { month, actor }).await
    }

    async fn accrue_run(
        &self,
        request: Request<v1::AccrueRunRequest>,
    ) -> Result<Response<Self::AccrueRunStream>, Status> {
        let key = key("AccrueRun", &request)?;
        let request = request.into_inner();
        let run = run_id(&request.run)?;
        let accrual = self.application.accrue(run, request.anew, key).await?;
        let of_children = i64::try_from(accrual.of_children).unwrap_or(i64::MAX);
        let application = Arc::clone(&self.application);
        Ok(streamed(Some(accrual), move |accrual| {
            let application = Arc::clone(&application);
            async move {
                let Some(mut accrual) = accrual else { return Ok(None) };
                let accrued = accrual.next().await?;
                let children = i64::try_from(accrued.children).unwrap_or(i64::MAX);
                let run = if accrued.done { Some(application.get_run(run).await?) } else { None };
                let answer = v1::AccrueRunResponse { children, of_children: of_children.max(children), run };
                Ok(Some((answer, (!accrued.done).then_some(accrual))))
            }
        }))
    }

    async fn check_run(&self, request: Request<v1::CheckRunRequest>) -> Result<Response<v1::CheckRunResponse>, Status> {
        let mutation = Mutation::of(&self.application, "CheckRun", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        self.application.check_run(run_id(&request.run)?, request.etag, mutation).await
    }

    async fn approve_run(
        &self,
        request: Request<v1::ApproveRunRequest>,
    ) -> Result<Response<v1::ApproveRunResponse>, Status> {
        let mutation = Mutation::of(&self.application, "ApproveRun", &request, |r| &r.request_id)?;
        let actor = actor(&request)?;
        let request = request.into_inner();
        self.application.approve_run(run_id(&request.run)?, request.etag, actor, mutation).await
    }

    async fn cancel_run(
        &self,
        request: Request<v1::CancelRunRequest>,
    ) -> Result<Response<v1::CancelRunResponse>, Status> {
        let mutation = Mutation::of(&self.application, "CancelRun", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let (run, reason) = (run_id(&request.run)?, reason("reason", &request.reason)?);
        mutation.submit(CancelRun { run, etag: request.etag, reason }).await
    }

    async fn export_payments(
        &self,
        request: Request<v1::ExportPaymentsRequest>,
    ) -> Result<Response<Self::ExportPaymentsStream>, Status> {
        let key = key("ExportPayments", &request)?;
        let run = run_id(&request.into_inner().run)?;
        let export = self.application.export_payments(run, key).await?;
        Ok(streamed(export, |mut export| async move {
            let next = export.next().await?;
            Ok(next.map(|instructions| (v1::ExportPaymentsResponse { instructions }, export)))
        }))
    }

    async fn record_bank_results(
        &self,
        request: Request<v1::RecordBankResultsRequest>,
    ) -> Result<Response<v1::RecordBankResultsResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordBankResults", &request, |r| &r.request_id)?;
        let words = request.into_inner().results.into_iter().enumerate().map(|(index, result)| word(index, result));
        mutation.submit(RecordBankResults { words: words.collect::<Result<_, _>>()? }).await
    }

    async fn reconcile_run(
        &self,
        request: Request<v1::ReconcileRunRequest>,
    ) -> Result<Response<v1::ReconcileRunResponse>, Status> {
        let mutation = Mutation::of(&self.application, "ReconcileRun", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        self.application.reconcile_run(run_id(&request.run)?, request.etag, mutation).await
    }

    async fn get_run(&self, request: Request<v1::GetRunRequest>) -> Result<Response<v1::GetRunResponse>, Status> {
        let request = request.into_inner();
        let run = match request.run.as_str() {
            "" => self.application.get_run_of(month("month", request.month.as_ref())?).await?,
            run => self.application.get_run(run_id(run)?).await?,
        };
        Ok(Response::new(v1::GetRunResponse { run: Some(run) }))
    }

    async fn list_runs(&self, _: Request<v1::ListRunsRequest>) -> Result<Response<v1::ListRunsResponse>, Status> {
        Ok(Response::new(v1::ListRunsResponse { runs: self.application.list_runs().await? }))
    }

    async fn list_payments(
        &self,
        request: Request<v1::ListPaymentsRequest>,
    ) -> Result<Response<v1::ListPaymentsResponse>, Status> {
        let request = request.into_inner();
        let filter = PaymentFilter {
            run: optional("run", &request.run)?,
            child: optional("child", &request.child)?,
            state: StateNumber::from_number(request.state),
            with_arrears: false,
        };
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListPaymentsRequest { page_size: 0, page_token: String::new(), ..request };
        let listed = self.application.list_payments(&filter, &filters.encode_to_vec(), &token, size).await?;
        let (payments, next_page_token) = listed;
        Ok(Response::new(v1::ListPaymentsResponse { payments, next_page_token }))
    }

    async fn get_run_totals(
        &self,
        request: Request<v1::GetRunTotalsRequest>,
    ) -> Result<Response<v1::GetRunTotalsResponse>, Status> {
        let totals = self.application.run_totals(run_id(&request.into_inner().run)?).await?;
        Ok(Response::new(v1::GetRunTotalsResponse { totals }))
    }

    async fn get_year_totals(
        &self,
        request: Request<v1::GetYearTotalsRequest>,
    ) -> Result<Response<v1::GetYearTotalsResponse>, Status> {
        Ok(Response::new(self.application.year_totals(request.into_inner().year).await?))
    }

    async fn explain_payment(
        &self,
        request: Request<v1::ExplainPaymentRequest>,
    ) -> Result<Response<v1::ExplainPaymentResponse>, Status> {
        let payment: PaymentId = id("payment", &request.into_inner().payment)?;
        let explanation = Some(self.application.explain_payment(payment).await?);
        Ok(Response::new(v1::ExplainPaymentResponse { explanation }))
    }

    async fn recompute_run(
        &self,
        request: Request<v1::RecomputeRunRequest>,
    ) -> Result<Response<Self::RecomputeRunStream>, Status> {
        let run = run_id(&request.into_inner().run)?;
        let recomputation = self.application.recompute_run(run).await?;
        Ok(streamed(Some(recomputation), |recomputation| async move {
            let Some(mut recomputation) = recomputation else { return Ok(None) };
            let answer = recomputation.next().await?;
            let rest = (!answer.done).then_some(recomputation);
            Ok(Some((answer, rest)))
        }))
    }
}

fn optional<K: kernel::IdKind>(field: &str, text: &str) -> Result<Option<kernel::Id<K>>, ServiceError> {
    match text {
        "" => Ok(None),
        text => id(field, text).map(Some),
    }
}

fn word(index: usize, result: v1::BankResult) -> Result<Word, ServiceError> {
    let field = |name: &str| format!("results[{index}].{name}");
    let on = day(&field("settled_on"), result.settled_on.as_ref())?;
    let outcome = match result.outcome() {
        v1::BankOutcome::Settled => BankOutcome::Settled(on),
        v1::BankOutcome::Returned => BankOutcome::Returned(Return { on, reason: result.reason.trim().to_owned() }),
        v1::BankOutcome::Unspecified => {
            return Err(ServiceError::invalid(field("outcome"), "INVALID_FIELDS", "must be set"));
        }
    };
    let payment = id(&field("payment"), &result.payment)?;
    Ok(Word { payment, result: BankResult { amount: Fen::new(result.amount_fen), outcome } })
}
