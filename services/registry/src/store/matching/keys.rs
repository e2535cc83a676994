//! The table `match_key`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::ChildId;
use platform::database::{Rows, Write, any_int, any_uuid};
use platform::vault::Vault;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use crate::domain::matching::keys::{sought, stored};
use crate::domain::matching::{BlockKey, KeyKind, Traits};
use crate::domain::{Child, ChildState};

/// The table's primary key.
pub const KEY: &str = "hash, child_id";

/// Files that share keys with what is sought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The files, those with the most keys in common first.
    pub children: Vec<ChildId>,
    /// There were more than were asked for.
    pub truncated: bool,
}

/// A key as it is stored: the first half of a keyed hash is enough, as what it finds is compared anyway.
fn hash(vault: &Vault, key: &BlockKey) -> i64 {
    let hash = vault.search_hash(&format!("registry.match.{}", key.kind.number()), &key.text);
    i64::from_be_bytes(*hash.first_chunk().expect("a hash has 32 bytes"))
}

/// The keys of a file. A merged one has none: the file that stays is found instead.
#[must_use]
pub fn hashes(child: &Child, vault: &Vault) -> BTreeMap<i64, KeyKind> {
    match child.state() {
        ChildState::Merged { .. } => BTreeMap::new(),
        ChildState::Active | ChildState::Ended { .. } => {
            stored(&Traits::of(child.profile())).iter().map(|key| (hash(vault, key), key.kind)).collect()
        }
    }
}

/// The keys that files which may be meant have.
#[must_use]
pub fn sought_hashes(traits: &Traits, vault: &Vault) -> Vec<i64> {
    sought(traits).iter().map(|key| hash(vault, key)).collect()
}

/// The rows of files.
#[must_use]
pub fn rows(keys: &[(ChildId, BTreeMap<i64, KeyKind>)]) -> Rows {
    let all = || keys.iter().flat_map(|(child, keys)| keys.iter().map(move |(hash, kind)| (*hash, *child, *kind)));
    Rows::new("match_key")
        .int("hash", all().map(|(hash, _, _)| hash).collect())
        .uuid("child_id", all().map(|(_, child, _)| child.as_uuid()).collect())
        .int("kind", all().map(|(_, _, kind)| kind.number()).collect())
}

/// Removes keys that files no longer have, before the ones that they have are written.
pub fn delete_stale(write: &mut Write, children: &BTreeSet<ChildId>, hashes: Vec<i64>) {
    if hashes.is_empty() {
        return;
    }
    let backend = write.get_database_backend();
    let delete = Query::delete()
        .from_table("match_key")
        .and_where(any_int(backend, "hash", hashes))
        .and_where(any_uuid(backend, "child_id", children.iter().map(|child| child.as_uuid())))
        .take();
    write.first(&delete);
}

/// Up to `limit` files that have one of these keys.
///
/// # Errors
/// If the database fails.
pub async fn found(connection: &impl ConnectionTrait, hashes: Vec<i64>, limit: u64) -> Result<Found, DbErr> {
    if hashes.is_empty() {
        return Ok(Found::default());
    }
    let query = Query::select()
        .column("child_id")
        .from("match_key")
        .and_where(any_int(connection.get_database_backend(), "hash", hashes))
        .group_by_col("child_id")
        .order_by_expr(Expr::col(Alias::new("hash")).count(), Order::Desc)
        .order_by("child_id", Order::Asc)
        .limit(limit.saturating_add(1))
        .take();
    let rows = connection.query_all(&query).await?;
    let mut children = rows
        .iter()
        .map(|row| row.try_get::<Uuid>("", "child_id").map(ChildId::from_uuid))
        .collect::<Result<Vec<_>, DbErr>>()?;
    let truncated = children.len() as u64 > limit;
    if truncated {
        children.pop();
    }
    Ok(Found { children, truncated })
}

/// Who has which of these keys, `limit` rows at most: `None` if there are more.
///
/// # Errors
/// If the database fails.
pub async fn blocks(
    connection: &impl ConnectionTrait,
    hashes: Vec<i64>,
    limit: u64,
) -> Result<Option<HashMap<i64, Vec<ChildId>>>, DbErr> {
    let mut blocks: HashMap<i64, Vec<ChildId>> = HashMap::new();
    if hashes.is_empty() {
        return Ok(Some(blocks));
    }
    let query = Query::select()
        .columns(["hash", "child_id"])
        .from("match_key")
        .and_where(any_int(connection.get_database_backend(), "hash", hashes))
        .limit(limit.saturating_add(1))
        .take();
    let rows = connection.query_all(&query).await?;
    if rows.len() as u64 > limit {
        return Ok(None);
    }
    for row in rows {
        let child = ChildId::from_uuid(row.try_get("", "child_id")?);
        blocks.entry(row.try_get("", "hash")?).or_default().push(child);
    }
    Ok(Some(blocks))
}
