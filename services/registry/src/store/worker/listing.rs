//! Lists workers by the post that they hold on a day.

use std::collections::BTreeSet;

use kernel::{Date, Division, WorkerId};
use platform::database::any_text;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::domain::worker::Role;
use crate::store::entity::{appointment, worker};

/// Which workers to list. What is set must hold.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The day on which the post must be held.
    pub on: Date,
    /// The post lies in this division.
    pub division: Option<Division>,
    /// The post is of this kind.
    pub role: Option<Role>,
    /// No training is recorded.
    pub without_training: bool,
}

/// Up to `limit` workers that pass, after the worker `after`, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    connection: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<WorkerId>,
    limit: u64,
) -> Result<Vec<WorkerId>, DbErr> {
    let condition = Condition::all()
        .add_option(after.map(|id| worker::Column::Id.gt(id.as_uuid())))
        .add_option(filter.without_training.then(|| worker::Column::Trainings.eq(0)))
        .add(Expr::col(worker::Column::Id).in_subquery(holding(filter)));
    let found: Vec<Uuid> = worker::Entity::find()
        .select_only()
        .column(worker::Column::Id)
        .filter(condition)
        .order_by_asc(worker::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(WorkerId::from_uuid).collect())
}

/// Everybody who, as far as we know now, ever held or will hold a post in one of these divisions or below.
///
/// # Errors
/// If the database fails.
pub async fn posted_in(
    connection: &impl ConnectionTrait,
    divisions: &BTreeSet<Division>,
) -> Result<BTreeSet<WorkerId>, DbErr> {
    if divisions.is_empty() {
        return Ok(BTreeSet::new());
    }
    let inside = divisions.iter().fold(Condition::any(), |any, division| any.add(in_division(*division)));
    let found: Vec<Uuid> = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::WorkerId)
        .filter(Condition::all().add(appointment::Column::SupersededAt.is_null()).add(inside))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(WorkerId::from_uuid).collect())
}

/// The posts of a worker on a day: one at most.
///
/// # Errors
/// If the database fails.
pub async fn holders_on(
    connection: &impl ConnectionTrait,
    divisions: impl IntoIterator<Item = Division>,
    day: Date,
) -> Result<Vec<(String, WorkerId)>, DbErr> {
    let divisions = divisions.into_iter().map(|division| division.to_string());
    let found: Vec<(String, Uuid)> = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Division)
        .column(appointment::Column::WorkerId)
        .filter(any_text(connection.get_database_backend(), appointment::Column::Division, divisions))
        .filter(holds_on(day))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(|(division, worker)| (division, WorkerId::from_uuid(worker))).collect())
}

fn holding(filter: &Filter) -> SelectStatement {
    Query::select()
        .column(appointment::Column::WorkerId)
        .from(appointment::Entity)
        .cond_where(holds_on(filter.on))
        .cond_where(
            Condition::all()
                .add_option(filter.role.map(|role| appointment::Column::Role.eq(i64::from(role.number()))))
                .add_option(filter.division.map(in_division)),
        )
        .take()
}

/// The condition that an appointment, as far as we know now, holds on a day.
#[must_use]
pub fn holds_on(day: Date) -> Condition {
    let day = day.to_string();
    Condition::all()
        .add(appointment::Column::SupersededAt.is_null())
        .add(appointment::Column::ValidFrom.lte(day.clone()))
        .add(
            Condition::any()
                .add(appointment::Column::ValidUntil.is_null())
                .add(appointment::Column::ValidUntil.gt(day)),
        )
}

/// Codes inside a division begin with its digits, and digits sort alike in every collation.
fn in_division(division: Division) -> SimpleExpr {
    let code = division.as_str();
    let last = format!("{code:9<12}");
    appointment::Column::Division.between(code, last.as_str())
}
