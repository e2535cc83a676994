//! Merges as facts: of the file that stayed, by the file that closed.

mod sealed;
mod surroundings;

use std::collections::BTreeSet;

use kernel::{ChildId, Instant};
use messaging::journal::{Aggregate, Change, Shelf};
use platform::error::ServiceError;
use platform::vault::{Vault, VaultError};
use sea_orm::ConnectionTrait;

use super::fact::{FactKind, FactWriter, Facts};
use super::row::InconsistentRow;
use crate::domain::merger::{Merger, Mergers};

impl Aggregate for Mergers {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.survivor
    }
}

/// The merges into these files, with one statement.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn load(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    survivors: BTreeSet<ChildId>,
) -> Result<Vec<Mergers>, ServiceError> {
    let subjects = survivors.iter().map(|survivor| survivor.as_uuid());
    let facts = Facts::of(connection, subjects, &[FactKind::Merger]).await?;
    let mergers = survivors.into_iter().map(|survivor| mergers(survivor, &facts, vault));
    Ok(mergers.collect::<Result<_, _>>()?)
}

/// Files and all that are merged into them, as known at an instant, or now: one statement for each merge upon another.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn files_of(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    mut wanted: BTreeSet<ChildId>,
    known: Option<Instant>,
) -> Result<BTreeSet<ChildId>, ServiceError> {
    let mut all = wanted.clone();
    while !wanted.is_empty() {
        let mergers = load(connection, vault, wanted).await?;
        wanted = mergers.iter().flat_map(|mergers| mergers.files(known)).filter(|file| all.insert(*file)).collect();
    }
    Ok(all)
}

/// Hands over what changed.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn store(shelf: &Shelf<Mergers>, facts: &mut FactWriter<'_>) -> Result<(), VaultError> {
    for Change { before, now } in shelf.changes() {
        for (merged, timeline) in &now.of {
            let before = before.and_then(|before| before.of.get(merged));
            facts.add(now.survivor.as_uuid(), &merged.to_string(), before, timeline)?;
        }
    }
    Ok(())
}

fn mergers(survivor: ChildId, facts: &Facts, vault: &Vault) -> Result<Mergers, InconsistentRow> {
    let mut mergers = Mergers::none(survivor);
    let subject = survivor.as_uuid();
    for (key, timeline) in facts.timelines::<Merger>(subject, vault)? {
        let merged =
            key.parse().map_err(|_| InconsistentRow { table: "fact", column: "key", id: subject, vault: None })?;
        mergers.of.insert(merged, timeline);
    }
    Ok(mergers)
}
