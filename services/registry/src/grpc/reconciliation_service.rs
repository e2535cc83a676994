use std::sync::Arc;

use contract::date::to_date;
use contract::registry::v1;
use contract::registry::v1::reconciliation_service_server::ReconciliationService;
use kernel::spelling::trimmed;
use kernel::{Division, DivisionLevel};
use messaging::journal::RequestKey;
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::page;
use platform::request::{Violations, area, day, id};
use prost::Message as _;
use tonic::{Request, Response, Status, Streaming};

use super::profile::citizen_id;
use crate::app::Application;
use crate::app::reconciliation::answer;
use crate::app::reconciliation::send_rows::SendRows;
use crate::app::reconciliation::start_reconciliation::StartReconciliation;
use crate::app::refusal::unknown_division;
use crate::domain::migrant::Source;
use crate::domain::migrant::particulars::NameKey;
use crate::domain::migrant::reconciliation::{Found, ListRow};
use crate::store::migrant::sealed::{citizen_id_hash, name_hash, school_hash};

/// Compares the ledger of migrant children with other lists.
#[derive(Clone, Debug)]
pub struct ReconciliationEndpoint {
    application: Arc<Application>,
}

impl ReconciliationEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }

    /// The city or a county of it.
    fn scope(&self, code: &str) -> Result<Division, ServiceError> {
        let divisions = &self.application.divisions;
        let known = match area("division", code)? {
            Some(division) => Some(division),
            None => divisions.iter().map(|(division, _)| division).find(|it| it.level() == DivisionLevel::City),
        };
        known.filter(|division| divisions.contains(*division)).ok_or_else(|| unknown_division("division"))
    }

    /// A row as it is kept: what identifies the child hashed.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` with the field of `at` at fault.
    pub fn row(&self, row: &v1::ReconciliationRow, at: &str) -> Result<ListRow, ServiceError> {
        let vault = &self.application.vault;
        let mut wrong = Violations::default();
        let citizen = citizen_id(&format!("{at}.citizen_id"), &row.citizen_id, &mut wrong);
        let mut date = |field: &str, date: Option<&contract::google::r#type::Date>| {
            date.and_then(|date| match to_date(date) {
                Ok(day) => Some(day),
                Err(error) => {
                    wrong.add(format!("{at}.{field}"), "INVALID_FIELDS", error.to_string());
                    None
                }
            })
        };
        let born = date("birth_date", row.birth_date.as_ref()).or_else(|| citizen.map(|id| id.birth_date()));
        let arrived_on = date("arrived_on", row.arrived_on.as_ref());
        if let (Some(id), Some(born)) = (citizen, born)
            && id.birth_date() != born
        {
            let expected = "the citizen id and the day of birth disagree";
            wrong.add(format!("{at}.citizen_id"), "ID_BIRTH_MISMATCH", expected);
        }
        let full_name = trimmed(&row.full_name);
        let name = born.filter(|_| !full_name.is_empty()).map(|born| NameKey::new(full_name, born));
        if citizen.is_none() && name.is_none() && row.citizen_id.is_empty() {
            let expected = "must have a citizen id, or a name and a day of birth";
            wrong.add(at, "ROW_WITHOUT_IDENTITY", expected);
        }
        wrong.none()?;
        Ok(ListRow {
            number: u32::try_from(row.number).unwrap_or_default(),
            citizen_id: citizen.map(|id| citizen_id_hash(vault, &id)),
            name: name.map(|name| name_hash(vault, &name)),
            arrived_on,
            residence: area(&format!("{at}.residence_division"), &row.residence_division)?,
            school: school_hash(vault, &row.school),
        })
    }
}

#[tonic::async_trait]
impl ReconciliationService for ReconciliationEndpoint {
    async fn start_reconciliation(
        &self,
        request: Request<v1::StartReconciliationRequest>,
    ) -> Result<Response<v1::StartReconciliationResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "StartReconciliation", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let source = Source::from_number(request.source)
            .ok_or_else(|| ServiceError::invalid("source", "INVALID_FIELDS", "must be a source of the contract"))?;
        let day = request.day.as_ref().map(|date| day("day", Some(date))).transpose()?;
        let division = self.scope(&request.division)?;
        let limit = application.policy.reconciliation_days;
        mutation.submit(StartReconciliation { source, division, day, limit }).await
    }

    async fn send_reconciliation_rows(
        &self,
        request: Request<Streaming<v1::SendReconciliationRowsRequest>>,
    ) -> Result<Response<v1::SendReconciliationRowsResponse>, Status> {
        let mut parts = request.into_inner();
        let mut received = 0;
        while let Some(part) = parts.message().await? {
            let rows = part.rows.iter().enumerate().map(|(index, row)| self.row(row, &format!("rows[{index}]")));
            let use_case = SendRows {
                reconciliation: id("reconciliation", &part.reconciliation)?,
                rows: rows.collect::<Result<_, _>>()?,
            };
            let key = RequestKey::none("SendReconciliationRows");
            received += self.application.journal.submit(use_case, key).await?.received;
        }
        Ok(Response::new(v1::SendReconciliationRowsResponse { received }))
    }

    async fn finish_reconciliation(
        &self,
        request: Request<v1::FinishReconciliationRequest>,
    ) -> Result<Response<v1::FinishReconciliationResponse>, Status> {
        let reconciliation = id("reconciliation", &request.get_ref().reconciliation)?;
        let key = RequestKey::none("FinishReconciliation");
        Ok(Response::new(self.application.finish_reconciliation(reconciliation, key).await?))
    }

    async fn get_reconciliation(
        &self,
        request: Request<v1::GetReconciliationRequest>,
    ) -> Result<Response<v1::GetReconciliationResponse>, Status> {
        let reconciliation = id("reconciliation", &request.get_ref().reconciliation)?;
        let reconciliation = self.application.get_reconciliation(reconciliation).await?;
        let limit = self.application.policy.reconciliation_days;
        let reconciliation = Some(answer::reconciliation(&reconciliation, limit));
        Ok(Response::new(v1::GetReconciliationResponse { reconciliation }))
    }

    async fn list_reconciliation_results(
        &self,
        request: Request<v1::ListReconciliationResultsRequest>,
    ) -> Result<Response<v1::ListReconciliationResultsResponse>, Status> {
        let request = request.into_inner();
        let reconciliation = id("reconciliation", &request.reconciliation)?;
        let found = Found::ALL.into_iter().find(|found| found.number() == request.outcome);
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListReconciliationResultsRequest { page_size: 0, page_token: String::new(), ..request };
        let filters = filters.encode_to_vec();
        let page = self.application.list_reconciliation_results(reconciliation, found, &filters, &token, size).await?;
        let results = page.results.iter().map(answer::result).collect();
        Ok(Response::new(v1::ListReconciliationResultsResponse { results, next_page_token: page.next }))
    }
}
