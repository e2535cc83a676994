//! The persons and families that a group of use cases works on.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{ChildId, CitizenId, Division, HouseholdId, PersonId};
use messaging::journal::Shelf;
use platform::database::Write;
use platform::error::ServiceError;
use platform::vault::Vault;
use sea_orm::ConnectionTrait;

use super::{reading, restoring, writing};
use crate::domain::as_of::AsOf;
use crate::domain::circumstance::{Aspect, Circumstances};
use crate::domain::facts::{self, RuleFacts, Subject};
use crate::domain::guardianship::{Guardianship, RoleKind};
use crate::domain::household::{FamilyMeans, Household, Member};
use crate::domain::person::Person;
use crate::store::fact::{FactWriter, KEY};

/// What a use case must find of persons and families.
#[derive(Clone, Debug, Default)]
pub struct FamilyNeeds {
    /// These persons.
    pub persons: BTreeSet<PersonId>,
    /// Whose citizen IDs these are.
    pub citizen_ids: HashSet<CitizenId>,
    /// Who stands around these children.
    pub guardianships: BTreeSet<ChildId>,
    /// What is so of these children.
    pub circumstances: BTreeSet<ChildId>,
    /// These households.
    pub households: BTreeSet<HouseholdId>,
    /// The households to which these children ever belonged.
    pub homes_of: BTreeSet<ChildId>,
    /// All of what [`Families::rule_facts`] of these children follows from.
    pub rule_facts: BTreeSet<ChildId>,
}

/// The persons and families of a group. A use case sees what the ones before it did.
#[derive(Debug, Default)]
pub struct Families {
    persons: Shelf<Person>,
    holders: HashMap<CitizenId, PersonId>,
    guardianships: Shelf<Guardianship>,
    circumstances: Shelf<Circumstances>,
    /// Under which keys timelines of circumstances lie.
    aspect_keys: HashMap<(ChildId, Aspect), String>,
    households: Shelf<Household>,
}

impl Families {
    /// Loads what is needed: nothing costs nothing.
    ///
    /// # Errors
    /// If the database fails or a row is inconsistent.
    pub async fn load(
        connection: &impl ConnectionTrait,
        needs: FamilyNeeds,
        vault: &Vault,
    ) -> Result<Self, ServiceError> {
        let FamilyNeeds {
            mut persons,
            citizen_ids,
            guardianships,
            circumstances,
            mut households,
            homes_of,
            rule_facts,
        } = needs;
        let children: BTreeSet<ChildId> =
            guardianships.into_iter().chain(circumstances).chain(rule_facts.iter().copied()).collect();
        let homes_of = rule_facts.union(&homes_of).copied().map(Member::Child);
        households.extend(reading::households_of(connection, homes_of).await?);
        let subjects = children.iter().map(|id| id.as_uuid());
        let subjects = subjects.chain(persons.iter().map(|id| id.as_uuid()));
        let subjects = subjects.chain(households.iter().map(|id| id.as_uuid()));
        let facts = reading::facts(connection, subjects).await?;

        let mut families = Self { holders: reading::holders(connection, vault, citizen_ids).await?, ..Self::default() };
        let mut around = Vec::with_capacity(children.len());
        let mut own = Vec::with_capacity(children.len());
        for child in children {
            around.push(restoring::guardianship(&facts, child, vault)?);
            let (circumstances, keys) = restoring::circumstances(&facts, child, vault)?;
            own.push(circumstances);
            families.aspect_keys.extend(keys.into_iter().map(|(aspect, key)| ((child, aspect), key)));
        }
        let mut loaded = Vec::with_capacity(persons.len());
        for id in &persons {
            loaded.extend(restoring::person(&facts, *id, vault)?);
        }
        let whole = around.iter().filter(|circle| rule_facts.contains(&circle.child()));
        let mut further: BTreeSet<PersonId> = whole.flat_map(Guardianship::persons).collect();
        further.retain(|id| persons.insert(*id));
        loaded.extend(reading::persons(connection, vault, further).await?);
        let mut homes = Vec::with_capacity(households.len());
        for id in households {
            homes.extend(restoring::household(&facts, id, vault)?);
        }
        families.guardianships = Shelf::of(around);
        families.circumstances = Shelf::of(own);
        families.persons = Shelf::of(loaded);
        families.households = Shelf::of(homes);
        Ok(families)
    }

