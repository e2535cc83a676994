//! Proposes pairs of files that may be of one child, page by page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{ChildId, Division};
use platform::error::ServiceError;
use platform::page_token;

use crate::app::Application;
use crate::domain::matching::{Assessment, Band, Pair, PairMarks, Traits};
use crate::domain::{Child, ChildState};
use crate::store::listing::{self, Filter};
use crate::store::matching;
use crate::store::standing::ACTIVE;

/// Keys that are looked at for a page at most: if more files have one, the page gets smaller.
const MOST_KEYS: u64 = 20_000;

/// Which pairs are proposed.
#[derive(Clone, Copy, Debug)]
pub struct DuplicateFilter {
    /// One of the two files is here.
    pub division: Option<Division>,
    /// They are at least so alike.
    pub least: Band,
}

/// Two files that may be of one child.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The one that was opened first.
    pub first: Child,
    /// The other one.
    pub second: Child,
    /// How they compare.
    pub assessment: Assessment,
}

/// A page of pairs.
#[derive(Debug)]
pub struct DuplicatePage {
    /// The pairs, by their first file.
    pub pairs: Vec<Duplicate>,
    /// Where the next page begins; empty after the last.
    pub next: String,
    /// A file had so much in common with others that not all of it was compared.
    pub truncated: bool,
}

/// Files that are looked at together, with those that share keys with them.
struct Looked {
    children: Vec<Child>,
    beside: BTreeMap<ChildId, BTreeSet<ChildId>>,
    truncated: bool,
}

impl Application {
    /// The page after `token` of up to `size` files that are looked at, with the pairs in which they are. `filters` names
    /// the caller's filters: a token of others is refused.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_duplicates(
        &self,
        filter: &DuplicateFilter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<DuplicatePage, ServiceError> {
        let after: Option<ChildId> = page_token::after(token, filters)?;
        let active = Filter { division: filter.division, state: Some(ACTIVE), carries: None };
        let mut ids = listing::page(self.database.reader(), &active, after, size.saturating_add(1)).await?;
        let mut more = ids.len() as u64 > size;
        if more {
            ids.pop();
        }
        let mut children = self.found(ids).await?;
        children.sort_by_key(|child| child.id);
        let asked = children.len();
        let looked = self.look_beside(children).await?;
        more |= looked.children.len() < asked;
        let next = match looked.children.last() {
            Some(last) if more => page_token::write(last.id, filters),
            _ => String::new(),
        };
        let truncated = looked.truncated;
        Ok(DuplicatePage { pairs: self.pairs_of(looked, filter).await?, next, truncated })
    }

    /// As many of the files, from the first on, as few enough others share keys with.
    async fn look_beside(&self, mut children: Vec<Child>) -> Result<Looked, ServiceError> {
        loop {
            let sought: Vec<(ChildId, Vec<i64>)> = children
                .iter()
                .map(|child| (child.id, matching::sought_hashes(&Traits::of(child.profile()), &self.vault)))
                .collect();
            let hashes: BTreeSet<i64> = sought.iter().flat_map(|(_, hashes)| hashes.iter().copied()).collect();
            let hashes: Vec<i64> = hashes.into_iter().collect();
            if let Some(blocks) = matching::blocks(self.database.reader(), hashes.clone(), MOST_KEYS).await? {
                let beside = sought.into_iter().map(|(child, hashes)| {
                    let others = hashes.iter().filter_map(|hash| blocks.get(hash)).flatten().copied();
                    (child, others.filter(|other| *other != child).collect())
                });
                return Ok(Looked { beside: beside.collect(), children, truncated: false });
            }
            if let [child] = &children[..] {
                let found = matching::found(self.database.reader(), hashes, MOST_KEYS).await?;
                let others = found.children.into_iter().filter(|other| *other != child.id).collect();
                let beside = BTreeMap::from([(child.id, others)]);
                return Ok(Looked { children, beside, truncated: found.truncated });
            }
            children.truncate(children.len().div_ceil(2));
        }
    }

    async fn pairs_of(&self, looked: Looked, filter: &DuplicateFilter) -> Result<Vec<Duplicate>, ServiceError> {
        let others: BTreeSet<ChildId> = looked.beside.values().flatten().copied().collect();
        let others: HashMap<ChildId, Child> =
            self.found(others.into_iter().collect()).await?.into_iter().map(|child| (child.id, child)).collect();
        let mut pairs = Vec::new();
        for child in looked.children {
            let beside = looked.beside.get(&child.id).into_iter().flatten().filter_map(|other| others.get(other));
            for other in beside.filter(|other| other.state() == ChildState::Active) {
                // Where both are listed, the pair is proposed with the first of them.
                let listed = filter.division.is_none_or(|area| area.contains(&other.household().division()));
                let assessment =
                    Assessment::of(&Traits::of(child.profile()), &Traits::of(other.profile()), &self.policy.matching);
                if assessment.band < Some(filter.least) || listed && other.id < child.id {
                    continue;
                }
                let (first, second) =
                    if child.id < other.id { (child.clone(), other.clone()) } else { (other.clone(), child.clone()) };
                pairs.push(Duplicate { first, second, assessment });
            }
        }
        let firsts = pairs.iter().map(|pair| pair.first.id).collect();
        let said = matching::marks(self.database.reader(), &self.vault, firsts).await?;
        pairs.retain(|pair| {
            let pair = Pair::of(pair.first.id, pair.second.id);
            !pair.and_then(|pair| said.get(&pair)).is_some_and(PairMarks::is_different)
        });
        Ok(pairs)
    }
}
