use std::sync::Arc;

use contract::date::to_month;
use contract::google::r#type::Date as WireDate;
use contract::registry::v1;
use contract::registry::v1::visit_service_server::VisitService;
use contract::validation::{Refusal, check_message};
use kernel::Month;
use kernel::spelling::trimmed;
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::page;
use platform::request::{Violations, area, day, id};
use prost::Message as _;
use tonic::{Request, Response, Status};

use crate::app::Application;
use crate::app::visit::answer;
use crate::app::visit::list_due_visits::DueFilter;
use crate::app::visit::record_visit::RecordVisit;
use crate::app::visit::record_visits::{Entry, RecordVisits};
use crate::app::visit::set_special_migrant::SetSpecialMigrant;
use crate::domain::visit::{Guardianship, Risk, VisitFacts, VisitKind};

/// Keeps visits.
#[derive(Clone, Debug)]
pub struct VisitEndpoint {
    application: Arc<Application>,
}

impl VisitEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl VisitService for VisitEndpoint {
    async fn record_visit(
        &self,
        request: Request<v1::RecordVisitRequest>,
    ) -> Result<Response<v1::RecordVisitResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordVisit", &request, |r| &r.request_id)?;
        let facts = facts(&request.into_inner().visit.unwrap_or_default())?;
        mutation.submit(RecordVisit { facts }).await
    }

    async fn record_visits(
        &self,
        request: Request<v1::RecordVisitsRequest>,
    ) -> Result<Response<v1::RecordVisitsResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordVisits", &request, |r| &r.request_id)?;
        let entry = |(index, entry): (usize, &v1::VisitEntry)| {
            let facts = entry.visit.clone().unwrap_or_default();
            Ok(Entry { id: id(&format!("entries[{index}].id"), &entry.id)?, facts: checked(&facts) })
        };
        let entries = request.get_ref().entries.iter().enumerate().map(entry).collect::<Result<_, ServiceError>>()?;
        mutation.submit(RecordVisits { entries }).await
    }

    async fn list_due_visits(
        &self,
        request: Request<v1::ListDueVisitsRequest>,
    ) -> Result<Response<v1::ListDueVisitsResponse>, Status> {
        let request = request.into_inner();
        let filter = DueFilter {
            worker: id("worker", &request.worker)?,
            month: month("month", request.month.as_ref())?,
            open_only: request.open_only,
        };
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListDueVisitsRequest { page_size: 0, page_token: String::new(), ..request };
        let page = self.application.list_due_visits(filter, &filters.encode_to_vec(), &token, size).await?;
        let due = page.due.iter().map(answer::due).collect();
        Ok(Response::new(v1::ListDueVisitsResponse { due, next_page_token: page.next }))
    }

    async fn list_visits(
        &self,
        request: Request<v1::ListVisitsRequest>,
    ) -> Result<Response<v1::ListVisitsResponse>, Status> {
        let request = request.into_inner();
        let child = id("child", &request.child)?;
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListVisitsRequest { page_size: 0, page_token: String::new(), ..request };
        let page = self.application.list_visits(child, &filters.encode_to_vec(), &token, size).await?;
        let visits = page.visits.iter().map(answer::visit).collect();
        Ok(Response::new(v1::ListVisitsResponse { visits, next_page_token: page.next }))
    }

    async fn summarise_visits(
        &self,
        request: Request<v1::SummariseVisitsRequest>,
    ) -> Result<Response<v1::SummariseVisitsResponse>, Status> {
        let request = request.into_inner();
        let month = month("month", request.month.as_ref())?;
        let division = area("division", &request.division)?;
        let (townships, total) = self.application.summarise_visits(month, division).await?;
        Ok(Response::new(v1::SummariseVisitsResponse {
            townships: townships.iter().map(answer::counts).collect(),
            total: Some(answer::counts(&total)),
        }))
    }

    async fn set_special_migrant(
        &self,
        request: Request<v1::SetSpecialMigrantRequest>,
    ) -> Result<Response<v1::SetSpecialMigrantResponse>, Status> {
        let mutation = Mutation::of(&self.application, "SetSpecialMigrant", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        mutation.submit(SetSpecialMigrant { child: id("child", &request.child)?, special: request.special }).await
    }
}

/// A visit of a batch, which the contract's rules have not seen yet.
fn checked(visit: &v1::VisitFacts) -> Result<VisitFacts, ServiceError> {
    if let Err(Refusal::Violations(violations)) = check_message(visit) {
        let mut wrong = Violations::default();
        for violation in violations {
            wrong.add(format!("visit.{}", violation.field), "INVALID_FIELDS", violation.expected);
        }
        wrong.none()?;
    }
    facts(visit)
}

fn facts(visit: &v1::VisitFacts) -> Result<VisitFacts, ServiceError> {
    let unknown = |field: &str| ServiceError::invalid(field, "INVALID_FIELDS", "must be a value of the contract");
    Ok(VisitFacts {
        child: id("visit.child", &visit.child)?,
        worker: id("visit.worker", &visit.worker)?,
        on: day("visit.visited_on", visit.visited_on.as_ref())?,
        kind: VisitKind::from_number(visit.kind).ok_or_else(|| unknown("visit.kind"))?,
        guardianship: Guardianship::from_number(visit.guardianship).ok_or_else(|| unknown("visit.guardianship"))?,
        risk: Risk::from_number(visit.risk).ok_or_else(|| unknown("visit.risk"))?,
        notes: trimmed(&visit.notes).to_owned(),
        evidence: visit.evidence.clone(),
    })
}

/// A month in a field.
fn month(field: &str, date: Option<&WireDate>) -> Result<Month, ServiceError> {
    let missing = || ServiceError::invalid(field, "INVALID_FIELDS", "must be set");
    to_month(date.ok_or_else(missing)?)
        .map_err(|error| ServiceError::invalid(field, "INVALID_FIELDS", error.to_string()))
}
