use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::person_service_server::PersonService;
use contract::registry::v1::search_persons_request::Query;
use messaging::mutation::Mutation;
use platform::access::Scope;
use platform::request::{Violations, day, id, optional_day};
use tonic::{Request, Response, Status};

use super::fact::{as_of, invalid, period};
use super::person::{contact, identity, person_target, situation};
use super::profile::citizen_id;
use crate::app::Application;
use crate::app::person::answer;
use crate::app::person::correct_situation::CorrectSituation;
use crate::app::person::end_situation::EndSituation;
use crate::app::person::record_contact::RecordContact;
use crate::app::person::record_situation::RecordSituation;
use crate::app::person::refusal::person_not_found;
use crate::app::person::register_person::RegisterPerson;
use crate::app::person::update_person::UpdatePerson;

/// Keeps the adults around children.
#[derive(Clone, Debug)]
pub struct PersonEndpoint {
    application: Arc<Application>,
}

impl PersonEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl PersonService for PersonEndpoint {
    async fn register_person(
        &self,
        request: Request<v1::RegisterPersonRequest>,
    ) -> Result<Response<v1::RegisterPersonResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RegisterPerson", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = RegisterPerson {
            identity: identity(&request.identity.unwrap_or_default(), self.application.clock.today())?,
            contact: request.contact.as_ref().map(contact).transpose()?,
        };
        mutation.submit(use_case).await
    }

    async fn get_person(
        &self,
        request: Request<v1::GetPersonRequest>,
    ) -> Result<Response<v1::GetPersonResponse>, Status> {
        let request = request.into_inner();
        let as_of = as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), &self.application)?;
        let person = self.application.get_person(id("person", &request.person)?).await?;
        let person = answer::person(&person, as_of).ok_or_else(person_not_found)?;
        Ok(Response::new(v1::GetPersonResponse { person: Some(person) }))
    }

    async fn search_persons(
        &self,
        request: Request<v1::SearchPersonsRequest>,
    ) -> Result<Response<v1::SearchPersonsResponse>, Status> {
        let scope = Scope::of(&request)?;
        let persons = match request.into_inner().query {
            Some(Query::CitizenId(text)) => {
                let mut wrong = Violations::default();
                let id = citizen_id("citizen_id", &text, &mut wrong);
                wrong.none()?;
                let id = id.ok_or_else(|| invalid("citizen_id", "must say what to look for"))?;
                self.application.search_persons_by_citizen_id(id, &scope).await?
            }
            Some(Query::NameAndBirth(query)) => {
                let born = day("name_and_birth.birth_date", query.birth_date.as_ref())?;
                self.application.search_persons_by_name_and_birth(&query.full_name, born, &scope).await?
            }
            None => return Err(invalid("query", "must say what to look for").into()),
        };
        let today = self.application.clock.today();
        let persons = persons.iter().filter_map(|person| answer::today(person, today)).collect();
        Ok(Response::new(v1::SearchPersonsResponse { persons }))
    }

    async fn update_person(
        &self,
        request: Request<v1::UpdatePersonRequest>,
    ) -> Result<Response<v1::UpdatePersonResponse>, Status> {
        let mutation = Mutation::of(&self.application, "UpdatePerson", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = UpdatePerson {
            target: person_target(&request.person, &request.etag)?,
            identity: identity(&request.identity.unwrap_or_default(), self.application.clock.today())?,
            changed_on: optional_day("changed_on", request.changed_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn record_contact(
        &self,
        request: Request<v1::RecordContactRequest>,
    ) -> Result<Response<v1::RecordContactResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordContact", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = RecordContact {
            target: person_target(&request.person, &request.etag)?,
            contact: contact(&request.contact.unwrap_or_default())?,
            period: period("validity", request.validity.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn record_situation(
        &self,
        request: Request<v1::RecordSituationRequest>,
    ) -> Result<Response<v1::RecordSituationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordSituation", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let target = person_target(&request.person, &request.etag)?;
        let (situation, period) = situation(&request.situation.unwrap_or_default())?;
        mutation.submit(RecordSituation { target, situation, period }).await
    }

    async fn end_situation(
        &self,
        request: Request<v1::EndSituationRequest>,
    ) -> Result<Response<v1::EndSituationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "EndSituation", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = EndSituation {
            target: person_target(&request.person, &request.etag)?,
            id: id("situation", &request.situation)?,
            ended_on: day("ended_on", request.ended_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn correct_situation(
        &self,
        request: Request<v1::CorrectSituationRequest>,
    ) -> Result<Response<v1::CorrectSituationResponse>, Status> {
        let mutation = Mutation::of(&self.application, "CorrectSituation", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let target = person_target(&request.person, &request.etag)?;
        let given = request.situation.unwrap_or_default();
        let (situation, period) = situation(&given)?;
        mutation.submit(CorrectSituation { target, id: id("situation.id", &given.id)?, situation, period }).await
    }
}
