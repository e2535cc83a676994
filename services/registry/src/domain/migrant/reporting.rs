//! What a survey reports: a new entry, or what it adds to one.

use kernel::{ChildId, Date, Instant, Month, Period, Timeline};

use super::entry::{MigrantEntry, MigrantId, Survey};
use super::event::{MigrantEvent, MigrantFact};
use super::particulars::{Guardian, Identity};
use super::review::SurveyWatch;
use super::rules::MigrantRules;
use super::terms::{Source, SpecialReason};
use super::whereabouts::{Stay, Whereabouts};

/// What a survey wrote down of one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who the child is.
    pub identity: Identity,
    /// Who guards it.
    pub guardian: Guardian,
    /// Where it lives.
    pub stay: Stay,
    /// Since when.
    pub arrived_on: Date,
    /// Why it is a special migrant child, if the survey says so.
    pub special: Option<SpecialReason>,
    /// Its file.
    pub child: Option<ChildId>,
    /// Which surveys reported it; at least one.
    pub sources: Vec<Source>,
    /// The day of the survey.
    pub surveyed_on: Date,
}

/// Why a report is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The survey lies in the future, or before the child's birth.
    #[error("the day of the survey is impossible")]
    ImpossibleSurvey,
    /// The arrival lies after the survey, or before the child's birth.
    #[error("the day of arrival is impossible")]
    ImpossibleArrival,
    /// The guardians are said to have left home after the arrival.
    #[error("the guardians left the county of registration after the arrival")]
    AwayAfterArrival,
    /// The ledger says that the child left after the arrival that is reported.
    #[error("by the ledger the child left the city after this arrival: correct one of the two days")]
    ArrivalBeforeDeparture,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new entry was opened.
    Recorded = 1,
    /// An entry was confirmed or changed.
    Confirmed = 2,
    /// The child of an entry came back.
    Returned = 3,
}

/// A new or changed entry with the facts to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrantChange {
    /// The entry as it stands now.
    pub entry: MigrantEntry,
    /// What happened, in order.
    pub events: Vec<MigrantEvent>,
}

impl Report {
    /// # Errors
    /// [`ReportError`] if its days cannot be.
    pub fn check(&self, today: Date) -> Result<(), ReportError> {
        let born = self.identity.parts().birth_date;
        if self.surveyed_on > today || self.surveyed_on < born {
            return Err(ReportError::ImpossibleSurvey);
        }
        if self.arrived_on > self.surveyed_on || self.arrived_on < born {
            return Err(ReportError::ImpossibleArrival);
        }
        if self.stay.away_since.is_some_and(|away| away > self.arrived_on) {
            return Err(ReportError::AwayAfterArrival);
        }
        Ok(())
    }
}

