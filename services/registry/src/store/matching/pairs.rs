//! Pairs of files as facts: of the one with the smaller identifier, by the other.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ChildId;
use messaging::journal::{Aggregate, Change, Shelf};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};
use prost::Message;
use sea_orm::ConnectionTrait;

use crate::domain::matching::{Mark, Pair, PairMarks};
use crate::store::fact::{Fact, FactKind, FactWriter, Facts};
use crate::store::row::InconsistentRow;

/// What is sealed of [`Mark`].
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedMark {
    #[prost(bool, tag = "1")]
    different: bool,
    #[prost(string, tag = "2")]
    reason: String,
}

impl Fact for Mark {
    const KIND: FactKind = FactKind::Pair;
    type Sealed = SealedMark;

    fn sealed(&self) -> SealedMark {
        SealedMark { different: self.different, reason: self.reason.clone() }
    }

    fn opened(sealed: SealedMark) -> Option<Self> {
        Some(Self { different: sealed.different, reason: sealed.reason })
    }
}

impl Aggregate for PairMarks {
    type Id = Pair;

    fn id(&self) -> Pair {
        self.pair
    }
}

/// What was said of these pairs, with one statement; pairs of which nothing was said are left out.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn load(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    pairs: BTreeSet<Pair>,
) -> Result<Vec<PairMarks>, ServiceError> {
    let firsts: BTreeSet<ChildId> = pairs.iter().map(|pair| pair.first()).collect();
    let said = marks(connection, vault, firsts).await?;
    Ok(said.into_values().filter(|marks| pairs.contains(&marks.pair)).collect())
}

/// What was said of every pair in which one of these has the smaller identifier.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn marks(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    firsts: BTreeSet<ChildId>,
) -> Result<BTreeMap<Pair, PairMarks>, ServiceError> {
    let subjects = firsts.iter().map(|first| first.as_uuid());
    let facts = Facts::of(connection, subjects, &[FactKind::Pair]).await?;
    let mut said = BTreeMap::new();
    for first in firsts {
        let subject = first.as_uuid();
        let wrong = || InconsistentRow { table: "fact", column: "key", id: subject, vault: None };
        for (key, marks) in facts.timelines::<Mark>(subject, vault)? {
            let second = key.parse().map_err(|_| wrong())?;
            let pair = Pair::of(first, second).filter(|pair| pair.first() == first).ok_or_else(wrong)?;
            said.insert(pair, PairMarks { pair, marks });
        }
    }
    Ok(said)
}

/// Hands over what changed.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn store(shelf: &Shelf<PairMarks>, facts: &mut FactWriter<'_>) -> Result<(), VaultError> {
    for Change { before, now } in shelf.changes() {
        let (subject, key) = (now.pair.first().as_uuid(), now.pair.second().to_string());
        facts.add(subject, &key, before.map(|before| &before.marks), &now.marks)?;
    }
    Ok(())
}

/// Says only that it is one.
impl std::fmt::Debug for SealedMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedMark(****)")
    }
}
