//! An entry of the ledger.

use kernel::time::shanghai_date;
use kernel::{ChildId, CitizenId, Date, Id, IdKind, Instant, Period, Timeline, Version};

use super::particulars::{Guardian, Identity};
use super::review::SurveyWatch;
use super::terms::{Source, SpecialReason};
use super::whereabouts::{Stay, Whereabouts};

/// Marks the identifiers of entries.
pub enum Migrant {}

impl IdKind for Migrant {
    const NAME: &'static str = "migrant";
}

/// Identifies an entry.
pub type MigrantId = Id<Migrant>;

/// One child's entry (台账条目).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrantEntry {
    /// The entry's identifier.
    pub id: MigrantId,
    /// Grows by one with every change, from 1.
    pub version: u32,
    /// Who the child is: one value for all days, which only corrections change.
    pub identity: Timeline<Identity>,
    /// Who guards it.
    pub guardian: Timeline<Guardian>,
    /// Where it is.
    pub whereabouts: Timeline<Whereabouts>,
    /// Why it is a special migrant child, while it is.
    pub special: Timeline<SpecialReason>,
    /// The surveys that reported it, by day and source.
    pub surveys: Vec<Survey>,
    /// When it is told that a survey is due.
    pub survey_watch: SurveyWatch,
    /// Its file, if it has one.
    pub child: Option<ChildId>,
    /// When the entry was opened.
    pub opened_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
}

/// A survey that reported a child. It happened, so that it is only ever added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Survey {
    /// The day of the survey.
    pub on: Date,
    /// Which.
    pub source: Source,
    /// When it was entered.
    pub recorded: Instant,
}

/// What was known of an entry at one instant.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Who the child is.
    pub identity: &'a Identity,
    /// Where it is, day by day, in order.
    pub whereabouts: Vec<&'a Version<Whereabouts>>,
    entry: &'a MigrantEntry,
    instant: Instant,
}

/// Days in the city without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The arrival.
    pub from: Date,
    /// The departure.
    pub until: Option<Date>,
}

impl MigrantEntry {
    /// The identity as it is known now.
    #[must_use]
    pub fn known_identity(&self) -> &Identity {
        let all = self.identity.current();
        &all.first().expect("an entry begins with an identity for all days").value
    }

    /// The citizen ID by which the entry is found.
    #[must_use]
    pub fn citizen_id(&self) -> Option<CitizenId> {
        self.known_identity().parts().citizen_id
    }

    /// The days of birth and surveys allow no earlier arrival.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        self.known_identity().parts().birth_date
    }

    /// The last survey.
    #[must_use]
    pub fn last_survey(&self) -> Option<Survey> {
        self.surveys.last().copied()
    }

    /// What was known at an instant; `None` if the entry was not yet there.
    #[must_use]
    pub fn known_at(&self, instant: Instant) -> Option<View<'_>> {
        let identity = &self.identity.known_at(instant).first()?.value;
        Some(View { identity, whereabouts: self.whereabouts.known_at(instant), entry: self, instant })
    }

    /// What is known after the last change.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        self.known_at(self.changed_at).expect("an entry is known from its opening on")
    }

    /// The same, linked with another file.
    #[must_use]
    pub fn linked(&self, child: ChildId, now: Instant) -> Self {
        Self { child: Some(child), ..self.clone() }.touched(now)
    }

    /// The same with one version more, changed now.
    pub(super) fn touched(mut self, now: Instant) -> Self {
        self.version += 1;
        // The instants of a timeline rise, also where the clock was set back.
        self.changed_at = now.max(self.changed_at);
        self
    }

    /// The whereabouts of the last day of which something is known, with its days.
    pub(super) fn last_whereabouts(&self) -> (Period, &Whereabouts) {
        let all = self.whereabouts.current();
        let last = all.last().expect("an entry begins with an arrival");
        (last.period, &last.value)
    }
}

impl View<'_> {
    /// The stay of a day, if the child stays in the city.
    #[must_use]
    pub fn stay(&self, day: Date) -> Option<&Stay> {
        self.version(day).and_then(|version| version.value.stay())
    }

    fn version(&self, day: Date) -> Option<&Version<Whereabouts>> {
        self.whereabouts.iter().find(|version| version.period.contains(day)).copied()
    }

    /// The guardian on a day.
    #[must_use]
    pub fn guardian(&self, day: Date) -> Option<&Guardian> {
        self.entry.guardian.as_of(day, self.instant)
    }

    /// Why the child is a special one on a day.
    #[must_use]
    pub fn special(&self, day: Date) -> Option<SpecialReason> {
        self.entry.special.as_of(day, self.instant).copied()
    }

    /// The surveys until a day.
    pub fn surveys(&self, day: Date) -> impl Iterator<Item = &Survey> {
        self.entry.surveys.iter().filter(move |survey| survey.on <= day && survey.recorded <= self.instant)
    }

    /// Its file.
    #[must_use]
    pub fn child(&self) -> Option<ChildId> {
        self.entry.child
    }

    /// All stays in the city without a break, in order.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for version in self.whereabouts.iter().filter(|version| version.value.stay().is_some()) {
            let (from, until) = (version.period.from(), version.period.until());
            match runs.last_mut() {
                Some(run) if run.until == Some(from) => run.until = until,
                _ => runs.push(Run { from, until }),
            }
        }
        runs
    }

    /// The stay without a break that contains a day.
    #[must_use]
    pub fn run(&self, day: Date) -> Option<Run> {
        self.runs().into_iter().find(|run| run.from <= day && run.until.is_none_or(|until| day < until))
    }

    /// The day on which the entry was opened, Shanghai time.
    #[must_use]
    pub fn opened_on(&self) -> Date {
        shanghai_date(self.entry.opened_at)
    }
}
