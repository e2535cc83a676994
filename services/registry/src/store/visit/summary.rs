//! Counts a month's duty by township.

use kernel::{Division, Month};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait as _, Func, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr};

use super::due::{between, spans, township};
use crate::store::entity::{duty_span, visit_month};

/// The duty of a month in one township.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TownshipCounts {
    /// The township; a county where no more is known of the households.
    pub division: String,
    /// On duty.
    pub due: i64,
    /// Visited, and never told as overdue.
    pub done: i64,
    /// Told as overdue, and visited by what was recorded afterwards.
    pub done_late: i64,
    /// Told as overdue, and not visited.
    pub overdue: i64,
    /// Neither visited nor told as overdue.
    pub open: i64,
    /// In need of attention at the latest visit.
    pub at_risk: i64,
}

/// The counts of every township of a division in which a child is on duty, by code.
///
/// # Errors
/// If the database fails.
pub async fn by_township(
    connection: &impl ConnectionTrait,
    month: Month,
    division: Option<Division>,
) -> Result<Vec<TownshipCounts>, DbErr> {
    let rows = connection.query_all(&statement(month, division)).await?;
    rows.iter()
        .map(|row| {
            let count = |name: &str| row.try_get::<i64>("", name);
            let (due, visited, told, late) = (count("due")?, count("visited")?, count("told")?, count("late")?);
            Ok(TownshipCounts {
                division: row.try_get("", "township")?,
                due,
                done: visited - late,
                done_late: late,
                overdue: told - late,
                open: due - visited - told + late,
                at_risk: count("at_risk")?,
            })
        })
        .collect()
}

fn statement(month: Month, division: Option<Division>) -> SelectStatement {
    let column = |column: visit_month::Column| Expr::col((visit_month::Entity, column));
    let visited = column(visit_month::Column::LastOn).is_not_null();
    let told = column(visit_month::Column::OverdueAt).is_not_null();
    let risk = column(visit_month::Column::NeedsAttention).eq(1);
    let count = |condition: Expr| Func::count(CaseStatement::new().case(condition, 1));
    let mut select = spans(month);
    select
        .expr_as(township(), Alias::new("township"))
        .expr_as(Func::count(Expr::val(1)), Alias::new("due"))
        .expr_as(count(visited.clone()), Alias::new("visited"))
        .expr_as(count(told.clone()), Alias::new("told"))
        .expr_as(count(visited.and(told)), Alias::new("late"))
        .expr_as(count(risk), Alias::new("at_risk"))
        .add_group_by([Expr::cust("1")])
        .order_by_expr(Expr::cust("1"), sea_orm::Order::Asc);
    if let Some(division) = division {
        select.and_where(between(Expr::col((duty_span::Entity, duty_span::Column::Division)), division));
    }
    select
}