    /// Hands over what changed, for the group's commit.
    ///
    /// # Errors
    /// INTERNAL if the vault has no randomness.
    pub fn store(&self, write: &mut Write, vault: &Vault) -> Result<(), ServiceError> {
        let mut facts = FactWriter::new(vault);
        let all = |write: &mut Write, facts: &mut FactWriter<'_>| {
            writing::persons(&self.persons, write, facts, vault)?;
            writing::guardianships(&self.guardianships, write, facts)?;
            writing::households(&self.households, write, facts)?;
            writing::circumstances(&self.circumstances, &self.aspect_keys, facts, vault)
        };
        all(write, &mut facts).map_err(ServiceError::internal)?;
        facts.rows().upsert(write, KEY);
        Ok(())
    }

    /// A person that was needed, `None` if there is none.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.persons.get(id)
    }

    /// Whose citizen ID it is, if a use case needed to know.
    #[must_use]
    pub fn holder(&self, id: &CitizenId) -> Option<PersonId> {
        self.holders.get(id).copied()
    }

    /// Who stands around a child that was needed.
    ///
    /// # Panics
    /// If it was not: a fault of the use case.
    #[must_use]
    pub fn guardianship(&self, child: ChildId) -> &Guardianship {
        self.guardianships.get(child).expect("a use case needs the guardianship that it asks for")
    }

    /// What is so of a child that was needed.
    ///
    /// # Panics
    /// If it was not: a fault of the use case.
    #[must_use]
    pub fn circumstances(&self, child: ChildId) -> &Circumstances {
        self.circumstances.get(child).expect("a use case needs the circumstances that it asks for")
    }

    /// A household that was needed, `None` if there is none.
    #[must_use]
    pub fn household(&self, id: HouseholdId) -> Option<&Household> {
        self.households.get(id)
    }

    /// All households that were needed.
    pub fn households(&self) -> impl Iterator<Item = &Household> {
        self.households.all()
    }

    /// The facts of a child whose [`FamilyNeeds::rule_facts`] were needed, born on a day and registered in a county.
    #[must_use]
    pub fn rule_facts(&self, child: ChildId, born: kernel::Date, registered: Division, on: AsOf) -> RuleFacts {
        let around = self.guardianship(child);
        let parent = |kind| around.parent(kind, on).and_then(|id| self.person(id));
        let homes = self.households.all().filter(|household| household.has(Member::Child(child), on));
        let mut means = homes.filter_map(|household| Some(&on.of(household.means())?.value));
        facts::facts(
            Subject {
                born,
                registered,
                circumstances: self.circumstances(child),
                father: parent(RoleKind::Father),
                mother: parent(RoleKind::Mother),
                household_in_poverty: means.any(FamilyMeans::is_poor),
            },
            on,
        )
    }

    /// Puts a new or changed person in its place.
    pub fn put_person(&mut self, person: Person) {
        let id = person.id();
        if let Some(given_up) = self.person(id).and_then(Person::citizen_id)
            && Some(given_up) != person.citizen_id()
            && self.holder(&given_up) == Some(id)
        {
            self.holders.remove(&given_up);
        }
        if let Some(citizen) = person.citizen_id() {
            self.holders.insert(citizen, id);
        }
        self.persons.put(person);
    }

    /// Puts changed roles in their place.
    pub fn put_guardianship(&mut self, guardianship: Guardianship) {
        self.guardianships.put(guardianship);
    }

    /// Puts changed circumstances in their place.
    pub fn put_circumstances(&mut self, circumstances: Circumstances) {
        self.circumstances.put(circumstances);
    }

    /// Puts a new or changed household in its place.
    pub fn put_household(&mut self, household: Household) {
        self.households.put(household);
    }
}