impl MigrantEntry {
    /// Opens an entry.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn open(
        id: MigrantId,
        report: &Report,
        rules: &MigrantRules,
        now: Instant,
        today: Date,
    ) -> Result<MigrantChange, ReportError> {
        report.check(today)?;
        let arrival = Period::since(report.arrived_on);
        let mut entry = Self {
            id,
            version: 1,
            identity: Timeline::beginning(Period::always(), report.identity.clone(), now),
            guardian: Timeline::default(),
            whereabouts: Timeline::beginning(arrival, Whereabouts::Here(report.stay.clone()), now),
            special: Timeline::default(),
            surveys: Vec::new(),
            survey_watch: SurveyWatch::default(),
            child: report.child,
            opened_at: now,
            changed_at: now,
        };
        if !report.guardian.is_unknown() {
            entry.guardian.record(arrival, report.guardian.clone(), now);
        }
        if let Some(reason) = report.special {
            entry.special.record(Period::since(report.surveyed_on), reason, now);
        }
        entry.add_surveys(report, now);
        let event = entry.recorded(report.arrived_on, rules, today);
        Ok(MigrantChange { entry, events: vec![event] })
    }

    /// Adds what another survey reports of the child. An older survey than the last one only adds its source: it knows
    /// nothing later. The day of arrival that is known stays; who knows better corrects it.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn reported(
        &self,
        report: &Report,
        rules: &MigrantRules,
        now: Instant,
        today: Date,
    ) -> Result<(MigrantChange, Outcome), ReportError> {
        report.check(today)?;
        let now = now.max(self.changed_at);
        let mut entry = self.clone();
        let mut events = Vec::new();
        let mut outcome = Outcome::Confirmed;
        let latest = self.last_survey().is_none_or(|last| last.on <= report.surveyed_on);
        let (period, last) = self.last_whereabouts();
        let absent_since = self.view().runs().last().and_then(|run| run.until).unwrap_or(period.from());
        match last {
            Whereabouts::Away(_) if report.surveyed_on < absent_since => {}
            Whereabouts::Away(_) if report.arrived_on < absent_since => {
                return Err(ReportError::ArrivalBeforeDeparture);
            }
            Whereabouts::Away(_) => {
                outcome = Outcome::Returned;
                let back = Whereabouts::Here(report.stay.clone());
                entry.whereabouts.record(Period::since(report.arrived_on), back, now);
                entry.add_facts(report, report.arrived_on, now);
                events.push(entry.recorded(report.arrived_on, rules, today));
            }
            Whereabouts::Here(stay) if latest => {
                let moved = (stay.registration, stay.residence) != (report.stay.registration, report.stay.residence);
                // A move is dated by its arrival if that came after the last one, else by the survey that saw it.
                let since = match report.arrived_on {
                    arrived if moved && arrived > period.from() => arrived,
                    _ => report.surveyed_on.max(period.from()),
                };
                let mut known = report.stay.clone();
                if known.school.is_empty() && !moved {
                    known.school.clone_from(&stay.school);
                }
                known.away_since = known.away_since.or(stay.away_since);
                if known != *stay {
                    entry.whereabouts.record(Period::since(since), Whereabouts::Here(known), now);
                }
                entry.add_facts(report, report.surveyed_on, now);
            }
            Whereabouts::Here(_) => {}
        }
        if self.citizen_id().is_none() && report.identity.parts().citizen_id.is_some() {
            entry.identity.record(Period::always(), report.identity.clone(), now);
        }
        entry.child = entry.child.or(report.child);
        entry.add_surveys(report, now);
        if entry == *self {
            return Ok((MigrantChange { entry, events }, outcome));
        }
        Ok((MigrantChange { entry: entry.touched(now), events }, outcome))
    }

    /// Whether a report is about this child although one of the two lacks the citizen ID [P].
    #[must_use]
    pub fn resembles(&self, report: &Report) -> bool {
        let mut known = self.whereabouts.current().into_iter().filter_map(|version| version.value.stay()).rev();
        let same_home = known.next().is_some_and(|stay| stay.registration == report.stay.registration);
        let guardians = self.guardian.current();
        let same_guardian = guardians.last().is_some_and(|version| version.value.name == report.guardian.name);
        let one_lacks_it = self.citizen_id().is_none() || report.identity.parts().citizen_id.is_none();
        let named = !report.guardian.name.is_empty() && self.known_identity().name_key() == report.identity.name_key();
        one_lacks_it && named && same_home && same_guardian
    }

    fn add_facts(&mut self, report: &Report, since: Date, now: Instant) {
        let known = self.guardian.on(since).cloned().unwrap_or_default();
        let guardian = report.guardian.or(&known);
        if guardian != known {
            self.guardian.record(Period::since(since), guardian, now);
        }
        if let Some(reason) = report.special
            && self.special.on(report.surveyed_on) != Some(&reason)
        {
            self.special.record(Period::since(report.surveyed_on), reason, now);
        }
    }

    fn add_surveys(&mut self, report: &Report, now: Instant) {
        for source in &report.sources {
            let known = |survey: &Survey| survey.on == report.surveyed_on && survey.source == *source;
            if !self.surveys.iter().any(known) {
                self.surveys.push(Survey { on: report.surveyed_on, source: *source, recorded: now });
            }
        }
        self.surveys.sort();
    }

    /// The fact of an arrival.
    pub(super) fn recorded(&self, arrived_on: Date, rules: &MigrantRules, today: Date) -> MigrantEvent {
        let view = self.known_at(self.changed_at.max(self.last_recorded())).expect("it was just recorded");
        let stay = view.stay(arrived_on).expect("the child stays from its arrival on");
        let standing = view.standing(rules, arrived_on);
        MigrantEvent {
            migrant: self.id,
            county: stay.county(),
            fact: MigrantFact::Recorded {
                arrived: Month::of(arrived_on),
                counts_from: standing.counts_from.map(Month::of),
                age: kernel::time::age_on(self.birth_date(), today),
            },
        }
    }

    fn last_recorded(&self) -> Instant {
        self.whereabouts.versions().iter().map(|version| version.recorded).max().unwrap_or(self.opened_at)
    }
}
