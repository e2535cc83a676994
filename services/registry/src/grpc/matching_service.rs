use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::matching_service_server::MatchingService;
use kernel::Sex;
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::page;
use platform::request::{Violations, area, day, id, reason};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::profile::citizen_id;
use crate::app::Application;
use crate::app::matching::answer;
use crate::app::matching::list_duplicates::DuplicateFilter;
use crate::app::matching::mark_different::MarkDifferent;
use crate::app::matching::refusal::{same_child, too_little_known};
use crate::app::matching::unmark_different::UnmarkDifferent;
use crate::domain::matching::name::Name;
use crate::domain::matching::{Band, Pair, Traits};

/// Files in an answer where the caller names no number.
const CANDIDATES: usize = 20;
/// Files in an answer at most.
const MOST_CANDIDATES: usize = 100;

/// Finds files of one child.
#[derive(Clone, Debug)]
pub struct MatchingEndpoint {
    application: Arc<Application>,
}

impl MatchingEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl MatchingService for MatchingEndpoint {
    async fn search_candidates(
        &self,
        request: Request<v1::SearchCandidatesRequest>,
    ) -> Result<Response<v1::SearchCandidatesResponse>, Status> {
        let request = request.get_ref();
        let wanted = traits(request)?;
        let limit = match usize::try_from(request.page_size).unwrap_or_default() {
            0 => CANDIDATES,
            size => size.min(MOST_CANDIDATES),
        };
        let candidates = self.application.search_candidates(&wanted, limit).await?;
        let weights = &self.application.policy.matching;
        Ok(Response::new(v1::SearchCandidatesResponse {
            candidates: candidates.found.iter().map(answer::candidate).collect(),
            truncated: candidates.truncated,
            maximum: weights.maximum(),
            weights_version: weights.version().to_owned(),
        }))
    }

    async fn list_duplicates(
        &self,
        request: Request<v1::ListDuplicatesRequest>,
    ) -> Result<Response<v1::ListDuplicatesResponse>, Status> {
        let request = request.into_inner();
        let filter = DuplicateFilter {
            division: area("division", &request.division)?,
            least: Band::from_number(request.least_band).unwrap_or(Band::Likely),
        };
        let (size, token) = (page::size(request.page_size), request.page_token.clone());
        let filters = v1::ListDuplicatesRequest { page_size: 0, page_token: String::new(), ..request };
        let page = self.application.list_duplicates(&filter, &filters.encode_to_vec(), &token, size).await?;
        Ok(Response::new(v1::ListDuplicatesResponse {
            pairs: page.pairs.iter().map(answer::duplicate).collect(),
            next_page_token: page.next,
            truncated: page.truncated,
        }))
    }

    async fn mark_different(
        &self,
        request: Request<v1::MarkDifferentRequest>,
    ) -> Result<Response<v1::MarkDifferentResponse>, Status> {
        let mutation = Mutation::of(&self.application, "MarkDifferent", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let pair = pair(&request.child, &request.other_child)?;
        mutation.submit(MarkDifferent { pair, reason: reason("reason", &request.reason)? }).await
    }

    async fn unmark_different(
        &self,
        request: Request<v1::UnmarkDifferentRequest>,
    ) -> Result<Response<v1::UnmarkDifferentResponse>, Status> {
        let mutation = Mutation::of(&self.application, "UnmarkDifferent", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let pair = pair(&request.child, &request.other_child)?;
        mutation.submit(UnmarkDifferent { pair, reason: reason("reason", &request.reason)? }).await
    }
}

fn pair(child: &str, other_child: &str) -> Result<Pair, ServiceError> {
    Pair::of(id("child", child)?, id("other_child", other_child)?).ok_or_else(same_child)
}

/// What is known of the child that is looked for.
fn traits(request: &v1::SearchCandidatesRequest) -> Result<Traits, ServiceError> {
    let birth_date = day("birth_date", request.birth_date.as_ref())?;
    let mut wrong = Violations::default();
    let citizen_id = citizen_id("citizen_id", &request.citizen_id, &mut wrong);
    if citizen_id.is_some_and(|id| id.birth_date() != birth_date) {
        wrong.add("citizen_id", "ID_BIRTH_MISMATCH", "must have the day of birth that is given");
    }
    let sex = u8::try_from(request.sex).ok().and_then(Sex::from_code);
    if sex.is_none() {
        wrong.add("sex", "INVALID_FIELDS", "must be a code of GB/T 2261.1");
    }
    wrong.none()?;
    let wanted = Traits {
        citizen_id,
        name: Name::of(&request.full_name),
        birth_date,
        sex: citizen_id.map_or(sex.unwrap_or_default(), |id| id.sex()),
        division: area("division", &request.division)?,
        guardian: Name::of(&request.guardian_name),
    };
    let known = wanted.name.is_some() || wanted.guardian.is_some() || wanted.citizen_id.is_some();
    if known || wanted.township().is_some() { Ok(wanted) } else { Err(too_little_known()) }
}
