use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::appoint_worker_request::Subject;
use contract::registry::v1::replace_worker_request::Successor;
use contract::registry::v1::worker_service_server::WorkerService;
use kernel::spelling::trimmed;
use kernel::{DivisionDirectory, Period, WorkerId};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::page;
use platform::request::{Violations, area, day, id, instant, optional_day};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::profile::masked_rules;
use crate::app::Application;
use crate::app::refusal::unknown_division;
use crate::app::worker::acknowledge_guide::AcknowledgeGuide;
use crate::app::worker::answer;
use crate::app::worker::appoint_worker::AppointWorker;
use crate::app::worker::assign_child::AssignChild;
use crate::app::worker::end_appointment::EndAppointment;
use crate::app::worker::record_training::RecordTraining;
use crate::app::worker::refusal::{empty_period, worker_not_found, wrong_level};
use crate::app::worker::replace_worker::ReplaceWorker;
use crate::app::worker::target::{Appointee, WorkerTarget};
use crate::app::worker::update_worker::UpdateWorker;
use crate::domain::worker::{Person, PersonPatch, Post, Role};
use crate::store::worker::listing::Filter;

/// Keeps workers.
#[derive(Clone, Debug)]
pub struct WorkerEndpoint {
    application: Arc<Application>,
}

impl WorkerEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl WorkerService for WorkerEndpoint {
    async fn appoint_worker(
        &self,
        request: Request<v1::AppointWorkerRequest>,
    ) -> Result<Response<v1::AppointWorkerResponse>, Status> {
        let mutation = Mutation::of(&self.application, "AppointWorker", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = AppointWorker {
            appointee: match request.subject {
                Some(Subject::Worker(worker)) => Appointee::Known(target("worker", &worker, &request.etag)?),
                Some(Subject::Person(found)) => Appointee::New(person(&found)?),
                None => return Err(nobody("subject").into()),
            },
            post: post(request.role, &request.division, &self.application.divisions)?,
            from: day("from", request.from.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn replace_worker(
        &self,
        request: Request<v1::ReplaceWorkerRequest>,
    ) -> Result<Response<v1::ReplaceWorkerResponse>, Status> {
        let mutation = Mutation::of(&self.application, "ReplaceWorker", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = ReplaceWorker {
            target: target("worker", &request.worker, &request.etag)?,
            successor: match request.successor {
                Some(Successor::Known(worker)) => Appointee::Known(target("known", &worker, "")?),
                Some(Successor::Person(found)) => Appointee::New(person(&found)?),
                None => return Err(nobody("successor").into()),
            },
            from: day("from", request.from.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn update_worker(
        &self,
        request: Request<v1::UpdateWorkerRequest>,
    ) -> Result<Response<v1::UpdateWorkerResponse>, Status> {
        let mutation = Mutation::of(&self.application, "UpdateWorker", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let mask = request.update_mask.unwrap_or_default();
        let use_case = UpdateWorker {
            target: target("worker", &request.worker, &request.etag)?,
            patch: patch(&request.person.unwrap_or_default(), &mask.paths)?,
            valid_from: optional_day("valid_from", request.valid_from.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn end_appointment(
        &self,
        request: Request<v1::EndAppointmentRequest>,
    ) -> Result<Response<v1::EndAppointmentResponse>, Status> {
        let mutation = Mutation::of(&self.application, "EndAppointment", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = EndAppointment {
            target: target("worker", &request.worker, &request.etag)?,
            until: day("until", request.until.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn record_training(
        &self,
        request: Request<v1::RecordTrainingRequest>,
    ) -> Result<Response<v1::RecordTrainingResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordTraining", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let training = request.training.unwrap_or_default();
        let use_case = RecordTraining {
            target: target("worker", &request.worker, &request.etag)?,
            on: day("training.trained_on", training.trained_on.as_ref())?,
            hours: u32::try_from(training.hours).unwrap_or_default(),
            topic: trimmed(&training.topic).to_owned(),
            certificate: trimmed(&training.certificate).to_owned(),
        };
        mutation.submit(use_case).await
    }

    async fn acknowledge_guide(
        &self,
        request: Request<v1::AcknowledgeGuideRequest>,
    ) -> Result<Response<v1::AcknowledgeGuideResponse>, Status> {
        let mutation = Mutation::of(&self.application, "AcknowledgeGuide", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let acknowledgement = request.acknowledgement.unwrap_or_default();
        let use_case = AcknowledgeGuide {
            target: target("worker", &request.worker, &request.etag)?,
            on: day("acknowledgement.acknowledged_on", acknowledgement.acknowledged_on.as_ref())?,
            guide: trimmed(&acknowledgement.guide_version).to_owned(),
        };
        mutation.submit(use_case).await
    }

    async fn assign_child(
        &self,
        request: Request<v1::AssignChildRequest>,
    ) -> Result<Response<v1::AssignChildResponse>, Status> {
        let mutation = Mutation::of(&self.application, "AssignChild", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let until = request.until.as_ref().map(|until| day("until", Some(until))).transpose()?;
        let use_case = AssignChild {
            child: id("child", &request.child)?,
            worker: match request.worker.as_str() {
                "" => None,
                worker => Some(id("worker", worker)?),
            },
            days: Period::new(day("from", request.from.as_ref())?, until).map_err(|_| empty_period("until"))?,
        };
        mutation.submit(use_case).await
    }

    async fn get_worker(
        &self,
        request: Request<v1::GetWorkerRequest>,
    ) -> Result<Response<v1::GetWorkerResponse>, Status> {
        let request = request.into_inner();
        let valid = match &request.as_of_valid {
            None => self.application.clock.today(),
            Some(date) => day("as_of_valid", Some(date))?,
        };
        let recorded = match &request.as_of_recorded {
            None => self.application.clock.now(),
            Some(time) => instant("as_of_recorded", time)?,
        };
        let worker: WorkerId = id("worker", &request.worker)?;
        let worker = self.application.get_worker(worker).await?;
        let worker = answer::worker_as_of(&worker, valid, recorded).ok_or_else(worker_not_found)?;
        Ok(Response::new(v1::GetWorkerResponse { worker: Some(worker) }))
    }

    async fn list_workers(
        &self,
        request: Request<v1::ListWorkersRequest>,
    ) -> Result<Response<v1::ListWorkersResponse>, Status> {
        let request = request.into_inner();
        let today = self.application.clock.today();
        let filter = Filter {
            on: today,
            division: area("division", &request.division)?,
            role: Role::from_number(request.role),
            without_training: request.without_training,
        };
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListWorkersRequest { page_size: 0, page_token: String::new(), ..request };
        let page = self.application.list_workers(&filter, &filters.encode_to_vec(), &token, size).await?;
        let workers = page.workers.iter().map(|worker| answer::worker(worker, today)).collect();
        Ok(Response::new(v1::ListWorkersResponse { workers, next_page_token: page.next }))
    }
}

fn target(field: &str, worker: &str, etag: &str) -> Result<WorkerTarget, ServiceError> {
    Ok(WorkerTarget { worker: id(field, worker)?, etag: etag.to_owned() })
}

fn person(person: &v1::WorkerPerson) -> Result<Person, ServiceError> {
    let full_name = trimmed(&person.full_name).to_owned();
    if full_name.is_empty() {
        return Err(ServiceError::invalid("person.full_name", "NAME_MISSING", "must not be blank"));
    }
    Ok(Person { full_name, phone: trimmed(&person.phone).to_owned() })
}

/// The fields that a mask names, with their new values.
fn patch(person: &v1::WorkerPerson, paths: &[String]) -> Result<PersonPatch, ServiceError> {
    let mut wrong = Violations::default();
    if paths.is_empty() {
        wrong.add("update_mask", "INVALID_FIELDS", "must name a field of the person");
    }
    masked_rules("person", person, paths, &mut wrong);
    let mut patch = PersonPatch::default();
    for (index, path) in paths.iter().enumerate() {
        match path.as_str() {
            "full_name" if !person.full_name.is_empty() && trimmed(&person.full_name).is_empty() => {
                wrong.add("person.full_name", "NAME_MISSING", "must not be blank");
            }
            "full_name" => patch.full_name = Some(trimmed(&person.full_name).to_owned()),
            "phone" => patch.phone = Some(trimmed(&person.phone).to_owned()),
            _ => wrong.add(format!("update_mask.paths[{index}]"), "INVALID_FIELDS", "must be a field of the person"),
        }
    }
    wrong.none()?;
    Ok(patch)
}

fn post(role: i32, division: &str, divisions: &DivisionDirectory) -> Result<Post, ServiceError> {
    let role = Role::from_number(role)
        .ok_or_else(|| ServiceError::invalid("role", "INVALID_FIELDS", "must be a role of the contract"))?;
    let division = area("division", division)?.filter(|division| divisions.contains(*division));
    Post::new(role, division.ok_or_else(|| unknown_division("division"))?).map_err(wrong_level)
}

fn nobody(field: &str) -> ServiceError {
    ServiceError::invalid(field, "INVALID_FIELDS", "must say who")
}
