//! Lists files, page by page.

use contract::registry::v1;
use kernel::ChildId;
use platform::error::ServiceError;
use platform::page_token;

use super::Application;
use super::answer;
use crate::domain::{AsOf, Category, Child};
use crate::store::category_class::are_told_by_class;
use crate::store::listing::{self, Filter};

/// Candidates that are looked into at once.
const STEP: u64 = 500;

/// A page of files.
#[derive(Debug)]
pub struct Page {
    /// The files, oldest first.
    pub children: Vec<Child>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

/// A page of files as they stood.
#[derive(Debug)]
pub struct PastPage {
    /// The files, oldest first.
    pub children: Vec<v1::Child>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` files at `token`, or the first. `filters` names the caller's filters: a token of others is
    /// refused.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_children(
        &self,
        filter: &Filter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<Page, ServiceError> {
        let after = page_token::after(token, filters)?;
        let limit = size.saturating_add(1);
        let ids = self.matching(filter, after, limit).await?;
        let (ids, next) = page_token::cut(ids, size, filters);
        Ok(Page { children: self.found(ids).await?, next })
    }

    /// The page of files that passed the filter on a day, as far as was known at an instant, each as it stood. Files whose
    /// record never changed are found as for the present; the others are looked into, [`STEP`] at a time, so that it costs
    /// what the city has changed, not what it has.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_children_as_of(
        &self,
        filter: &Filter,
        as_of: AsOf,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<PastPage, ServiceError> {
        let mut after = page_token::after(token, filters)?;
        let mut found: Vec<(ChildId, v1::Child)> = Vec::new();
        while found.len() as u64 <= size {
            let candidates = listing::once(self.database.reader(), filter, as_of.known, after, STEP).await?;
            after = candidates.last().copied();
            let last_step = (candidates.len() as u64) < STEP;
            for child in self.all_with_past(&candidates).await? {
                found.extend(passing(&child, filter, as_of).map(|answer| (child.id, answer)));
            }
            if last_step {
                break;
            }
        }
        let (found, next) = page_token::cut_by(found, size, filters, |(id, _)| *id);
        Ok(PastPage { children: found.into_iter().map(|(_, child)| child).collect(), next })
    }

    /// The first `limit` files after one that pass the filter. Where a class holds more categories than the ones asked
    /// for, candidates are looked into step by step until there are enough or none is left.
    async fn matching(
        &self,
        filter: &Filter,
        mut after: Option<ChildId>,
        limit: u64,
    ) -> Result<Vec<ChildId>, ServiceError> {
        let reader = self.database.reader();
        let Some(carries) = filter.carries.as_ref().filter(|(wanted, _)| !are_told_by_class(wanted)) else {
            return Ok(listing::page(reader, filter, after, limit).await?);
        };
        let mut found = Vec::new();
        while (found.len() as u64) < limit {
            let candidates = listing::page(reader, filter, after, STEP).await?;
            let carrying = listing::carrying(reader, &candidates, carries, &self.vault).await?;
            after = candidates.last().copied();
            let last_step = (candidates.len() as u64) < STEP;
            found.extend(candidates.into_iter().filter(|id| carrying.contains(id)));
            if last_step {
                break;
            }
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }
}

/// A file as it stood, if it passed the filter then.
fn passing(child: &Child, filter: &Filter, as_of: AsOf) -> Option<v1::Child> {
    let household = as_of.of(&child.record)?.value.profile.household.division();
    let answer = answer::child_as_of(child, as_of)?;
    let carried = |(wanted, _): &(Vec<_>, _)| {
        let counting = &answer.categories;
        counting.iter().any(|record| wanted.iter().any(|one: &Category| one.number() == record.category))
    };
    let passes = filter.state.is_none_or(|state| state == i64::from(answer.state))
        && filter.division.is_none_or(|division| division.contains(&household))
        && filter.carries.as_ref().is_none_or(carried);
    passes.then_some(answer)
}
