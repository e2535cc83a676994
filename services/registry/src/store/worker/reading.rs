//! Finds workers and assignments, with one statement a table for any number of them.

use std::collections::{BTreeSet, HashMap};

use kernel::{ChildId, Division, Instant, Timeline, Version, WorkerId};
use platform::database::{any_text, any_uuid};
use platform::error::ServiceError;
use platform::vault::Vault;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::person::unchanged;
use super::sealed::SealedWorker;
use crate::domain::worker::{Assignment, Person, Post, Role, Worker};
use crate::store::entity::{appointment, assignment, worker};
use crate::store::fact::{FactKind, Facts};
use crate::store::row::InconsistentRow;
use crate::store::versions::StoredVersion;

/// These workers, in the order of their identifiers; missing ones are left out.
///
/// # Errors
/// If the database fails, or a row cannot be one of ours.
pub async fn workers(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    ids: &BTreeSet<WorkerId>,
) -> Result<Vec<Worker>, ServiceError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let backend = connection.get_database_backend();
    let ids = || ids.iter().map(|id| id.as_uuid());
    let mut posts: HashMap<Uuid, Vec<Version<Post>>> = HashMap::new();
    let rows = appointment::Entity::find()
        .filter(any_uuid(backend, appointment::Column::WorkerId, ids()))
        .all(connection)
        .await?;
    let facts = Facts::of(connection, ids(), &[FactKind::WorkerPerson]).await?;
    for row in rows {
        posts.entry(row.worker_id).or_default().push(appointed(&row)?);
    }
    let rows = worker::Entity::find().filter(any_uuid(backend, worker::Column::Id, ids())).all(connection).await?;
    let mut workers = rows
        .into_iter()
        .map(|row| {
            let posts = posts.remove(&row.id).unwrap_or_default();
            opened(row, posts, &facts, vault)
        })
        .collect::<Result<Vec<_>, _>>()?;
    workers.sort_by_key(|worker| worker.id);
    Ok(workers)
}

/// The workers who, as far as we know now, ever held or will hold a post in one of these divisions.
///
/// # Errors
/// If the database fails.
pub async fn holders(
    connection: &impl ConnectionTrait,
    divisions: &BTreeSet<Division>,
) -> Result<Vec<WorkerId>, DbErr> {
    if divisions.is_empty() {
        return Ok(Vec::new());
    }
    let divisions = divisions.iter().map(Division::to_string);
    let found: Vec<Uuid> = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::WorkerId)
        .filter(any_text(connection.get_database_backend(), appointment::Column::Division, divisions))
        .filter(appointment::Column::SupersededAt.is_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(WorkerId::from_uuid).collect())
}

/// The assignments of these children, one for each, whether they ever had any or not.
///
/// # Errors
/// If the database fails, or a row cannot be one of ours.
pub async fn assignments(
    connection: &impl ConnectionTrait,
    children: &BTreeSet<ChildId>,
) -> Result<Vec<Assignment>, ServiceError> {
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let ids = children.iter().map(|id| id.as_uuid());
    let rows = assignment::Entity::find()
        .filter(any_uuid(connection.get_database_backend(), assignment::Column::ChildId, ids))
        .all(connection)
        .await?;
    let mut versions: HashMap<Uuid, Vec<Version<WorkerId>>> = HashMap::new();
    for row in rows {
        versions.entry(row.child_id).or_default().push(assigned(&row)?);
    }
    let mut all = Vec::with_capacity(children.len());
    for child in children {
        let versions = versions.remove(&child.as_uuid()).unwrap_or_default();
        let workers = Timeline::restore(versions).map_err(|_| wrong("assignment", "valid_from", child.as_uuid()))?;
        all.push(Assignment { child: *child, workers });
    }
    Ok(all)
}

/// The children who, as far as we know now, were, are or will be assigned to one of these workers.
///
/// # Errors
/// If the database fails.
pub async fn assigned_to(
    connection: &impl ConnectionTrait,
    workers: &BTreeSet<WorkerId>,
) -> Result<Vec<ChildId>, DbErr> {
    if workers.is_empty() {
        return Ok(Vec::new());
    }
    let workers = workers.iter().map(|id| id.as_uuid());
    let found: Vec<Uuid> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ChildId)
        .filter(any_uuid(connection.get_database_backend(), assignment::Column::WorkerId, workers))
        .filter(assignment::Column::SupersededAt.is_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(ChildId::from_uuid).collect())
}

fn opened(
    row: worker::Model,
    posts: Vec<Version<Post>>,
    facts: &Facts,
    vault: &Vault,
) -> Result<Worker, InconsistentRow> {
    let wrong = |column| wrong("worker", column, row.id);
    let id = WorkerId::from_uuid(row.id);
    let part = SealedWorker::open(vault, id, &row.sealed)
        .map_err(|error| InconsistentRow { vault: Some(error), ..wrong("sealed") })?
        .ok_or_else(|| wrong("sealed"))?;
    let opened_at = Instant::from_micros(row.created_at);
    let mut persons = facts.timeline::<Person>(row.id, vault)?;
    if persons.versions().is_empty() {
        persons = unchanged(part.person(), opened_at);
    }
    if persons.open().is_none() {
        return Err(InconsistentRow { table: "fact", ..wrong("valid_until") });
    }
    Ok(Worker {
        id,
        version: u32::try_from(row.version).map_err(|_| wrong("version"))?,
        persons,
        posts: Timeline::restore(posts).map_err(|_| InconsistentRow { table: "appointment", ..wrong("valid_from") })?,
        trainings: part.trainings().ok_or_else(|| wrong("sealed"))?,
        acknowledgements: part.acknowledgements().ok_or_else(|| wrong("sealed"))?,
        opened_at,
        changed_at: Instant::from_micros(row.updated_at),
    })
}

fn appointed(row: &appointment::Model) -> Result<Version<Post>, InconsistentRow> {
    let wrong = |column| wrong("appointment", column, row.worker_id);
    let role = i32::try_from(row.role).ok().and_then(Role::from_number).ok_or_else(|| wrong("role"))?;
    let division = row.division.parse().map_err(|_| wrong("division"))?;
    let post = Post::new(role, division).map_err(|_| wrong("division"))?;
    let version = StoredVersion {
        number: row.number,
        valid_from: &row.valid_from,
        valid_until: row.valid_until.as_deref(),
        recorded_at: row.recorded_at,
        superseded_at: row.superseded_at,
    };
    version.open(post, "appointment", row.worker_id)
}

fn assigned(row: &assignment::Model) -> Result<Version<WorkerId>, InconsistentRow> {
    let version = StoredVersion {
        number: row.number,
        valid_from: &row.valid_from,
        valid_until: row.valid_until.as_deref(),
        recorded_at: row.recorded_at,
        superseded_at: row.superseded_at,
    };
    version.open(WorkerId::from_uuid(row.worker_id), "assignment", row.child_id)
}

fn wrong(table: &'static str, column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table, column, id, vault: None }
}
