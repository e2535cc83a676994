//! Counts of the ledger on a day.

use std::collections::BTreeMap;

use kernel::time::age_on;
use kernel::{Date, Division, Instant};

use super::entry::{MigrantEntry, View};
use super::rules::MigrantRules;
use super::terms::{NotMigrant, Source};
use super::whereabouts::Stay;
use crate::domain::age_group::AgeGroup;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Residence in this division; `None` means the city.
    pub division: Option<Division>,
    /// On this day.
    pub day: Date,
    /// Arrivals and departures from this day on, up to and with `day`.
    pub from: Date,
    /// As it was known.
    pub known_at: Instant,
}

/// The counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries that stay on the day.
    pub staying: u32,
    /// Those that count as migrant.
    pub migrants: u32,
    /// Those by county of residence.
    pub by_county: BTreeMap<Division, u32>,
    /// Those by age.
    pub by_age: BTreeMap<AgeGroup, u32>,
    /// Those by survey; one may stand in several lines.
    pub by_source: BTreeMap<Source, u32>,
    /// Those who are special ones.
    pub special: u32,
    /// Entries that stay and do not count, by their first reason.
    pub not_counted: BTreeMap<NotMigrant, u32>,
    /// Arrivals in the city in the period.
    pub arrivals: u32,
    /// Departures from it.
    pub departures: u32,
}

impl Tally {
    /// Counts an entry.
    pub fn add(&mut self, entry: &MigrantEntry, rules: &MigrantRules, scope: &Scope) {
        let Some(view) = entry.known_at(scope.known_at) else {
            return;
        };
        self.add_movements(&view, scope);
        let Some(stay) = view.stay(scope.day).filter(|stay| scope.covers(stay)) else {
            return;
        };
        self.staying += 1;
        let standing = view.standing(rules, scope.day);
        if let Some(reason) = standing.reasons.first() {
            count(&mut self.not_counted, *reason);
            return;
        }
        self.migrants += 1;
        count(&mut self.by_county, stay.county());
        count(&mut self.by_age, AgeGroup::of(age_on(view.identity.parts().birth_date, scope.day)));
        let sources: std::collections::BTreeSet<_> = view.surveys(scope.day).map(|survey| survey.source).collect();
        for source in sources {
            count(&mut self.by_source, source);
        }
        self.special += u32::from(view.special(scope.day).is_some());
    }

    fn add_movements(&mut self, view: &View<'_>, scope: &Scope) {
        let in_period = |day: Date| scope.from <= day && day <= scope.day;
        let lived = |day: Date| view.stay(day).is_some_and(|stay| scope.covers(stay));
        for run in view.runs() {
            self.arrivals += u32::from(in_period(run.from) && lived(run.from));
            let left = run.until.filter(|left| in_period(*left)).and_then(|left| left.yesterday().ok());
            self.departures += u32::from(left.is_some_and(lived));
        }
    }

    /// Those who are not special ones.
    #[must_use]
    pub fn ordinary(&self) -> u32 {
        self.migrants - self.special
    }
}

impl Scope {
    fn covers(&self, stay: &Stay) -> bool {
        self.division.is_none_or(|division| division.contains(&stay.residence))
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    *counts.entry(key).or_default() += 1;
}
