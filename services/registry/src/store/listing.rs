//! Lists files by filters, in the order in which they were opened.

use std::collections::HashSet;

use kernel::{ChildId, Division, DivisionLevel, Instant, Month};
use platform::database::any_uuid;
use platform::error::ServiceError;
use platform::vault::Vault;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::category_class::{UNCLASSED, classes};
use super::entity::{category_record, child, fact};
use super::fact::FactKind;
use super::row::category_of;
use super::standing::ACTIVE;
use crate::domain::Category;

/// Which files to list. What is set must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Household registration in this division.
    pub division: Option<Division>,
    /// Where the file stands: one of the numbers of [`super::writing`].
    pub state: Option<i64>,
    /// Carries one of these categories in the month. Their class lies open, [`carrying`] tells the rest.
    pub carries: Option<(Vec<Category>, Month)>,
}

/// Up to `limit` files that pass, after the file `after`, oldest first. Categories are looked for by their class: see
/// [`carrying`].
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
        .add_option(filter.state.map(in_state))
        .add_option(filter.division.map(in_division))
        .add_option(filter.carries.as_ref().map(|(categories, month)| Expr::exists(carries(categories, *month))));
    ids(connection, condition, limit).await
}

/// Up to `limit` files that may have passed the filter once, as far as was known at an instant, after the file `after`: those
/// that pass as they stand, and all whose record ever changed. How a file stood lies sealed: the caller looks into them.
///
/// # Errors
/// If the database fails.
pub async fn once(
    connection: &impl ConnectionTrait,
    filter: &Filter,
    known: Instant,
    after: Option<ChildId>,
    limit: u64,
) -> Result<Vec<ChildId>, DbErr> {
    let stands = Condition::all()
        .add_option(filter.state.map(|state| child::Column::State.eq(state)))
        .add_option(filter.division.map(in_division));
    let changed = Query::select()
        .expr(Expr::val(1))
        .from(fact::Entity)
        .and_where(Expr::col((fact::Entity, fact::Column::Subject)).equals((child::Entity, child::Column::Id)))
        .and_where(fact::Column::Kind.eq(FactKind::File.number()))
        .take();
    let carried = filter.carries.as_ref().map(|(categories, _)| Expr::exists(ever_carried(categories)));
    let condition = Condition::all()
        .add(child::Column::CreatedAt.lte(known.as_micros()))
        .add_option(after.map(|id| child::Column::Id.gt(id.as_uuid())))
        .add(Condition::any().add(stands).add(Expr::exists(changed)))
        .add_option(carried);
    ids(connection, condition, limit).await
}

async fn ids(connection: &impl ConnectionTrait, condition: Condition, limit: u64) -> Result<Vec<ChildId>, DbErr> {
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

/// Nearly every file is active: SQLite, which counts no rows, would read all of them by the index of states and look at the
/// division afterwards. What the sign makes of the column no index holds.
fn in_state(state: i64) -> SimpleExpr {
    if state == ACTIVE { Expr::cust("+\"child\".\"state\"").eq(state) } else { child::Column::State.eq(state) }
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

/// Which of these files carry one of the categories in the month, as their sealed values tell.
///
/// # Errors
/// INTERNAL if a value does not open; if the database fails.
pub async fn carrying(
    connection: &impl ConnectionTrait,
    ids: &[ChildId],
    (categories, month): &(Vec<Category>, Month),
    vault: &Vault,
) -> Result<HashSet<ChildId>, ServiceError> {
    let children = ids.iter().map(|id| id.as_uuid());
    let rows = category_record::Entity::find()
        .filter(any_uuid(connection.get_database_backend(), category_record::Column::ChildId, children))
        .filter(candidates(categories))
        .filter(counts_in(*month))
        .all(connection)
        .await?;
    let mut carrying = HashSet::new();
    for row in rows {
        if categories.contains(&category_of(row.id, row.category, row.sealed.as_deref(), vault)?) {
            carrying.insert(ChildId::from_uuid(row.child_id));
        }
    }
    Ok(carrying)
}

fn carries(categories: &[Category], month: Month) -> SelectStatement {
    ever_carried(categories).cond_where(counts_in(month)).take()
}

/// A record of one of the classes, whatever its months: they may have been believed otherwise.
fn ever_carried(categories: &[Category]) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(category_record::Entity)
        .and_where(
            Expr::col((category_record::Entity, category_record::Column::ChildId))
                .equals((child::Entity, child::Column::Id)),
        )
        .cond_where(candidates(categories))
        .take()
}

/// Records whose class is that of one of the categories; rows that are not converted yet say the category itself.
fn candidates(categories: &[Category]) -> Condition {
    let open = categories.iter().map(|category| i64::from(category.number()));
    let unconverted = category_record::Column::Class.eq(UNCLASSED).and(category_record::Column::Category.is_in(open));
    Condition::any().add(category_record::Column::Class.is_in(classes(categories))).add(unconverted)
}

fn counts_in(month: Month) -> Condition {
    let month = month.to_string();
    let until = Condition::any()
        .add(category_record::Column::UntilMonth.is_null())
        .add(category_record::Column::UntilMonth.gt(month.clone()));
    Condition::all().add(category_record::Column::FromMonth.lte(month)).add(until)
}
