//! Reads who stood around a child.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ChildId, PersonId};
use platform::error::ServiceError;

use crate::app::Application;
use crate::domain::guardianship::Guardianship;
use crate::domain::household::{Household, Member};
use crate::domain::{AsOf, Person};
use crate::store::family::reading;

/// Who stood around a child on a day.
#[derive(Debug)]
pub struct Circle {
    /// The roles.
    pub guardianship: Guardianship,
    /// Who had one.
    pub persons: BTreeMap<PersonId, Person>,
    /// Children who share a parent on that day.
    pub siblings: BTreeSet<ChildId>,
    /// The households to which the child belongs on that day.
    pub households: Vec<Household>,
}

impl Application {
    /// Who stood around a child on a day, as far as was known at an instant.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is no such child.
    pub async fn get_guardianship(&self, child: ChildId, as_of: AsOf) -> Result<Circle, ServiceError> {
        self.get_child(child).await?;
        let (reader, vault) = (self.database.reader(), &*self.vault);
        let mut found = reading::guardianships(reader, vault, [child]).await?;
        let guardianship = found.pop().expect("one is asked for");
        let around = guardianship.roles().as_of(as_of).map(|(_, version)| version.value.person);
        let persons = reading::persons(reader, vault, around).await?;
        let homes = reading::households_of(reader, [Member::Child(child)]).await?;
        let mut households = reading::households(reader, vault, homes).await?;
        households.retain(|household| household.has(Member::Child(child), as_of));
        Ok(Circle {
            siblings: self.siblings(&guardianship, as_of).await?,
            persons: persons.into_iter().map(|person| (person.id(), person)).collect(),
            households,
            guardianship,
        })
    }

    async fn siblings(&self, guardianship: &Guardianship, as_of: AsOf) -> Result<BTreeSet<ChildId>, ServiceError> {
        let parents: BTreeSet<PersonId> = guardianship.parents(as_of).collect();
        let mut related = reading::children_of(self.database.reader(), parents.iter().copied()).await?;
        related.remove(&guardianship.child());
        let others = reading::guardianships(self.database.reader(), &self.vault, related).await?;
        let shares = |other: &Guardianship| other.parents(as_of).any(|parent| parents.contains(&parent));
        Ok(others.iter().filter(|other| shares(other)).map(Guardianship::child).collect())
    }
}
