//! Finds persons and families, with one statement for any number of them.

use std::collections::{BTreeSet, HashMap};

use kernel::spelling::plain;
use kernel::{ChildId, CitizenId, Date, HouseholdId, PersonId};
use platform::database::{any_blob, any_uuid};
use platform::error::ServiceError;
use platform::vault::Vault;
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::entity::{guardian_role, household_member, person};
use super::restoring::{self, KINDS};
use crate::domain::circumstance::Circumstances;
use crate::domain::guardianship::Guardianship;
use crate::domain::household::{Household, Member};
use crate::domain::person::Person;
use crate::store::entity::child;
use crate::store::fact::{FactKind, Facts};
use crate::store::sealed::Hash;
use crate::store::standing::MERGED;

/// The hash by which a person's citizen ID is found.
#[must_use]
pub fn citizen_id_hash(vault: &Vault, id: &CitizenId) -> Hash {
    vault.search_hash("registry.person.citizen_id", id.as_str())
}

/// The hash by which a person's name with a day of birth is found, whatever spaces stand in the name.
#[must_use]
pub fn name_birth_hash(vault: &Vault, full_name: &str, birth_date: Date) -> Hash {
    vault.search_hash("registry.person.name_birth", &format!("{}\n{birth_date}", plain(full_name)))
}

/// All facts of these subjects that persons and families are made of.
///
/// # Errors
/// If the database fails.
pub async fn facts(
    connection: &impl ConnectionTrait,
    subjects: impl IntoIterator<Item = Uuid>,
) -> Result<Facts, DbErr> {
    Facts::of(connection, subjects, &KINDS).await
}

/// These persons, in the order of their identifiers; missing ones are left out.
///
/// # Errors
/// If the database fails or a row is inconsistent.
pub async fn persons(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<Person>, ServiceError> {
    let ids: BTreeSet<PersonId> = ids.into_iter().collect();
    let kinds = [FactKind::Identity, FactKind::Contact, FactKind::Situation];
    let facts = Facts::of(connection, ids.iter().map(|id| id.as_uuid()), &kinds).await?;
    let mut persons = Vec::with_capacity(ids.len());
    for id in ids {
        persons.extend(restoring::person(&facts, id, vault)?);
    }
    Ok(persons)
}

/// Who stands around these children.
///
/// # Errors
/// If the database fails or a row is inconsistent.
pub async fn guardianships(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    children: impl IntoIterator<Item = ChildId>,
) -> Result<Vec<Guardianship>, ServiceError> {
    let children: BTreeSet<ChildId> = children.into_iter().collect();
    let facts = Facts::of(connection, children.iter().map(|id| id.as_uuid()), &[FactKind::Role]).await?;
    children.into_iter().map(|child| Ok(restoring::guardianship(&facts, child, vault)?)).collect()
}

/// A child's circumstances.
///
/// # Errors
/// If the database fails or a row is inconsistent.
pub async fn circumstances(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    child: ChildId,
) -> Result<Circumstances, ServiceError> {
    let facts = Facts::of(connection, [child.as_uuid()], &[FactKind::Circumstance]).await?;
    Ok(restoring::circumstances(&facts, child, vault)?.0)
}

/// These households, in the order of their identifiers; missing ones are left out.
///
/// # Errors
/// If the database fails or a row is inconsistent.
pub async fn households(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    ids: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<Household>, ServiceError> {
    let ids: BTreeSet<HouseholdId> = ids.into_iter().collect();
    let kinds = [FactKind::Membership, FactKind::FamilyMeans];
    let facts = Facts::of(connection, ids.iter().map(|id| id.as_uuid()), &kinds).await?;
    let mut households = Vec::with_capacity(ids.len());
    for id in ids {
        households.extend(restoring::household(&facts, id, vault)?);
    }
    Ok(households)
}

/// The households to which these members ever belonged.
///
/// # Errors
/// If the database fails.
pub async fn households_of(
    connection: &impl ConnectionTrait,
    members: impl IntoIterator<Item = Member>,
) -> Result<BTreeSet<HouseholdId>, DbErr> {
    let ids: Vec<Uuid> = members
        .into_iter()
        .map(|member| match member {
            Member::Child(id) => id.as_uuid(),
            Member::Person(id) => id.as_uuid(),
        })
        .collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<Uuid> = household_member::Entity::find()
        .select_only()
        .column(household_member::Column::HouseholdId)
        .filter(any_uuid(connection.get_database_backend(), household_member::Column::MemberId, ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(HouseholdId::from_uuid).collect())
}

/// The children to whom these persons ever had a role; merged files are left out.
///
/// # Errors
/// If the database fails.
pub async fn children_of(
    connection: &impl ConnectionTrait,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeSet<ChildId>, DbErr> {
    let ids: Vec<Uuid> = persons.into_iter().map(PersonId::as_uuid).collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let with_role = Query::select()
        .column(guardian_role::Column::ChildId)
        .from(guardian_role::Entity)
        .and_where(any_uuid(connection.get_database_backend(), guardian_role::Column::PersonId, ids))
        .take();
    let found: Vec<Uuid> = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .filter(child::Column::Id.in_subquery(with_role))
        .filter(child::Column::State.ne(MERGED))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(ChildId::from_uuid).collect())
}

/// The persons who have these citizen IDs.
///
/// # Errors
/// If the database fails.
pub async fn holders(
    connection: &impl ConnectionTrait,
    vault: &Vault,
    ids: impl IntoIterator<Item = CitizenId>,
) -> Result<HashMap<CitizenId, PersonId>, DbErr> {
    let by_hash: HashMap<Hash, CitizenId> = ids.into_iter().map(|id| (citizen_id_hash(vault, &id), id)).collect();
    if by_hash.is_empty() {
        return Ok(HashMap::new());
    }
    let hashes = by_hash.keys().map(|hash| hash.to_vec());
    let found: Vec<(Vec<u8>, Uuid)> = person::Entity::find()
        .select_only()
        .column(person::Column::CitizenIdHash)
        .column(person::Column::Id)
        .filter(any_blob(connection.get_database_backend(), person::Column::CitizenIdHash, hashes))
        .into_tuple()
        .all(connection)
        .await?;
    let known = |(hash, id): (Vec<u8>, Uuid)| Some((*by_hash.get(hash.as_slice())?, PersonId::from_uuid(id)));
    Ok(found.into_iter().filter_map(known).collect())
}

/// The persons with this name and day of birth, as their keyed hash, oldest file first.
///
/// # Errors
/// If the database fails.
pub async fn namesakes(
    connection: &impl ConnectionTrait,
    name_birth: Hash,
    limit: u64,
) -> Result<Vec<PersonId>, DbErr> {
    let found: Vec<Uuid> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::NameBirthHash.eq(name_birth.to_vec()))
        .order_by_asc(person::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().map(PersonId::from_uuid).collect())
}
