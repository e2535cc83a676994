//! From stored facts to aggregates.

use std::collections::BTreeMap;
use std::str::FromStr;

use kernel::{ChildId, HouseholdId, PersonId, Timeline};
use messaging::journal::Aggregate;
use platform::vault::Vault;
use uuid::Uuid;

use crate::domain::circumstance::{Aspect, Circumstance, Circumstances};
use crate::domain::guardianship::Guardianship;
use crate::domain::household::{Household, Member};
use crate::domain::person::{Contact, Identity, Person};
use crate::store::InconsistentRow;
use crate::store::fact::{FactKind, Facts};

/// All kinds of facts that persons and families are made of.
pub const KINDS: [FactKind; 7] = [
    FactKind::Identity,
    FactKind::Contact,
    FactKind::Situation,
    FactKind::Role,
    FactKind::Membership,
    FactKind::FamilyMeans,
    FactKind::Circumstance,
];

impl Aggregate for Person {
    type Id = PersonId;

    fn id(&self) -> PersonId {
        Person::id(self)
    }
}

impl Aggregate for Guardianship {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.child()
    }
}

impl Aggregate for Circumstances {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.child()
    }
}

impl Aggregate for Household {
    type Id = HouseholdId;

    fn id(&self) -> HouseholdId {
        Household::id(self)
    }
}

/// A person, `None` if there is none.
///
/// # Errors
/// [`InconsistentRow`].
pub fn person(facts: &Facts, id: PersonId, vault: &Vault) -> Result<Option<Person>, InconsistentRow> {
    let subject = id.as_uuid();
    let identity = facts.timeline::<Identity>(subject, vault)?;
    if identity.versions().is_empty() {
        return Ok(None);
    }
    let contact = facts.timeline::<Contact>(subject, vault)?;
    let situations = by_id(facts.timelines(subject, vault)?, subject)?;
    let person = Person::restore(id, identity, contact, situations);
    person.map(Some).ok_or_else(|| inconsistent("valid_until", subject))
}

/// Who stands around a child, perhaps nobody.
///
/// # Errors
/// [`InconsistentRow`].
pub fn guardianship(facts: &Facts, child: ChildId, vault: &Vault) -> Result<Guardianship, InconsistentRow> {
    let subject = child.as_uuid();
    Ok(Guardianship::restore(child, by_id(facts.timelines(subject, vault)?, subject)?))
}

/// A child's circumstances, perhaps none, and under which keys their timelines lie.
///
/// # Errors
/// [`InconsistentRow`].
pub fn circumstances(
    facts: &Facts,
    child: ChildId,
    vault: &Vault,
) -> Result<(Circumstances, Vec<(Aspect, String)>), InconsistentRow> {
    let timelines = facts.timelines::<Circumstance>(child.as_uuid(), vault)?;
    let key_of = |(key, timeline): (&String, &Timeline<Circumstance>)| {
        Some((timeline.versions().first()?.value.aspect(), key.clone()))
    };
    let keys = timelines.iter().filter_map(key_of).collect();
    let restored = Circumstances::restore(child, timelines.into_values());
    Ok((restored.ok_or_else(|| inconsistent("key", child.as_uuid()))?, keys))
}

/// A household, `None` if there is none.
///
/// # Errors
/// [`InconsistentRow`].
pub fn household(facts: &Facts, id: HouseholdId, vault: &Vault) -> Result<Option<Household>, InconsistentRow> {
    let subject = id.as_uuid();
    let mut members = BTreeMap::new();
    for (key, timeline) in facts.timelines(subject, vault)? {
        members.insert(member_of(&key).ok_or_else(|| inconsistent("key", subject))?, timeline);
    }
    if members.is_empty() {
        return Ok(None);
    }
    Ok(Some(Household::restore(id, members, facts.timeline(subject, vault)?)))
}

/// The key of a member's timeline: of which sort it is, and its identifier.
#[must_use]
pub fn member_key(member: Member) -> String {
    match member {
        Member::Child(id) => format!("child:{id}"),
        Member::Person(id) => format!("person:{id}"),
    }
}

/// The key of an aspect's new timeline: a keyed hash, since the aspect's name would say what is so of the child. Nobody
/// computes it again: a timeline that is stored keeps its key.
#[must_use]
pub fn new_aspect_key(vault: &Vault, child: ChildId, aspect: Aspect) -> String {
    let hash = vault.search_hash("registry.fact.aspect", &format!("{child}\n{}", aspect.number()));
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn member_of(key: &str) -> Option<Member> {
    match key.split_once(':')? {
        ("child", id) => id.parse().ok().map(Member::Child),
        ("person", id) => id.parse().ok().map(Member::Person),
        _ => None,
    }
}

fn by_id<K: FromStr + Ord, V>(
    timelines: BTreeMap<String, V>,
    subject: Uuid,
) -> Result<BTreeMap<K, V>, InconsistentRow> {
    let parse = |(key, timeline): (String, V)| {
        let key = key.parse().map_err(|_| inconsistent("key", subject))?;
        Ok((key, timeline))
    };
    timelines.into_iter().map(parse).collect()
}

fn inconsistent(column: &'static str, id: Uuid) -> InconsistentRow {
    InconsistentRow { table: "fact", column, id, vault: None }
}
