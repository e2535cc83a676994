//! The visits to a child, the latest first.

use std::collections::BTreeSet;

use kernel::{ChildId, Month, VisitId};
use platform::database::any_uuid;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::store::entity::visit;

/// Up to `limit` visits to the child of these files that come after the visit `after`.
///
/// # Errors
/// If the database fails.
pub async fn page(
    connection: &impl ConnectionTrait,
    files: &BTreeSet<ChildId>,
    after: Option<VisitId>,
    limit: u64,
) -> Result<Vec<visit::Model>, DbErr> {
    let mut condition = Condition::all().add(visit::Column::ChildId.is_in(files.iter().map(|child| child.as_uuid())));
    if let Some(after) = after {
        let Some(last) = visit::Entity::find_by_id(after.as_uuid()).one(connection).await? else {
            return Ok(Vec::new());
        };
        condition = condition.add(Condition::any().add(visit::Column::VisitedOn.lt(last.visited_on.clone())).add(
            Condition::all().add(visit::Column::VisitedOn.eq(last.visited_on)).add(visit::Column::Id.lt(last.id)),
        ));
    }
    visit::Entity::find()
        .filter(condition)
        .order_by_desc(visit::Column::VisitedOn)
        .order_by_desc(visit::Column::Id)
        .limit(limit)
        .all(connection)
        .await
}

/// The visits to these children in a month, in the order of their days.
///
/// # Errors
/// If the database fails.
pub async fn of_month(
    connection: &impl ConnectionTrait,
    children: &[ChildId],
    month: Month,
) -> Result<Vec<visit::Model>, DbErr> {
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let children = children.iter().map(|child| child.as_uuid());
    visit::Entity::find()
        .filter(any_uuid(connection.get_database_backend(), visit::Column::ChildId, children))
        .filter(visit::Column::VisitedOn.between(month.first_day().to_string(), month.last_day().to_string()))
        .order_by_asc(visit::Column::VisitedOn)
        .order_by_asc(visit::Column::Id)
        .all(connection)
        .await
}
