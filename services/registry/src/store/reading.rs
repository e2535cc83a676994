//! Finds rows, with one statement for any number of them.

use std::collections::HashMap;

use kernel::{ChildId, CitizenId, Date};
use platform::database::{any_blob, any_uuid};
use platform::vault::Vault;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use uuid::Uuid;

use super::entity::{category_record, child, roster_row};
use super::fact::{FactKind, Facts};
use super::row::StoredChild;
use super::sealed::{Hash, citizen_id_hash, fingerprint_hash};
use super::standing::MERGED;
use crate::domain::roster::Fingerprint;

/// The files of these children, in the order of their identifiers; missing ones are left out. One statement reads file
/// and categories, so that both are of one moment.
///
/// # Errors
/// If the database fails.
pub async fn children(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ChildId>,
) -> Result<Vec<StoredChild>, DbErr> {
    let ids: Vec<Uuid> = ids.into_iter().map(ChildId::as_uuid).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = child::Entity::find()
        .filter(any_uuid(connection.get_database_backend(), (child::Entity, child::Column::Id), ids))
        .find_with_related(category_record::Entity)
        .all(connection)
        .await?;
    Ok(found.into_iter().map(|(child, categories)| StoredChild { child, categories }).collect())
}

/// The past of these files.
///
/// # Errors
/// If the database fails.
pub async fn past(connection: &impl ConnectionTrait, ids: impl IntoIterator<Item = ChildId>) -> Result<Facts, DbErr> {
    let ids = ids.into_iter().map(ChildId::as_uuid);
    Facts::of(connection, ids, &[FactKind::File, FactKind::CategoryMonths]).await
}

/// The children whose files hold these citizen IDs.
///
/// # Errors
/// If the database fails.
pub async fn holders(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    ids: impl IntoIterator<Item = CitizenId>,
) -> Result<HashMap<CitizenId, ChildId>, DbErr> {
    let by_hash: HashMap<Hash, CitizenId> = ids.into_iter().map(|id| (citizen_id_hash(vault, &id), id)).collect();
    find_by_hash(connection, child::Entity::find(), child::Column::CitizenIdHash, child::Column::Id, &by_hash).await
}

/// Up to `limit` children with a standing category that was last looked at on `looked_at_until` or before, and of which that
/// was not told after `told_until`, the most urgent first.
///
/// # Errors
/// If the database fails.
pub async fn reviews_due(
    connection: &impl ConnectionTrait,
    looked_at_until: Date,
    told_until: Date,
    limit: u64,
) -> Result<Vec<ChildId>, DbErr> {
    use category_record::Column;
    let found: Vec<Uuid> = category_record::Entity::find()
        .select_only()
        .column(Column::ChildId)
        .filter(Column::ReviewedOn.lte(looked_at_until.to_string()))
        .filter(Column::UntilMonth.is_null())
        .filter(Column::ReviewToldOn.is_null().or(Column::ReviewToldOn.lte(told_until.to_string())))
        .order_by_asc(Column::ReviewedOn)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(ChildId::from_uuid).collect())
}

/// The children that were registered of these roster rows.
///
/// # Errors
/// If the database fails.
pub async fn known_rows(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    fingerprints: impl IntoIterator<Item = Fingerprint>,
) -> Result<HashMap<Fingerprint, ChildId>, DbErr> {
    let by_hash: HashMap<Hash, Fingerprint> =
        fingerprints.into_iter().map(|fingerprint| (fingerprint_hash(vault, &fingerprint), fingerprint)).collect();
    let (hash, child) = (roster_row::Column::Fingerprint, roster_row::Column::ChildId);
    find_by_hash(connection, roster_row::Entity::find(), hash, child, &by_hash).await
}

/// The files with this name and day of birth, as their keyed hash, oldest first; merged ones are left out.
///
/// # Errors
/// If the database fails.
pub async fn namesakes(connection: &impl ConnectionTrait, name_birth: Hash, limit: u64) -> Result<Vec<ChildId>, DbErr> {
    let found: Vec<Uuid> = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .filter(child::Column::NameBirthHash.eq(name_birth.to_vec()))
        .filter(child::Column::State.ne(MERGED))
        .order_by_asc(child::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(ChildId::from_uuid).collect())
}

/// The children whose row holds one of these keyed hashes, by what was hashed.
async fn find_by_hash<E: EntityTrait, K: Clone + std::hash::Hash + Eq>(
    connection: &impl ConnectionTrait,
    rows: Select<E>,
    hash: E::Column,
    child: E::Column,
    by_hash: &HashMap<Hash, K>,
) -> Result<HashMap<K, ChildId>, DbErr> {
    if by_hash.is_empty() {
        return Ok(HashMap::new());
    }
    let hashes = by_hash.keys().map(|hash| hash.to_vec());
    let found: Vec<(Vec<u8>, Uuid)> = rows
        .select_only()
        .column(hash)
        .column(child)
        .filter(any_blob(connection.get_database_backend(), hash, hashes))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found
        .into_iter()
        .filter_map(|(hash, id)| Some((by_hash.get(hash.as_slice())?.clone(), ChildId::from_uuid(id))))
        .collect())
}
