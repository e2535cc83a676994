use std::time::Duration;

use contract::date::{from_date, to_date};
use contract::registry::v1::category_service_client::CategoryServiceClient;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::{
    Category, CategoryRecord, Child, ChildProfile, ConfirmCategoryRequest, EndCategoryRequest, EndChildRequest,
    EndReason, ListChildrenRequest, MergeChildrenRequest, ReclassifyCategoryRequest, RegisterChildRequest, SupportTier,
    TransferChildRequest,
};
use futures::{StreamExt, TryStreamExt};
use kernel::time::age_on;
use kernel::{Clock, Date, RequestId, SystemClock};
use tokio::time::MissedTickBehavior;
use tonic::transport::Channel;
use tonic::{Response, Status};

use super::{DemoError, people};

/// A modest rate: latency is measured on a city that works, not on one that is flooded.
pub(super) const CALLS_PER_SECOND: u32 = 200;
/// Calls that may wait for their answers.
const UNDER_WAY: usize = 64;

const NEWBORNS: usize = 300;
const CONFIRMED: usize = 100;
const RECLASSIFIED: usize = 60;
const MOVED: usize = 60;
const MERGED: usize = 20;
const CATEGORIES_ENDED: usize = 40;
const ENDED_EACH: usize = 10;

/// What a day at the county offices brings, through the public API.
pub(super) struct Life {
    children: ChildServiceClient<Channel>,
    categories: CategoryServiceClient<Channel>,
    today: Date,
}

/// How much happened.
#[derive(Debug, Default)]
pub(super) struct Happened {
    pub(super) registered: usize,
    pub(super) confirmed: usize,
    pub(super) reclassified: usize,
    pub(super) moved: usize,
    pub(super) merged: usize,
    pub(super) ended: usize,
}

impl Life {
    pub(super) fn new(channel: Channel) -> Self {
        Self {
            children: ChildServiceClient::new(channel.clone()),
            categories: CategoryServiceClient::new(channel),
            today: SystemClock.today(),
        }
    }

    /// Everything, one after the other, each at [`CALLS_PER_SECOND`].
    pub(super) async fn happen(&self) -> Result<Happened, DemoError> {
        let mut children = self.list().await?.into_iter();
        let mut happened = Happened::default();
        let divisions = divisions(children.as_slice());

        let newborns = self.register_newborns(&divisions).await?;
        happened.registered += newborns.len();
        happened.confirmed += self.confirm(&newborns[..newborns.len().min(CONFIRMED)]).await?;

        let grown = |child: &Child| child_age(child, self.today).is_some_and(|age| age >= 18);
        let (adults, minors): (Vec<Child>, Vec<Child>) = children.by_ref().partition(grown);
        happened.ended += self.end(adults.into_iter().take(ENDED_EACH), EndReason::Adulthood).await?;

        let mut minors = minors.into_iter();
        happened.reclassified += self.reclassify(take_where(&mut minors, RECLASSIFIED, in_key_difficulty)).await?;
        happened.moved += self.move_away(minors.by_ref().take(MOVED), &divisions).await?;
        let (duplicates, merged) = self.merge_duplicates(minors.by_ref().take(MERGED)).await?;
        happened.registered += duplicates;
        happened.merged += merged;
        self.end_categories(take_where(&mut minors, CATEGORIES_ENDED, has_tier)).await?;
        happened.ended += self.end(minors.by_ref().take(ENDED_EACH), EndReason::Death).await?;
        happened.ended += self.end(minors.by_ref().take(ENDED_EACH), EndReason::Adoption).await?;
        Ok(happened)
    }

