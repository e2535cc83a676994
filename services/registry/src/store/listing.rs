//! Lists files by filters, in the order in which they were opened.

use kernel::{ChildId, Division, DivisionLevel, Month};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::entity::{category_record, child};
use crate::domain::Category;

/// Which files to list. What is set must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Household registration in this division.
    pub division: Option<Division>,
    /// Where the file stands: one of the numbers of [`super::writing`].
    pub state: Option<i64>,
    /// Carries one of these categories in the month.
    pub carries: Option<(Vec<Category>, Month)>,
}

/// Up to `limit` files that pass, after the file `after`, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    connection: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<ChildId>,
    limit: u64,
) -> Result<Vec<ChildId>, DbErr> {
    let condition = Condition::all()
        .add_option(after.map(|id| child::Column::Id.gt(id.as_uuid())))
        .add_option(filter.state.map(|state| child::Column::State.eq(state)))
        .add_option(filter.division.map(in_division))
        .add_option(filter.carries.as_ref().map(|(categories, month)| Expr::exists(carries(categories, *month))));
    let found: Vec<Uuid> = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .filter(condition)
        .order_by_asc(child::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(ChildId::from_uuid).collect())
}

/// Codes inside a division begin with its digits, and digits sort alike in every collation.
fn in_division(division: Division) -> SimpleExpr {
    let code = division.as_str();
    let last = format!("{code:9<12}");
    match division.level() {
        DivisionLevel::County => child::Column::County.eq(code),
        DivisionLevel::Province | DivisionLevel::City => child::Column::County.between(code, last.as_str()),
        DivisionLevel::Township | DivisionLevel::Village => child::Column::Division.between(code, last.as_str()),
    }
}

fn carries(categories: &[Category], month: Month) -> SelectStatement {
    let month = month.to_string();
    Query::select()
        .expr(Expr::val(1))
        .from(category_record::Entity)
        .and_where(
            Expr::col((category_record::Entity, category_record::Column::ChildId))
                .equals((child::Entity, child::Column::Id)),
        )
        .and_where(
            category_record::Column::Category.is_in(categories.iter().map(|category| i64::from(category.number()))),
        )
        .and_where(category_record::Column::FromMonth.lte(month.clone()))
        .cond_where(
            Condition::any()
                .add(category_record::Column::UntilMonth.is_null())
                .add(category_record::Column::UntilMonth.gt(month)),
        )
        .take()
}
