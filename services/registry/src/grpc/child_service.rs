use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::child_service_server::ChildService;
use contract::registry::v1::search_children_request::Query;
use kernel::{ChildId, Month};
use messaging::mutation::Mutation;
use platform::access::Scope;
use platform::error::ServiceError;
use platform::page;
use platform::request::{Violations, area, day, id, optional_day, reason};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::profile::{citizen_id, patch, profile};
use super::request::{as_of, household, target};
use crate::app::Application;
use crate::app::answer;
use crate::app::end_child::EndChild;
use crate::app::merge_children::MergeChildren;
use crate::app::register_child::RegisterChild;
use crate::app::search_children::Known;
use crate::app::transfer_child::TransferChild;
use crate::app::unmerge_children::UnmergeChildren;
use crate::app::update_child::UpdateChild;
use crate::domain::child::EndReason;
use crate::domain::{Category, Child, Tier};
use crate::store::listing::Filter;
use crate::store::standing::ACTIVE;

/// Keeps the files of children.
#[derive(Clone, Debug)]
pub struct ChildEndpoint {
    application: Arc<Application>,
}

impl ChildEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl ChildService for ChildEndpoint {
    async fn register_child(
        &self,
        request: Request<v1::RegisterChildRequest>,
    ) -> Result<Response<v1::RegisterChildResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "RegisterChild", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let today = application.clock.today();
        let profile = profile(&request.profile.unwrap_or_default(), &application.divisions, today)?;
        mutation.submit(RegisterChild { profile }).await
    }

    async fn get_child(&self, request: Request<v1::GetChildRequest>) -> Result<Response<v1::GetChildResponse>, Status> {
        let request = request.get_ref();
        let child = id("child", &request.child)?;
        let now = self.application.clock.now();
        let child = match as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), now)? {
            None => answer::child(&self.application.get_child(child).await?),
            Some(as_of) => {
                let mut children = self.application.get_children_as_of(&[child], as_of).await?;
                children.pop().expect("one file was asked for")
            }
        };
        Ok(Response::new(v1::GetChildResponse { child: Some(child) }))
    }

    async fn batch_get_children(
        &self,
        request: Request<v1::BatchGetChildrenRequest>,
    ) -> Result<Response<v1::BatchGetChildrenResponse>, Status> {
        let ids = request
            .get_ref()
            .children
            .iter()
            .enumerate()
            .map(|(index, child)| id(&format!("children[{index}]"), child))
            .collect::<Result<Vec<ChildId>, _>>()?;
        let request = request.get_ref();
        let now = self.application.clock.now();
        let children = match as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), now)? {
            None => answers(&self.application.get_children(&ids).await?),
            Some(as_of) => self.application.get_children_as_of(&ids, as_of).await?,
        };
        Ok(Response::new(v1::BatchGetChildrenResponse { children }))
    }

    async fn list_children(
        &self,
        request: Request<v1::ListChildrenRequest>,
    ) -> Result<Response<v1::ListChildrenResponse>, Status> {
        let request = request.into_inner();
        let clock = &self.application.clock;
        let as_of = as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), clock.now())?;
        let day = as_of.map_or_else(|| clock.today(), |as_of| as_of.day);
        let filter = filter(&request, Month::of(day))?;
        let size = page::size(request.page_size);
        let token = request.page_token.clone();
        let filters = v1::ListChildrenRequest { page_size: 0, page_token: String::new(), ..request };
        let filters = filters.encode_to_vec();
        let (children, next_page_token) = match as_of {
            None => {
                let page = self.application.list_children(&filter, &filters, &token, size).await?;
                (answers(&page.children), page.next)
            }
            Some(as_of) => {
                let page = self.application.list_children_as_of(&filter, as_of, &filters, &token, size).await?;
                (page.children, page.next)
            }
        };
        Ok(Response::new(v1::ListChildrenResponse { children, next_page_token }))
    }

    async fn search_children(
        &self,
        request: Request<v1::SearchChildrenRequest>,
    ) -> Result<Response<v1::SearchChildrenResponse>, Status> {
        let scope = Scope::of(&request)?;
        let request = request.into_inner();
        let now = self.application.clock.now();
        let as_of = as_of(request.as_of_valid.as_ref(), request.as_of_recorded.as_ref(), now)?;
        let known = match request.query {
            Some(Query::CitizenId(text)) => {
                let mut wrong = Violations::default();
                let id = citizen_id("citizen_id", &text, &mut wrong);
                wrong.none()?;
                Known::CitizenId(id.ok_or_else(|| nothing_to_search("citizen_id"))?)
            }
            Some(Query::NameAndBirth(query)) => {
                let birth_date = day("name_and_birth.birth_date", query.birth_date.as_ref())?;
                Known::NameAndBirth(query.full_name, birth_date)
            }
            None => return Err(nothing_to_search("query").into()),
        };
        let children = match as_of {
            None => answers(&self.application.search_children(&known, &scope).await?),
            Some(as_of) => self.application.found_as_of(&self.application.search(&known, &scope).await?, as_of).await?,
        };
        Ok(Response::new(v1::SearchChildrenResponse { children }))
    }

    async fn update_child(
        &self,
        request: Request<v1::UpdateChildRequest>,
    ) -> Result<Response<v1::UpdateChildResponse>, Status> {
        let mutation = Mutation::of(&self.application, "UpdateChild", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let mask = request.update_mask.unwrap_or_default();
        let use_case = UpdateChild {
            target: target(&request.child, &request.etag)?,
            patch: patch(&request.profile.unwrap_or_default(), &mask.paths)?,
            valid_from: optional_day("valid_from", request.valid_from.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn transfer_child(
        &self,
        request: Request<v1::TransferChildRequest>,
    ) -> Result<Response<v1::TransferChildResponse>, Status> {
        let application = &self.application;
        let mutation = Mutation::of(application, "TransferChild", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = TransferChild {
            target: target(&request.child, &request.etag)?,
            to: household("household_division", &request.household_division, &application.divisions)?,
            transferred_on: day("transferred_on", request.transferred_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }

    async fn merge_children(
        &self,
        request: Request<v1::MergeChildrenRequest>,
    ) -> Result<Response<v1::MergeChildrenResponse>, Status> {
        let mutation = Mutation::of(&self.application, "MergeChildren", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = MergeChildren {
            target: target(&request.child, &request.etag)?,
            merged_child: id("merged_child", &request.merged_child)?,
            month: Month::of(self.application.clock.today()),
        };
        mutation.submit(use_case).await
    }

    async fn unmerge_children(
        &self,
        request: Request<v1::UnmergeChildrenRequest>,
    ) -> Result<Response<v1::UnmergeChildrenResponse>, Status> {
        let mutation = Mutation::of(&self.application, "UnmergeChildren", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let use_case = UnmergeChildren {
            target: target(&request.child, &request.etag)?,
            merged_child: id("merged_child", &request.merged_child)?,
            reason: reason("reason", &request.reason)?,
        };
        mutation.submit(use_case).await
    }

    async fn end_child(&self, request: Request<v1::EndChildRequest>) -> Result<Response<v1::EndChildResponse>, Status> {
        let mutation = Mutation::of(&self.application, "EndChild", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let reason = EndReason::from_number(request.reason)
            .ok_or_else(|| ServiceError::invalid("reason", "INVALID_FIELDS", "must be a reason of the contract"))?;
        let use_case = EndChild {
            target: target(&request.child, &request.etag)?,
            reason,
            ended_on: day("ended_on", request.ended_on.as_ref())?,
        };
        mutation.submit(use_case).await
    }
}

fn answers(children: &[Child]) -> Vec<v1::Child> {
    children.iter().map(answer::child).collect()
}

fn nothing_to_search(field: &str) -> ServiceError {
    ServiceError::invalid(field, "INVALID_FIELDS", "must say what to look for")
}

/// The filters of a list in a month.
fn filter(request: &v1::ListChildrenRequest, month: Month) -> Result<Filter, ServiceError> {
    let category = Category::from_number(request.category);
    let tier = Tier::from_number(request.tier);
    let carried: Option<Vec<Category>> = match (category, tier) {
        (None, None) => None,
        (Some(category), None) => Some(vec![category]),
        (category, Some(tier)) => {
            let wanted = |other: &Category| category.is_none_or(|category| category == *other);
            Some(Category::of_tier(tier).filter(wanted).collect())
        }
    };
    Ok(Filter {
        division: area("division", &request.division)?,
        state: Some(match request.state {
            0 => ACTIVE,
            state => state.into(),
        }),
        carries: carried.map(|categories| (categories, month)),
    })
}
