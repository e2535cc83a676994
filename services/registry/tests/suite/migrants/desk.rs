//! The desk of an office at which migrant children are entered.

use std::sync::Arc;

use contract::google::r#type::Date;
use contract::registry::v1;
use contract::registry::v1::migrant_service_server::MigrantService as _;
use kernel::CitizenId;
use registry::grpc::{LiaisonEndpoint, MigrantEndpoint, ReconciliationEndpoint};
use tonic::Status;

use crate::office::{Office, asked, day};

pub struct Desk {
    pub office: Office,
    pub migrants: MigrantEndpoint,
    pub reconciliations: ReconciliationEndpoint,
    pub liaison: LiaisonEndpoint,
}

impl Desk {
    pub async fn open() -> Self {
        let office = Office::open().await;
        let application = || Arc::clone(&office.application);
        Self {
            migrants: MigrantEndpoint::new(application()),
            reconciliations: ReconciliationEndpoint::new(application()),
            liaison: LiaisonEndpoint::new(application()),
            office,
        }
    }

    pub async fn try_record(&self, report: v1::MigrantReport) -> Result<v1::RecordMigrantResponse, Status> {
        let request = v1::RecordMigrantRequest { report: Some(report), ..Default::default() };
        Ok(self.migrants.record_migrant(asked(request)).await?.into_inner())
    }

    pub async fn record(&self, report: v1::MigrantReport) -> v1::MigrantEntry {
        self.try_record(report).await.unwrap().migrant.unwrap()
    }

    pub async fn batch(&self, reports: Vec<v1::MigrantReport>) -> Vec<v1::MigrantResult> {
        let request = v1::BatchRecordMigrantsRequest { reports, ..Default::default() };
        self.migrants.batch_record_migrants(asked(request)).await.unwrap().into_inner().results
    }

    pub async fn depart(&self, migrant: &str, left_on: Date) -> Result<v1::MigrantEntry, Status> {
        let request = v1::RecordMigrantDepartureRequest {
            migrant: migrant.to_owned(),
            left_on: Some(left_on),
            left_to: "370102".to_owned(),
            ..Default::default()
        };
        let answer = self.migrants.record_migrant_departure(asked(request)).await?;
        Ok(answer.into_inner().migrant.unwrap())
    }

    pub async fn get(&self, request: v1::GetMigrantRequest) -> Result<v1::MigrantEntry, Status> {
        Ok(self.migrants.get_migrant(asked(request)).await?.into_inner().migrant.unwrap())
    }

    pub async fn update(
        &self,
        migrant: &v1::MigrantEntry,
        facts: v1::MigrantFacts,
        paths: &[&str],
        valid_from: Option<Date>,
    ) -> Result<v1::MigrantEntry, Status> {
        let request = v1::UpdateMigrantRequest {
            migrant: migrant.id.clone(),
            etag: migrant.etag.clone(),
            facts: Some(facts),
            update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(ToString::to_string).collect() }),
            valid_from,
            ..Default::default()
        };
        Ok(self.migrants.update_migrant(asked(request)).await?.into_inner().migrant.unwrap())
    }
}

/// The `number`th child of a run, born in 2015, from Jinan, who came to a township of 惠民县 on 1 March 2024.
pub fn facts(number: u32) -> v1::MigrantFacts {
    let (month, day_of_month) = (1 + number / 28 % 12, 1 + number % 28);
    let id = CitizenId::complete(&format!("3716992015{month:02}{day_of_month:02}{:03}", number / 336)).unwrap();
    v1::MigrantFacts {
        full_name: format!("流童{number:05}"),
        citizen_id: id.as_str().to_owned(),
        birth_date: Some(contract::date::from_date(id.birth_date())),
        sex: id.sex().code().into(),
        guardian_name: format!("护人{number:05}"),
        guardian_phone: format!("1990001{number:04}"),
        registration_county: "370102".to_owned(),
        residence_division: "371621101".to_owned(),
        arrived_on: Some(day(2024, 3, 1)),
        school: "实验小学".to_owned(),
        ..Default::default()
    }
}

/// A school's report of them on 1 September 2024.
pub fn report(facts: v1::MigrantFacts) -> v1::MigrantReport {
    v1::MigrantReport {
        facts: Some(facts),
        sources: vec![v1::MigrantSource::School.into()],
        surveyed_on: Some(day(2024, 9, 1)),
    }
}
