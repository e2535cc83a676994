//! Where it lies how far the city is with the adulthood of children.

use kernel::time::parse_iso;
use kernel::{ChildId, Date};
use messaging::journal::Aggregate;
use platform::database::{Rows, any_uuid};
use platform::error::ServiceError;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::entity::{adulthood, child};
use super::row::InconsistentRow;
use super::standing::ACTIVE;
use crate::domain::Adulthood;

impl Aggregate for Adulthood {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.child
    }
}

/// How far it is with these children; those that were never announced are left out.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn of_children(
    connection: &impl ConnectionTrait,
    children: impl IntoIterator<Item = ChildId>,
) -> Result<Vec<Adulthood>, ServiceError> {
    let children: Vec<Uuid> = children.into_iter().map(ChildId::as_uuid).collect();
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let which = any_uuid(connection.get_database_backend(), adulthood::Column::ChildId, children);
    let rows = adulthood::Entity::find().filter(which).all(connection).await?;
    let read = |row: adulthood::Model| {
        let wrong = |column| InconsistentRow { table: "adulthood", column, id: row.child_id, vault: None };
        Ok(Adulthood {
            child: ChildId::from_uuid(row.child_id),
            announced_on: parse_iso(&row.announced_on).map_err(|_| wrong("announced_on"))?,
            next_look: row.next_look.as_deref().map(parse_iso).transpose().map_err(|_| wrong("next_look"))?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The rows of the table `adulthood`, to be upserted by `child_id`.
#[must_use]
pub fn rows(all: &[&Adulthood]) -> Rows {
    Rows::new("adulthood")
        .uuid("child_id", all.iter().map(|one| one.child.as_uuid()).collect())
        .text("announced_on", all.iter().map(|one| one.announced_on.to_string()).collect())
        .optional_text("next_look", all.iter().map(|one| one.next_look.map(|day| day.to_string())).collect())
}

/// Up to `limit` active children born on `born_until` or before whose adulthood was not announced.
///
/// # Errors
/// If the database fails.
pub async fn unannounced(
    connection: &impl ConnectionTrait,
    born_until: Date,
    limit: u64,
) -> Result<Vec<ChildId>, DbErr> {
    find(connection, born_until, Expr::col((adulthood::Entity, adulthood::Column::ChildId)).is_null().into(), limit)
        .await
}

/// Up to `limit` active children born on `born_until` or before of whom it is not known that they need no look on `today`.
///
/// # Errors
/// If the database fails.
pub async fn to_look_at(
    connection: &impl ConnectionTrait,
    born_until: Date,
    today: Date,
    limit: u64,
) -> Result<Vec<ChildId>, DbErr> {
    let next_look = || Expr::col((adulthood::Entity, adulthood::Column::NextLook));
    let due = Condition::any().add(next_look().is_null()).add(next_look().lte(today.to_string()));
    find(connection, born_until, due, limit).await
}

async fn find(
    connection: &impl ConnectionTrait,
    born_until: Date,
    condition: Condition,
    limit: u64,
) -> Result<Vec<ChildId>, DbErr> {
    let id = || Expr::col((child::Entity, child::Column::Id));
    let of_child = Expr::col((adulthood::Entity, adulthood::Column::ChildId)).eq(id());
    let query = Query::select()
        .expr(id())
        .from(child::Entity)
        .left_join(adulthood::Entity, of_child)
        .and_where(Expr::col((child::Entity, child::Column::State)).eq(ACTIVE))
        .and_where(Expr::col((child::Entity, child::Column::BirthDate)).lte(born_until.to_string()))
        .cond_where(condition)
        .limit(limit)
        .take();
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| Ok(ChildId::from_uuid(row.try_get_by_index(0)?))).collect()
}
