use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::migrant_service_server::MigrantService;
use kernel::Month;
use messaging::mutation::Mutation;
use platform::page;
use platform::request::{area, day, day_or, id, instant_or};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::migrant::{amendment, destination, report};
use super::request::reader;
use crate::app::Application;
use crate::app::migrant::batch_record_migrants::BatchRecordMigrants;
use crate::app::migrant::record_migrant::RecordMigrant;
use crate::app::migrant::record_migrant_departure::RecordMigrantDeparture;
use crate::app::migrant::target::MigrantTarget;
use crate::app::migrant::update_migrant::UpdateMigrant;
use crate::app::published::Reader;
use crate::domain::migrant::Source;
use crate::domain::migrant::report::Scope;
use crate::store::migrant::listing::Filter;

/// Keeps the ledger of migrant children.
#[derive(Clone, Debug)]
pub struct MigrantEndpoint {
    application: Arc<Application>,
}

impl MigrantEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl MigrantService for MigrantEndpoint {
    async fn record_migrant(
        &self,
        request: Request<v1::RecordMigrantRequest>,
    ) -> Result<Response<v1::RecordMigrantResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "RecordMigrant", &request, |r| &r.request_id)?;
        let reported = request.into_inner().report.unwrap_or_default();
        let report = report(&reported, &application.divisions, application.clock.today())?;
        mutation.submit(RecordMigrant { report, rules: Arc::clone(&application.migrant_rules) }).await
    }

    async fn batch_record_migrants(
        &self,
        request: Request<v1::BatchRecordMigrantsRequest>,
    ) -> Result<Response<v1::BatchRecordMigrantsResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "BatchRecordMigrants", &request, |r| &r.request_id)?;
        let today = application.clock.today();
        let reports = request.get_ref().reports.iter().map(|one| report(one, &application.divisions, today));
        let use_case =
            BatchRecordMigrants { reports: reports.collect(), rules: Arc::clone(&application.migrant_rules) };
        mutation.submit(use_case).await
    }

    async fn update_migrant(
        &self,
        request: Request<v1::UpdateMigrantRequest>,
    ) -> Result<Response<v1::UpdateMigrantResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "UpdateMigrant", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = UpdateMigrant {
            target: target(&request.migrant, &request.etag)?,
            amendment: amendment(&request, &application.divisions)?,
            rules: Arc::clone(&application.migrant_rules),
        };
        mutation.submit(use_case).await
    }

    async fn record_migrant_departure(
        &self,
        request: Request<v1::RecordMigrantDepartureRequest>,
    ) -> Result<Response<v1::RecordMigrantDepartureResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "RecordMigrantDeparture", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = RecordMigrantDeparture {
            target: target(&request.migrant, &request.etag)?,
            left_on: day("left_on", request.left_on.as_ref())?,
            left_to: destination("left_to", &request.left_to)?,
            rules: Arc::clone(&application.migrant_rules),
        };
        mutation.submit(use_case).await
    }

    async fn get_migrant(
        &self,
        request: Request<v1::GetMigrantRequest>,
    ) -> Result<Response<v1::GetMigrantResponse>, Status> {
        let (request, clock) = (request.into_inner(), &self.application.clock);
        let day = day_or("as_of_valid", request.as_of_valid.as_ref(), clock.today())?;
        let known_at = instant_or(request.as_of_recorded.as_ref(), clock.now());
        let migrant = self.application.get_migrant(id("migrant", &request.migrant)?, day, known_at).await?;
        Ok(Response::new(v1::GetMigrantResponse { migrant: Some(migrant) }))
    }

    async fn list_migrants(
        &self,
        request: Request<v1::ListMigrantsRequest>,
    ) -> Result<Response<v1::ListMigrantsResponse>, Status> {
        let request = request.into_inner();
        let clock = &self.application.clock;
        let day = day_or("day", request.day.as_ref(), clock.today())?;
        let filter = Filter {
            division: area("division", &request.division)?,
            day: Some(day),
            known_at: request.as_of_recorded.as_ref().map(|time| instant_or(Some(time), clock.now())),
            source: Source::from_number(request.source),
        };
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListMigrantsRequest { page_size: 0, page_token: String::new(), ..request };
        let page = self.application.list_migrants(&filter, day, &filters.encode_to_vec(), &token, size).await?;
        Ok(Response::new(v1::ListMigrantsResponse { migrants: page.migrants, next_page_token: page.next }))
    }

    async fn report_migrants(
        &self,
        request: Request<v1::ReportMigrantsRequest>,
    ) -> Result<Response<v1::ReportMigrantsResponse>, Status> {
        let reader = reader(&request)?;
        let (request, clock) = (request.into_inner(), &self.application.clock);
        let day = day_or("day", request.day.as_ref(), clock.today())?;
        let scope = Scope {
            // The whole city is no narrower for being named.
            division: area("division", &request.division)?.filter(|division| division.county().is_some()),
            day,
            from: day_or("period_from", request.period_from.as_ref(), Month::of(day).first_day())?,
            known_at: match reader {
                Reader::Owner => instant_or(request.as_of_recorded.as_ref(), clock.now()),
                Reader::Other => clock.now(),
            },
        };
        Ok(Response::new(self.application.report_migrants(scope, reader).await?))
    }
}

fn target(migrant: &str, etag: &str) -> Result<MigrantTarget, Status> {
    Ok(MigrantTarget { migrant: id("migrant", migrant)?, etag: etag.to_owned() })
}