    /// All active files, page by page.
    pub(super) async fn list(&self) -> Result<Vec<Child>, DemoError> {
        let mut all = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListChildrenRequest { page_size: 500, page_token, ..ListChildrenRequest::default() };
            let page =
                self.children.clone().list_children(request).await.map_err(refused("ListChildren"))?.into_inner();
            all.extend(page.children);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(all);
            }
        }
    }

    async fn register(&self, profile: ChildProfile) -> Result<Child, DemoError> {
        let request = RegisterChildRequest { request_id: request_id(), profile: Some(profile) };
        let answer = self.children.clone().register_child(request).await.map_err(refused("RegisterChild"))?;
        Ok(answer.into_inner().child.unwrap_or_default())
    }

    async fn register_newborns(&self, divisions: &[String]) -> Result<Vec<Child>, DemoError> {
        let profiles: Vec<ChildProfile> = (1..=NEWBORNS)
            .zip(divisions.iter().cycle())
            .map(|(serial, division)| people::newborn(serial, self.today, division))
            .collect::<Result<_, _>>()?;
        paced(profiles, |profile| self.register(profile)).await
    }

    async fn confirm(&self, children: &[Child]) -> Result<usize, DemoError> {
        // One of each tier, and one that carries none.
        let categories = [
            Category::InstitutionalOrphan,
            Category::ScatteredOrphan,
            Category::HivAffected,
            Category::KeyDifficulty,
            Category::InDifficulty,
        ];
        let requests: Vec<_> = children
            .iter()
            .zip(categories.into_iter().cycle())
            .map(|(child, category)| ConfirmCategoryRequest {
                request_id: request_id(),
                child: child.id.clone(),
                etag: child.etag.clone(),
                category: category.into(),
                confirmed_on: Some(from_date(self.today)),
            })
            .collect();
        count(paced(requests, |request| async move {
            answered("ConfirmCategory", self.categories.clone().confirm_category(request).await)
        }))
        .await
    }

    async fn reclassify(&self, children: impl Iterator<Item = Child>) -> Result<usize, DemoError> {
        let requests: Vec<_> = children
            .filter_map(|child| {
                let record = standing(&child).find(|record| record.category() == Category::KeyDifficulty)?;
                Some(ReclassifyCategoryRequest {
                    request_id: request_id(),
                    child: child.id.clone(),
                    etag: child.etag.clone(),
                    record: record.id.clone(),
                    category: Category::DeFactoUnattended.into(),
                    confirmed_on: Some(from_date(self.today)),
                })
            })
            .collect();
        count(paced(requests, |request| async move {
            answered("ReclassifyCategory", self.categories.clone().reclassify_category(request).await)
        }))
        .await
    }

    /// Each to a division in another county.
    async fn move_away(&self, children: impl Iterator<Item = Child>, divisions: &[String]) -> Result<usize, DemoError> {
        let requests: Vec<_> = children
            .filter_map(|child| {
                let elsewhere = divisions.iter().find(|division| !division.starts_with(&child.county))?;
                Some(TransferChildRequest {
                    request_id: request_id(),
                    child: child.id,
                    etag: child.etag,
                    household_division: elsewhere.clone(),
                    transferred_on: Some(from_date(self.today)),
                })
            })
            .collect();
        count(paced(requests, |request| async move {
            answered("TransferChild", self.children.clone().transfer_child(request).await)
        }))
        .await
    }

    /// Each is registered a second time without its ID, then found to be the same child.
    async fn merge_duplicates(&self, children: impl Iterator<Item = Child>) -> Result<(usize, usize), DemoError> {
        let children: Vec<Child> = children.collect();
        let profiles: Vec<ChildProfile> =
            children.iter().filter_map(|child| child.profile.as_ref()).map(people::without_id).collect();
        let duplicates = paced(profiles, |profile| self.register(profile)).await?;
        let requests: Vec<_> = children
            .into_iter()
            .zip(&duplicates)
            .map(|(child, duplicate)| MergeChildrenRequest {
                request_id: request_id(),
                child: child.id,
                etag: child.etag,
                merged_child: duplicate.id.clone(),
            })
            .collect();
        let merged = count(paced(requests, |request| async move {
            answered("MergeChildren", self.children.clone().merge_children(request).await)
        }));
        Ok((duplicates.len(), merged.await?))
    }

    async fn end_categories(&self, children: impl Iterator<Item = Child>) -> Result<usize, DemoError> {
        let requests: Vec<_> = children
            .filter_map(|child| {
                let record = standing(&child).find(|record| record.tier() != SupportTier::Unspecified)?;
                Some(EndCategoryRequest {
                    request_id: request_id(),
                    child: child.id.clone(),
                    etag: child.etag.clone(),
                    record: record.id.clone(),
                    ended_on: Some(from_date(self.today)),
                })
            })
            .collect();
        count(paced(requests, |request| async move {
            answered("EndCategory", self.categories.clone().end_category(request).await)
        }))
        .await
    }

    async fn end(&self, children: impl Iterator<Item = Child>, reason: EndReason) -> Result<usize, DemoError> {
        let requests: Vec<_> = children
            .map(|child| EndChildRequest {
                request_id: request_id(),
                child: child.id,
                etag: child.etag,
                reason: reason.into(),
                ended_on: Some(from_date(self.today)),
            })
            .collect();
        count(paced(
            requests,
            |request| async move { answered("EndChild", self.children.clone().end_child(request).await) },
        ))
        .await
    }
}

