use std::collections::BTreeSet;

use kernel::time::parse_iso;
use kernel::{ApplicationId, ChildId, Date, Division, Instant};
use platform::database::any_uuid;
use platform::error::ServiceError;
use platform::vault::Vault;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
};
use uuid::Uuid;

use super::sealed::SealedApplication;
use super::writing::number;
use crate::domain::CategoryApplication;
use crate::domain::application::Due;
use crate::store::entity::category_application::{Column, Entity, Model};
use crate::store::row::InconsistentRow;

/// These applications.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn with_ids(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    ids: impl IntoIterator<Item = ApplicationId>,
) -> Result<Vec<CategoryApplication>, ServiceError> {
    let ids: Vec<Uuid> = ids.into_iter().map(ApplicationId::as_uuid).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    find(connection, vault, any_uuid(connection.get_database_backend(), Column::Id, ids)).await
}

/// The applications of these children.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn of_children(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    children: impl IntoIterator<Item = ChildId>,
) -> Result<Vec<CategoryApplication>, ServiceError> {
    let children: Vec<Uuid> = children.into_iter().map(ChildId::as_uuid).collect();
    if children.is_empty() {
        return Ok(Vec::new());
    }
    find(connection, vault, any_uuid(connection.get_database_backend(), Column::ChildId, children)).await
}

/// Which applications to list. What is set must hold.
#[derive(Clone, Debug, Default)]
pub struct ApplicationFilter {
    /// Decided by this county.
    pub county: Option<Division>,
    /// For one of these files.
    pub children: Option<BTreeSet<ChildId>>,
    /// Standing so: a number of [`super::state`].
    pub state: Option<i64>,
    /// A step of it was told to be late.
    pub late: bool,
}

impl ApplicationFilter {
    /// Whether an application passes as it stands.
    #[must_use]
    pub fn passes(&self, application: &CategoryApplication) -> bool {
        let late = application.waiting().is_some_and(|(_, due)| due.reminders > 0);
        self.county.is_none_or(|county| county == application.county)
            && self.children.as_ref().is_none_or(|children| children.contains(&application.child))
            && self.state.is_none_or(|state| state == number(&application.state))
            && (late || !self.late)
    }
}

/// Up to `limit` applications that may have passed at an instant, after `after`, oldest first: how they stood lies sealed.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn page_once(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    filter: &ApplicationFilter,
    known: Instant,
    after: Option<ApplicationId>,
    limit: u64,
) -> Result<Vec<CategoryApplication>, ServiceError> {
    let whose = ApplicationFilter { state: None, late: false, ..filter.clone() };
    let query = found(&whose, after, limit).filter(Column::CreatedAt.lte(known.as_micros()));
    open(query.all(connection).await?, vault)
}

/// Up to `limit` applications that pass, after `after`, oldest first.
///
/// # Errors
/// If the database fails, or a row is inconsistent.
pub async fn page(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    filter: &ApplicationFilter,
    after: Option<ApplicationId>,
    limit: u64,
) -> Result<Vec<CategoryApplication>, ServiceError> {
    open(found(filter, after, limit).all(connection).await?, vault)
}

fn found(filter: &ApplicationFilter, after: Option<ApplicationId>, limit: u64) -> Select<Entity> {
    let mut query = Entity::find().order_by_asc(Column::Id).limit(limit);
    let children = filter.children.as_ref().map(|children| children.iter().map(|child| child.as_uuid()));
    let conditions = [
        after.map(|id| Column::Id.gt(id.as_uuid())),
        filter.county.map(|county| Column::County.eq(county.as_str())),
        children.map(|children| Column::ChildId.is_in(children)),
        filter.state.map(|state| Column::State.eq(state)),
        filter.late.then(|| Column::Reminders.gt(0)),
    ];
    for condition in conditions.into_iter().flatten() {
        query = query.filter(condition);
    }
    query
}

/// Up to `limit` applications of which a step is due before `day`, the most urgent first.
///
/// # Errors
/// If the database fails.
pub async fn due(connection: &impl ConnectionTrait, day: Date, limit: u64) -> Result<Vec<ApplicationId>, DbErr> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::DueOn.lt(day.to_string()))
        .order_by_asc(Column::DueOn)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(ApplicationId::from_uuid).collect())
}

async fn find(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    condition: SimpleExpr,
) -> Result<Vec<CategoryApplication>, ServiceError> {
    let rows = Entity::find().filter(condition).order_by_asc(Column::Id).all(connection).await?;
    open(rows, vault)
}

fn open(rows: Vec<Model>, vault: &Vault) -> Result<Vec<CategoryApplication>, ServiceError> {
    rows.into_iter().map(|row| Ok(application(row, vault)?)).collect()
}

fn application(row: Model, vault: &Vault) -> Result<CategoryApplication, InconsistentRow> {
    let wrong = |column| InconsistentRow { table: "category_application", column, id: row.id, vault: None };
    let id = ApplicationId::from_uuid(row.id);
    let part = SealedApplication::open(vault, id, &row.sealed)
        .map_err(|error| InconsistentRow { vault: Some(error), ..wrong("sealed") })?
        .ok_or_else(|| wrong("sealed"))?;
    let due = match &row.due_on {
        None => None,
        Some(day) => Some(Due {
            last_day: parse_iso(day).map_err(|_| wrong("due_on"))?,
            reminders: u32::try_from(row.reminders).map_err(|_| wrong("reminders"))?,
        }),
    };
    let (submission, check, state, earlier) = part.opened(row.state, due).ok_or_else(|| wrong("state"))?;
    Ok(CategoryApplication {
        id,
        version: u32::try_from(row.version).map_err(|_| wrong("version"))?,
        child: ChildId::from_uuid(row.child_id),
        county: row.county.parse().map_err(|_| wrong("county"))?,
        submission,
        state,
        check,
        submitted_at: Instant::from_micros(row.created_at),
        changed_at: Instant::from_micros(row.updated_at),
        earlier,
    })
}
