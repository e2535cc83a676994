//! Finds entries by where their children stayed.

use kernel::{Date, Division, DivisionLevel, Instant};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::domain::migrant::{MigrantId, Source};
use crate::store::entity::{migrant, migrant_stay, migrant_survey};

/// Which entries. What is set must hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// A stay in this division.
    pub division: Option<Division>,
    /// On this day; without one, at any time.
    pub day: Option<Date>,
    /// As it was known at this instant; without one, as it is known now, or, without a day, was ever known.
    pub known_at: Option<Instant>,
    /// Reported by this survey, as far as it was known at the instant.
    pub source: Option<Source>,
}

/// Up to `limit` entries that pass, after the entry `after`, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    connection: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<MigrantId>,
    limit: u64,
) -> Result<Vec<MigrantId>, DbErr> {
    let stayed = filter.division.is_some() || filter.day.is_some();
    let condition = Condition::all()
        .add_option(after.map(|id| migrant::Column::Id.gt(id.as_uuid())))
        .add_option(stayed.then(|| Expr::exists(stays(filter))))
        .add_option(filter.source.map(|source| Expr::exists(surveys(source, filter.known_at))));
    let found: Vec<Uuid> = migrant::Entity::find()
        .select_only()
        .column(migrant::Column::Id)
        .filter(condition)
        .order_by_asc(migrant::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(MigrantId::from_uuid).collect())
}

fn stays(filter: &Filter) -> SelectStatement {
    let same_entry = Expr::col((migrant_stay::Entity, migrant_stay::Column::MigrantId))
        .equals((migrant::Entity, migrant::Column::Id));
    let mut condition = Condition::all().add(same_entry);
    if let Some(division) = filter.division {
        condition = condition.add(in_division(division));
    }
    if let Some(day) = filter.day.map(|day| day.to_string()) {
        let lasts = Condition::any()
            .add(migrant_stay::Column::ValidUntil.is_null())
            .add(migrant_stay::Column::ValidUntil.gt(day.clone()));
        condition = condition.add(migrant_stay::Column::ValidFrom.lte(day)).add(lasts);
        condition = match filter.known_at.map(Instant::as_micros) {
            None => condition.add(migrant_stay::Column::SupersededAt.is_null()),
            Some(instant) => condition.add(migrant_stay::Column::RecordedAt.lte(instant)).add(
                Condition::any()
                    .add(migrant_stay::Column::SupersededAt.is_null())
                    .add(migrant_stay::Column::SupersededAt.gt(instant)),
            ),
        };
    }
    Query::select().expr(Expr::val(1)).from(migrant_stay::Entity).cond_where(condition).take()
}

/// Codes inside a division begin with its digits, and digits sort alike in every collation.
fn in_division(division: Division) -> sea_orm::sea_query::SimpleExpr {
    let code = division.as_str();
    match division.level() {
        DivisionLevel::Village => migrant_stay::Column::Division.eq(code),
        _ => migrant_stay::Column::Division.between(code.to_owned(), format!("{code:9<12}")),
    }
}

fn surveys(source: Source, known_at: Option<Instant>) -> SelectStatement {
    let known = known_at.map(|instant| migrant_survey::Column::RecordedAt.lte(instant.as_micros()));
    Query::select()
        .expr(Expr::val(1))
        .from(migrant_survey::Entity)
        .and_where(
            Expr::col((migrant_survey::Entity, migrant_survey::Column::MigrantId))
                .equals((migrant::Entity, migrant::Column::Id)),
        )
        .and_where(migrant_survey::Column::Source.eq(source.number()))
        .cond_where(Condition::all().add_option(known))
        .take()
}
