//! The table `match_backfill`: which files of before the keys still lack theirs.

use kernel::ChildId;
use platform::database::Rows;
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

/// Files that lack their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// Those up to this one have them.
    pub after: Option<ChildId>,
    /// Those after this one have had them from the beginning.
    pub last: ChildId,
}

/// What is left, `None` if every file has its keys.
///
/// # Errors
/// If the database fails.
pub async fn backfill(connection: &impl ConnectionTrait) -> Result<Option<Backfill>, DbErr> {
    let query = Query::select().columns(["after_id", "last_id"]).from("match_backfill").take();
    let Some(row) = connection.query_one(&query).await? else {
        return Ok(None);
    };
    let after = row.try_get::<Option<Uuid>>("", "after_id")?.map(ChildId::from_uuid);
    let last = ChildId::from_uuid(row.try_get("", "last_id")?);
    Ok((after != Some(last)).then_some(Backfill { after, last }))
}

/// The row that says how far it has come.
#[must_use]
pub fn backfill_rows(reached: &[Backfill]) -> Rows {
    Rows::new("match_backfill")
        .int("id", reached.iter().map(|_| 1).collect())
        .optional_uuid("after_id", reached.iter().map(|it| it.after.map(ChildId::as_uuid)).collect())
        .uuid("last_id", reached.iter().map(|it| it.last.as_uuid()).collect())
}
