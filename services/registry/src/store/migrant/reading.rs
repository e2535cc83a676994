//! Finds entries, with one statement a table for any number of them.

use std::collections::HashMap;

use kernel::time::parse_iso;
use kernel::{ChildId, Date, Instant};
use platform::database::{any_blob, any_uuid};
use platform::vault::Vault;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::domain::migrant::{
    Guardian, Identity, MigrantEntry, MigrantId, Source, SpecialReason, Survey, SurveyWatch, Whereabouts,
};
use crate::store::entity::{migrant, migrant_survey};
use crate::store::fact::{FactKind, Facts};
use crate::store::row::InconsistentRow;
use crate::store::sealed::Hash;

/// The kinds of facts that an entry consists of.
const KINDS: [FactKind; 4] =
    [FactKind::MigrantIdentity, FactKind::MigrantGuardian, FactKind::Whereabouts, FactKind::SpecialMigrant];

/// The rows of some entries as they were read, still sealed.
#[derive(Debug, Default)]
pub struct StoredMigrants {
    rows: Vec<migrant::Model>,
    surveys: HashMap<Uuid, Vec<migrant_survey::Model>>,
    facts: Facts,
}

/// These entries; missing ones are left out.
///
/// # Errors
/// If the database fails.
pub async fn migrants(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = MigrantId>,
) -> Result<StoredMigrants, DbErr> {
    let ids: Vec<Uuid> = ids.into_iter().map(MigrantId::as_uuid).collect();
    if ids.is_empty() {
        return Ok(StoredMigrants::default());
    }
    let backend = connection.get_database_backend();
    // Facts last: what was recorded after the row was read is not known at any instant that is asked for.
    let mut rows =
        migrant::Entity::find().filter(any_uuid(backend, migrant::Column::Id, ids.clone())).all(connection).await?;
    rows.sort_by_key(|row| row.id);
    let found = migrant_survey::Entity::find()
        .filter(any_uuid(backend, migrant_survey::Column::MigrantId, ids.clone()))
        .all(connection)
        .await?;
    let mut surveys: HashMap<Uuid, Vec<migrant_survey::Model>> = HashMap::new();
    for survey in found {
        surveys.entry(survey.migrant_id).or_default().push(survey);
    }
    let facts = Facts::of(connection, ids, &KINDS).await?;
    Ok(StoredMigrants { rows, surveys, facts })
}

impl StoredMigrants {
    /// Opens them, in the order of their identifiers.
    ///
    /// # Errors
    /// [`InconsistentRow`].
    pub fn open(mut self, vault: &Vault) -> Result<Vec<MigrantEntry>, InconsistentRow> {
        std::mem::take(&mut self.rows).into_iter().map(|row| self.entry(row, vault)).collect()
    }

    fn entry(&mut self, row: migrant::Model, vault: &Vault) -> Result<MigrantEntry, InconsistentRow> {
        let wrong = |column| inconsistent("migrant", column, row.id);
        let facts = &self.facts;
        let identity = facts.timeline::<Identity>(row.id, vault)?;
        let whereabouts = facts.timeline::<Whereabouts>(row.id, vault)?;
        if identity.current().is_empty() || whereabouts.current().is_empty() {
            return Err(wrong("id"));
        }
        let surveys = self.surveys.remove(&row.id).unwrap_or_default();
        let mut surveys = surveys.into_iter().map(survey).collect::<Result<Vec<_>, _>>()?;
        surveys.sort();
        Ok(MigrantEntry {
            id: MigrantId::from_uuid(row.id),
            version: u32::try_from(row.version).map_err(|_| wrong("version"))?,
            identity,
            guardian: facts.timeline::<Guardian>(row.id, vault)?,
            whereabouts,
            special: facts.timeline::<SpecialReason>(row.id, vault)?,
            surveys,
            survey_watch: SurveyWatch {
                next: day(row.survey_look_on.as_deref()).map_err(|()| wrong("survey_look_on"))?,
                told: day(row.survey_told_on.as_deref()).map_err(|()| wrong("survey_told_on"))?,
            },
            child: row.child_id.map(ChildId::from_uuid),
            opened_at: Instant::from_micros(row.created_at),
            changed_at: Instant::from_micros(row.updated_at),
        })
    }
}

fn day(text: Option<&str>) -> Result<Option<Date>, ()> {
    text.map(parse_iso).transpose().map_err(|_| ())
}

fn survey(row: migrant_survey::Model) -> Result<Survey, InconsistentRow> {
    let wrong = |column| inconsistent("migrant_survey", column, row.migrant_id);
    let source = i32::try_from(row.source).ok().and_then(Source::from_number);
    Ok(Survey {
        on: parse_iso(&row.surveyed_on).map_err(|_| wrong("surveyed_on"))?,
        source: source.ok_or_else(|| wrong("source"))?,
        recorded: Instant::from_micros(row.recorded_at),
    })
}

/// Up to `limit` entries at which somebody must look on `today`: whether a survey is due.
///
/// # Errors
/// If the database fails.
pub async fn surveys_due(connection: &impl ConnectionTrait, today: Date, limit: u64) -> Result<Vec<MigrantId>, DbErr> {
    let found: Vec<Uuid> = migrant::Entity::find()
        .select_only()
        .column(migrant::Column::Id)
        .filter(migrant::Column::SurveyLookOn.lte(today.to_string()))
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(MigrantId::from_uuid).collect())
}

/// The entries that are linked with one of these files.
///
/// # Errors
/// If the database fails.
pub async fn linked_with(
    connection: &impl ConnectionTrait,
    files: impl IntoIterator<Item = ChildId>,
) -> Result<Vec<MigrantId>, DbErr> {
    let files: Vec<Uuid> = files.into_iter().map(ChildId::as_uuid).collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Uuid> = migrant::Entity::find()
        .select_only()
        .column(migrant::Column::Id)
        .filter(any_uuid(connection.get_database_backend(), migrant::Column::ChildId, files))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(MigrantId::from_uuid).collect())
}

/// The entries whose column holds one of these keyed hashes.
///
/// # Errors
/// If the database fails.
pub async fn by_hash(
    connection: &impl ConnectionTrait,
    column: migrant::Column,
    hashes: impl IntoIterator<Item = Hash>,
) -> Result<Vec<(Vec<u8>, MigrantId)>, DbErr> {
    let hashes: Vec<Vec<u8>> = hashes.into_iter().map(|hash| hash.to_vec()).collect();
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(Vec<u8>, Uuid)> = migrant::Entity::find()
        .select_only()
        .column(column)
        .column(migrant::Column::Id)
        .filter(any_blob(connection.get_database_backend(), column, hashes))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(|(hash, id)| (hash, MigrantId::from_uuid(id))).collect())
}

fn inconsistent(table: &'static str, column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table, column, id, vault: None }
}
