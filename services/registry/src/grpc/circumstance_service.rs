use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::circumstance::Fact;
use contract::registry::v1::circumstance_service_server::CircumstanceService;
use kernel::SchoolStage;
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::request::{day, id};
use tonic::{Request, Response, Status};

use super::evidence::evidence;
use super::fact::{as_of, disability, invalid, means, period, text};
use super::guardianship::child_target;
use crate::app::Application;
use crate::app::circumstance::answer;
use crate::app::circumstance::end_circumstance::EndCircumstance;
use crate::app::circumstance::record_circumstance::RecordCircumstance;
use crate::domain::circumstance::{
    Aspect, CareSetting, Circumstance, Consent, ConsentGiver, LeftBehind, Remark, Residence, Schooling,
};

/// Keeps children's own circumstances.
#[derive(Clone, Debug)]
pub struct CircumstanceEndpoint {
    application: Arc<Application>,
}

impl CircumstanceEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl CircumstanceService for CircumstanceEndpoint {
    async fn record_circumstance(
        &self,
        request: Request<v1::RecordCircumstanceRequest>,
    ) -> Result<Response<v1::RecordCircumstanceResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordCircumstance", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let given = request.circumstance.unwrap_or_default();
        let fact = given.fact.ok_or_else(|| invalid("circumstance.fact", "must be set"))?;
        let use_case = RecordCircumstance {
            target: child_target(&request.child, &request.etag)?,
            circumstance: circumstance(fact)?,
            period: period("circumstance.validity", given.validity.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn end_circumstance(
        &self,
        request: Request<v1::EndCircumstanceRequest>,
    ) -> Result<Response<v1::EndCircumstanceResponse>, Status> {
        let mutation = Mutation::of(&self.application, "EndCircumstance", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = EndCircumstance {
            target: child_target(&request.child, &request.etag)?,
            aspect: Aspect::from_number(request.aspect)
                .ok_or_else(|| invalid("aspect", "must be an aspect of the contract"))?,
            ended_on: day("ended_on", request.ended_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn get_circumstances(
        &self,
        request: Request<v1::GetCircumstancesRequest>,
    ) -> Result<Response<v1::GetCircumstancesResponse>, Status> {
        let request = request.into_inner();
        let as_of = as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), &self.application)?;
        let found = self.application.get_circumstances(id("child", &request.child)?).await?;
        let circumstances = Some(answer::circumstances(&found, as_of));
        Ok(Response::new(v1::GetCircumstancesResponse { circumstances }))
    }
}

/// What is so of a child.
fn circumstance(fact: Fact) -> Result<Circumstance, ServiceError> {
    Ok(match fact {
        Fact::Residence(residence) => Circumstance::Residence(Residence {
            division: id("circumstance.residence.division", &residence.division)?,
            address: text(&residence.address),
        }),
        Fact::Schooling(schooling) => Circumstance::Schooling(Schooling {
            stage: u8::try_from(schooling.stage).ok().and_then(SchoolStage::from_code).ok_or_else(|| {
                invalid("circumstance.schooling.stage", "must be a code of GB/T 4658 or our own for preschool")
            })?,
            school: text(&schooling.school),
            enrolled: schooling.enrolled,
            evidence: evidence("circumstance.schooling.evidence", &schooling.evidence)?,
        }),
        Fact::Disability(it) => Circumstance::Disability(disability("circumstance.disability", &it)?),
        Fact::SeriousIllness(it) => Circumstance::SeriousIllness(remark("circumstance.serious_illness", &it)?),
        Fact::Hiv(it) => Circumstance::Hiv(remark("circumstance.hiv", &it)?),
        Fact::FamilyMeans(it) => Circumstance::FamilyMeans(means("circumstance.family_means", &it)?),
        Fact::CareSetting(1) => Circumstance::CareSetting(CareSetting::Institution),
        Fact::CareSetting(2) => Circumstance::CareSetting(CareSetting::Community),
        Fact::CareSetting(_) => {
            return Err(invalid("circumstance.care_setting", "must be a care setting of the contract"));
        }
        Fact::GuardianshipFailure(it) => {
            Circumstance::GuardianshipFailure(remark("circumstance.guardianship_failure", &it)?)
        }
        Fact::WithoutGuardian(it) => Circumstance::WithoutGuardian(remark("circumstance.without_guardian", &it)?),
        Fact::SpecialGuardianship(it) => {
            Circumstance::SpecialGuardianship(remark("circumstance.special_guardianship", &it)?)
        }
        Fact::KeyDifficulty(it) => Circumstance::KeyDifficulty(remark("circumstance.key_difficulty", &it)?),
        Fact::HandoverConsent(consent) => Circumstance::HandoverConsent(Consent {
            given_by: ConsentGiver::from_number(consent.given_by)
                .ok_or_else(|| invalid("circumstance.handover_consent.given_by", "must be a giver of the contract"))?,
            evidence: evidence("circumstance.handover_consent.evidence", &consent.evidence)?,
        }),
        Fact::LeftBehind(left) => Circumstance::LeftBehind(LeftBehind {
            father_whereabouts: text(&left.father_whereabouts),
            mother_whereabouts: text(&left.mother_whereabouts),
            carer: match left.carer.as_str() {
                "" => None,
                carer => Some(id("circumstance.left_behind.carer", carer)?),
            },
        }),
    })
}

fn remark(field: &str, remark: &v1::Remark) -> Result<Remark, ServiceError> {
    Ok(Remark { text: text(&remark.text), evidence: evidence(&format!("{field}.evidence"), &remark.evidence)? })
}