/// Makes a call of each item at [`CALLS_PER_SECOND`]; answers in the same order. Stops at the first refusal.
async fn paced<I, T, F>(items: Vec<I>, call: impl Fn(I) -> F) -> Result<Vec<T>, DemoError>
where
    F: Future<Output = Result<T, DemoError>>,
{
    let mut clock = tokio::time::interval(Duration::from_secs(1) / CALLS_PER_SECOND);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let clock = futures::stream::unfold(clock, async |mut clock| {
        clock.tick().await;
        Some(((), clock))
    });
    futures::stream::iter(items).zip(clock).map(|(item, ())| call(item)).buffered(UNDER_WAY).try_collect().await
}

async fn count<T>(calls: impl Future<Output = Result<Vec<T>, DemoError>>) -> Result<usize, DemoError> {
    Ok(calls.await?.len())
}

fn answered<T>(call: &'static str, answer: Result<Response<T>, Status>) -> Result<(), DemoError> {
    answer.map(drop).map_err(refused(call))
}

pub(super) fn refused(call: &'static str) -> impl Fn(Status) -> DemoError {
    move |status| DemoError::Refused { call, source: Box::new(status) }
}

pub(super) fn request_id() -> String {
    RequestId::generate(&SystemClock).to_string()
}

/// One household division of each county that the roster names, in the counties' order.
fn divisions(children: &[Child]) -> Vec<String> {
    let by_county: std::collections::BTreeMap<&str, &str> = children
        .iter()
        .filter_map(|child| Some((child.county.as_str(), child.profile.as_ref()?.household_division.as_str())))
        .collect();
    by_county.into_values().map(str::to_owned).collect()
}

fn child_age(child: &Child, today: Date) -> Option<i32> {
    let birth = to_date(child.profile.as_ref()?.birth_date.as_ref()?).ok()?;
    Some(age_on(birth, today))
}

fn standing(child: &Child) -> impl Iterator<Item = &CategoryRecord> {
    child.categories.iter().filter(|record| record.until_month.is_none())
}

fn in_key_difficulty(child: &Child) -> bool {
    standing(child).any(|record| record.category() == Category::KeyDifficulty)
        && standing(child).all(|record| record.category() != Category::DeFactoUnattended)
}

fn has_tier(child: &Child) -> bool {
    standing(child).any(|record| record.tier() != SupportTier::Unspecified)
}

/// Takes up to `limit` children of a kind out of what is left; the others stay.
fn take_where(
    children: &mut std::vec::IntoIter<Child>,
    limit: usize,
    kind: impl Fn(&Child) -> bool,
) -> std::vec::IntoIter<Child> {
    let mut taken = Vec::new();
    let mut rest = Vec::new();
    for child in children.by_ref() {
        if taken.len() < limit && kind(&child) {
            taken.push(child);
        } else {
            rest.push(child);
        }
    }
    *children = rest.into_iter();
    taken.into_iter()
}
