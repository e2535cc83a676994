//! What lies around two files, gathered from a workspace and put back.

use kernel::{ChildId, Month};

use super::workspace::{Needs, Workspace};
use crate::domain::household::Member;
use crate::domain::surroundings::{Both, Surroundings};
use crate::domain::visit::Duty;
use crate::domain::worker::Assignment;

impl Needs {
    /// What lies around a file.
    pub fn surroundings_of(&mut self, child: ChildId) {
        self.children.insert(child);
        self.families.guardianships.insert(child);
        self.families.circumstances.insert(child);
        self.families.homes_of.insert(child);
        self.workforce.assignments.insert(child);
        self.migrants.linked_with.insert(child);
    }
}

impl Workspace {
    /// What lies around two files of which it was needed, with their visits of a month.
    #[must_use]
    pub fn surroundings(&self, stays: ChildId, other: ChildId, month: Month) -> Both {
        let around = |child| Surroundings {
            guardianship: self.families.guardianship(child).clone(),
            circumstances: self.families.circumstances(child).clone(),
            assignment: self.workforce.assignments.get(child).cloned().unwrap_or_else(|| Assignment::none(child)),
            special_migrant: self.visits.duty(child).special_migrant,
            month: self.visits.month(child, month),
        };
        let theirs = [Member::Child(stays), Member::Child(other)];
        let homes = self.families.households();
        let homes = homes.filter(|home| theirs.iter().any(|member| home.members().timeline(*member).is_some()));
        let entries = self.migrants.all().filter(|entry| [Some(stays), Some(other)].contains(&entry.child));
        Both {
            stays: around(stays),
            other: around(other),
            households: homes.cloned().collect(),
            entries: entries.cloned().collect(),
        }
    }

    /// Puts what changed of it in its place.
    pub fn put_surroundings(&mut self, before: &Both, now: Both) {
        for (before, now) in [(&before.stays, now.stays), (&before.other, now.other)] {
            let child = now.guardianship.child();
            if now.guardianship != before.guardianship {
                self.families.put_guardianship(now.guardianship);
            }
            if now.circumstances != before.circumstances {
                self.families.put_circumstances(now.circumstances);
            }
            if now.assignment != before.assignment {
                self.workforce.assignments.put(now.assignment);
            }
            if now.special_migrant != before.special_migrant {
                let duty = Duty { special_migrant: now.special_migrant, ..self.visits.duty(child) };
                self.visits.duties.put(duty);
            }
            if now.month != before.month {
                self.visits.months.put(now.month);
            }
        }
        for (_, home) in before.households.iter().zip(now.households).filter(|(before, now)| *before != now) {
            self.families.put_household(home);
        }
        for (_, entry) in before.entries.iter().zip(now.entries).filter(|(before, now)| *before != now) {
            self.migrants.put(entry);
        }
    }
}
