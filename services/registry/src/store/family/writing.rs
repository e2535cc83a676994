//! From aggregates to rows, many with one statement.

use std::collections::HashMap;

use kernel::{ChildId, PersonId, RoleId};
use messaging::journal::{Change, Shelf};
use platform::database::{Rows, Write, any_uuid};
use platform::vault::{Vault, VaultError};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Query, Value};
use uuid::Uuid;

use super::entity::person;
use super::reading::{citizen_id_hash, name_birth_hash};
use super::restoring::{member_key, new_aspect_key};
use crate::domain::circumstance::{Aspect, Circumstances};
use crate::domain::guardianship::Guardianship;
use crate::domain::household::{Household, Member};
use crate::domain::person::{Identity, Person};
use crate::store::fact::FactWriter;

/// Writes what changed of persons.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn persons(
    shelf: &Shelf<Person>,
    write: &mut Write,
    facts: &mut FactWriter<'_>,
    vault: &Vault,
) -> Result<(), VaultError> {
    let mut found_by: Vec<(PersonId, &Identity)> = Vec::new();
    let mut given_up = Vec::new();
    for Change { before, now } in shelf.changes() {
        let subject = now.id().as_uuid();
        facts.add(subject, "", before.map(Person::identity), now.identity())?;
        facts.add(subject, "", before.map(Person::contact), now.contact())?;
        for (id, timeline) in now.situations().timelines() {
            let stored = before.and_then(|before| before.situations().timeline(id));
            facts.add(subject, &id.to_string(), stored, timeline)?;
        }
        if before.is_none_or(|before| before.latest() != now.latest()) {
            found_by.push((now.id(), now.latest()));
        }
        if before.is_some_and(|before| before.citizen_id().is_some() && before.citizen_id() != now.citizen_id()) {
            given_up.push(subject);
        }
    }
    give_up_citizen_ids(write, given_up);
    person_rows(&found_by, vault).upsert(write, "id");
    Ok(())
}

/// Writes what changed around children.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn guardianships(
    shelf: &Shelf<Guardianship>,
    write: &mut Write,
    facts: &mut FactWriter<'_>,
) -> Result<(), VaultError> {
    let mut new: Vec<(RoleId, ChildId, PersonId)> = Vec::new();
    for Change { before, now } in shelf.changes() {
        for (id, timeline) in now.roles().timelines() {
            let stored = before.and_then(|before| before.roles().timeline(id));
            facts.add(now.child().as_uuid(), &id.to_string(), stored, timeline)?;
            if stored.is_none() {
                new.extend(timeline.versions().first().map(|version| (id, now.child(), version.value.person)));
            }
        }
    }
    Rows::new("guardian_role")
        .uuid("id", new.iter().map(|(id, ..)| id.as_uuid()).collect())
        .uuid("child_id", new.iter().map(|(_, child, _)| child.as_uuid()).collect())
        .uuid("person_id", new.iter().map(|(.., person)| person.as_uuid()).collect())
        .insert(write);
    Ok(())
}

/// Writes what changed of households.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn households(shelf: &Shelf<Household>, write: &mut Write, facts: &mut FactWriter<'_>) -> Result<(), VaultError> {
    let mut new: Vec<(Uuid, Uuid)> = Vec::new();
    for Change { before, now } in shelf.changes() {
        let subject = now.id().as_uuid();
        for (member, timeline) in now.members().timelines() {
            let stored = before.and_then(|before| before.members().timeline(member));
            facts.add(subject, &member_key(member), stored, timeline)?;
            if stored.is_none() {
                let id = match member {
                    Member::Child(id) => id.as_uuid(),
                    Member::Person(id) => id.as_uuid(),
                };
                new.push((subject, id));
            }
        }
        facts.add(subject, "", before.map(Household::means), now.means())?;
    }
    Rows::new("household_member")
        .uuid("household_id", new.iter().map(|(household, _)| *household).collect())
        .uuid("member_id", new.iter().map(|(_, member)| *member).collect())
        .insert(write);
    Ok(())
}

/// Writes what changed of children's circumstances. `keys` are those under which timelines lie already.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn circumstances(
    shelf: &Shelf<Circumstances>,
    keys: &HashMap<(ChildId, Aspect), String>,
    facts: &mut FactWriter<'_>,
    vault: &Vault,
) -> Result<(), VaultError> {
    for Change { before, now } in shelf.changes() {
        for (aspect, timeline) in now.aspects().timelines() {
            let stored = before.and_then(|before| before.aspects().timeline(aspect));
            let child = now.child();
            match keys.get(&(child, aspect)) {
                Some(key) => facts.add(child.as_uuid(), key, stored, timeline)?,
                None => facts.add(child.as_uuid(), &new_aspect_key(vault, child, aspect), stored, timeline)?,
            }
        }
    }
    Ok(())
}

fn person_rows(persons: &[(PersonId, &Identity)], vault: &Vault) -> Rows {
    let name_birth = |identity: &Identity| {
        identity.birth_date.map(|born| name_birth_hash(vault, &identity.full_name, born).to_vec())
    };
    let citizen = |identity: &Identity| identity.citizen_id.map(|id| citizen_id_hash(vault, &id).to_vec());
    Rows::new("person")
        .uuid("id", persons.iter().map(|(id, _)| id.as_uuid()).collect())
        .optional_blob("citizen_id_hash", persons.iter().map(|(_, identity)| citizen(identity)).collect())
        .optional_blob("name_birth_hash", persons.iter().map(|(_, identity)| name_birth(identity)).collect())
}

/// Frees citizen IDs before another person of the group takes one: the index refuses two, even for the length of a
/// statement.
fn give_up_citizen_ids(write: &mut Write, persons: Vec<Uuid>) {
    if persons.is_empty() {
        return;
    }
    let update = Query::update()
        .table(person::Entity)
        .value(person::Column::CitizenIdHash, Value::Bytes(None))
        .and_where(any_uuid(write.get_database_backend(), person::Column::Id, persons))
        .take();
    write.first(&update);
}
