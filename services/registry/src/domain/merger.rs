//! What is remembered of a merge, so that it can be undone (撤销合并) without a guess.

use std::collections::BTreeMap;

use kernel::{CategoryRecordId, ChildId, CitizenId, Date, Instant, Month, Period, Sex, Timeline};

use super::child::Child;
use super::surroundings::Taken;

/// What the file that stays took over from the one that closed.
#[derive(Clone, PartialEq, Eq)]
pub struct Takeover {
    /// Its version since then: of two merges the later one has the higher.
    pub version: u32,
    /// The citizen ID, if it had none itself.
    pub citizen_id: Option<CitizenId>,
    /// Who its child was before, for all days; empty if it took no citizen ID.
    pub identities: Vec<(Period, Identity)>,
    /// The categories that go on in it.
    pub records: Vec<MovedRecord>,
    /// What lies around the file.
    pub surroundings: Taken,
}

/// A category that goes on in the file that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedRecord {
    /// The record in the file that closed.
    pub from: CategoryRecordId,
    /// The record in the file that stays.
    pub to: CategoryRecordId,
}

/// What a citizen ID that is taken over replaces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The day of birth.
    pub birth_date: Date,
    /// The sex.
    pub sex: Sex,
}

/// How a merge stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merger {
    /// One file is closed, the other has taken over.
    Stands(Box<Takeover>),
    /// A person took it back, for the reason given.
    Undone(String),
}

/// Every merge into one file, undone ones included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mergers {
    /// The file that stays.
    pub survivor: ChildId,
    /// By the file that closed. A merge holds for all days, as far as it was known.
    pub of: BTreeMap<ChildId, Timeline<Merger>>,
}

impl Mergers {
    /// None yet.
    #[must_use]
    pub fn none(survivor: ChildId) -> Self {
        Self { survivor, of: BTreeMap::new() }
    }

    /// The files that are merged into this one, as known at an instant, or now.
    pub fn files(&self, known: Option<Instant>) -> impl Iterator<Item = ChildId> {
        self.of.iter().filter_map(move |(merged, timeline)| {
            let versions = match known {
                None => timeline.current(),
                Some(known) => timeline.known_at(known),
            };
            let stands = versions.iter().any(|version| matches!(version.value, Merger::Stands(_)));
            stands.then_some(*merged)
        })
    }

    /// The months whose visits this file took over.
    pub fn months(&self) -> impl Iterator<Item = Month> {
        let standing = self.of.keys().filter_map(|merged| self.standing(*merged));
        standing.filter_map(|takeover| takeover.surroundings.visits).map(|visits| visits.month)
    }

    /// What was taken over from a file by a merge that stands.
    #[must_use]
    pub fn standing(&self, merged: ChildId) -> Option<&Takeover> {
        match &self.of.get(&merged)?.open()?.value {
            Merger::Stands(takeover) => Some(takeover),
            Merger::Undone(_) => None,
        }
    }

    /// Whether a merge after the one of `merged` stands: it may have found what that one had brought.
    #[must_use]
    pub fn is_followed(&self, merged: ChildId) -> bool {
        let Some(takeover) = self.standing(merged) else {
            return false;
        };
        self.of.keys().filter_map(|other| self.standing(*other)).any(|other| other.version > takeover.version)
    }

    /// The same with a merge.
    #[must_use]
    pub fn with(&self, merged: ChildId, takeover: Takeover, now: Instant) -> Self {
        self.recorded(merged, Merger::Stands(Box::new(takeover)), now)
    }

    /// The same without a merge, which stays readable.
    #[must_use]
    pub fn without(&self, merged: ChildId, reason: String, now: Instant) -> Self {
        self.recorded(merged, Merger::Undone(reason), now)
    }

    fn recorded(&self, merged: ChildId, merger: Merger, now: Instant) -> Self {
        let mut mergers = self.clone();
        mergers.of.entry(merged).or_default().record(Period::always(), merger, now);
        mergers
    }
}

impl Identity {
    /// Who the file's child is, for all days.
    pub(super) fn of(child: &Child) -> Vec<(Period, Self)> {
        let mut identities: Vec<(Period, Self)> = Vec::new();
        for version in child.record.current() {
            let profile = &version.value.profile;
            let identity = Self { birth_date: profile.birth_date, sex: profile.sex };
            match identities.last_mut() {
                Some((period, last)) if *last == identity => {
                    *period = Period::new(period.from(), version.period.until()).expect("it grows by days");
                }
                _ => identities.push((version.period, identity)),
            }
        }
        identities
    }
}

/// Says only what kind it is.
impl std::fmt::Debug for Takeover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Takeover(****)")
    }
}

/// Says only that it is one.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(****)")
    }
}
