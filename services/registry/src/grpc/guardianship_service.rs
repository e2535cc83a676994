use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::guardianship_service_server::GuardianshipService;
use messaging::mutation::Mutation;
use platform::request::{day, id};
use tonic::{Request, Response, Status};

use super::fact::{as_of, means, period};
use super::guardianship::{child_target, household_target, leaver, member, role};
use crate::app::Application;
use crate::app::guardianship::answer;
use crate::app::guardianship::assign_role::AssignRole;
use crate::app::guardianship::correct_role::CorrectRole;
use crate::app::guardianship::end_role::EndRole;
use crate::app::household;
use crate::app::household::end_member::EndMember;
use crate::app::household::open_household::OpenHousehold;
use crate::app::household::record_means::RecordMeans;
use crate::app::household::record_member::RecordMember;

/// Keeps who stands around a child.
#[derive(Clone, Debug)]
pub struct GuardianshipEndpoint {
    application: Arc<Application>,
}

impl GuardianshipEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl GuardianshipService for GuardianshipEndpoint {
    async fn assign_role(
        &self,
        request: Request<v1::AssignRoleRequest>,
    ) -> Result<Response<v1::AssignRoleResponse>, Status> {
        let mutation = Mutation::of(&self.application, "AssignRole", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let target = child_target(&request.child, &request.etag)?;
        let (role, period) = role(&request.role.unwrap_or_default())?;
        mutation.submit(AssignRole { target, role, period }).await
    }

    async fn end_role(&self, request: Request<v1::EndRoleRequest>) -> Result<Response<v1::EndRoleResponse>, Status> {
        let mutation = Mutation::of(&self.application, "EndRole", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = EndRole {
            target: child_target(&request.child, &request.etag)?,
            id: id("role", &request.role)?,
            ended_on: day("ended_on", request.ended_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn correct_role(
        &self,
        request: Request<v1::CorrectRoleRequest>,
    ) -> Result<Response<v1::CorrectRoleResponse>, Status> {
        let mutation = Mutation::of(&self.application, "CorrectRole", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let target = child_target(&request.child, &request.etag)?;
        let given = request.role.unwrap_or_default();
        let (role, period) = role(&given)?;
        mutation.submit(CorrectRole { target, id: id("role.id", &given.id)?, role, period }).await
    }

    async fn get_guardianship(
        &self,
        request: Request<v1::GetGuardianshipRequest>,
    ) -> Result<Response<v1::GetGuardianshipResponse>, Status> {
        let request = request.into_inner();
        let as_of = as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), &self.application)?;
        let circle = self.application.get_guardianship(id("child", &request.child)?, as_of).await?;
        let guardianship = Some(answer::circle(&circle, as_of));
        Ok(Response::new(v1::GetGuardianshipResponse { guardianship }))
    }

    async fn open_household(
        &self,
        request: Request<v1::OpenHouseholdRequest>,
    ) -> Result<Response<v1::OpenHouseholdResponse>, Status> {
        let mutation = Mutation::of(&self.application, "OpenHousehold", &request, |r| &r.request_id)?;
        let members = &request.get_ref().members;
        let members = members.iter().enumerate().map(|(index, one)| member(&format!("members[{index}]"), one));
        let members = members.collect::<Result<_, _>>()?;
        mutation.submit(OpenHousehold { members }).await
    }

    async fn record_member(
        &self,
        request: Request<v1::RecordMemberRequest>,
    ) -> Result<Response<v1::RecordMemberResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordMember", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let target = household_target(&request.household, &request.etag)?;
        let (member, membership, period) = member("member", &request.member.unwrap_or_default())?;
        mutation.submit(RecordMember { target, member, membership, period }).await
    }

    async fn end_member(
        &self,
        request: Request<v1::EndMemberRequest>,
    ) -> Result<Response<v1::EndMemberResponse>, Status> {
        let mutation = Mutation::of(&self.application, "EndMember", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = EndMember {
            target: household_target(&request.household, &request.etag)?,
            member: leaver(request.member.as_ref())?,
            left_on: day("left_on", request.left_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn record_means(
        &self,
        request: Request<v1::RecordMeansRequest>,
    ) -> Result<Response<v1::RecordMeansResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordMeans", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = RecordMeans {
            target: household_target(&request.household, &request.etag)?,
            means: means("means", &request.means.unwrap_or_default())?,
            period: period("validity", request.validity.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn get_household(
        &self,
        request: Request<v1::GetHouseholdRequest>,
    ) -> Result<Response<v1::GetHouseholdResponse>, Status> {
        let request = request.into_inner();
        let as_of = as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), &self.application)?;
        let found = self.application.get_household(id("household", &request.household)?).await?;
        let household = Some(household::answer::household(&found, as_of));
        Ok(Response::new(v1::GetHouseholdResponse { household }))
    }
}
