//! What the sweeper asks: which visits are overdue, which duties were derived by an earlier rule.

use kernel::{ChildId, Division, Month};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::store::entity::{duty, duty_span, month_closing};

/// The latest closed month.
///
/// # Errors
/// If the database fails.
pub async fn last_closed(connection: &impl ConnectionTrait) -> Result<Option<Month>, DbErr> {
    let row = month_closing::Entity::find().order_by_desc(month_closing::Column::Month).one(connection).await?;
    Ok(row.and_then(|row| row.month.parse().ok()))
}

/// The first month in which anybody is on duty.
///
/// # Errors
/// If the database fails.
pub async fn first_duty(connection: &impl ConnectionTrait) -> Result<Option<Month>, DbErr> {
    let first: Option<Option<String>> = duty_span::Entity::find()
        .select_only()
        .expr(Expr::col(duty_span::Column::FromMonth).min())
        .into_tuple()
        .one(connection)
        .await?;
    Ok(first.flatten().and_then(|month| month.parse().ok()))
}

/// Up to `limit` children after `after` who were on duty in a month, with the division of their household. Whether they
/// were seen is asked apart: joined with it, PostgreSQL reads the whole month for every page.
///
/// # Errors
/// If the database fails.
pub async fn on_duty(
    connection: &impl ConnectionTrait,
    month: Month,
    after: Option<ChildId>,
    limit: u64,
) -> Result<Vec<(ChildId, Option<Division>)>, DbErr> {
    let month = month.to_string();
    let condition = Condition::all()
        .add_option(after.map(|id| duty_span::Column::ChildId.gt(id.as_uuid())))
        .add(duty_span::Column::FromMonth.lte(month.clone()))
        .add(
            Condition::any().add(duty_span::Column::UntilMonth.is_null()).add(duty_span::Column::UntilMonth.gt(month)),
        );
    let found: Vec<(Uuid, String)> = duty_span::Entity::find()
        .select_only()
        .column(duty_span::Column::ChildId)
        .column(duty_span::Column::Division)
        .filter(condition)
        .order_by_asc(duty_span::Column::ChildId)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(|(child, division)| (ChildId::from_uuid(child), division.parse().ok())).collect())
}

/// Up to `limit` children whose duty was derived by another rule than the one of this number.
///
/// # Errors
/// If the database fails.
pub async fn of_other_rules(connection: &impl ConnectionTrait, rule: i64, limit: u64) -> Result<Vec<ChildId>, DbErr> {
    let other = Condition::any().add(duty::Column::Rule.lt(rule)).add(duty::Column::Rule.gt(rule));
    let found: Vec<Uuid> = duty::Entity::find()
        .select_only()
        .column(duty::Column::ChildId)
        .filter(other)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(ChildId::from_uuid).collect())
}
