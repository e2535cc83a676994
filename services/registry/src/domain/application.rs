//! The path of a category (认定程序): a family applies, the township checks, the county confirms or refuses. Each step that
//! waits has a deadline in working days, and one that passes is told again and again until somebody acts.

use kernel::time::{age_on, shanghai_date};
use kernel::{ApplicationId, CategoryRecordId, ChildId, Date, Division, HolidayCalendar, Instant};

use super::category::Category;
use super::evidence::Evidence;
use super::limits::Limits;

/// One application for one category of one child (认定申请).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryApplication {
    /// Its identifier.
    pub id: ApplicationId,
    /// Grows by one with every change, from 1.
    pub version: u32,
    /// For whom.
    pub child: ChildId,
    /// The county that decides: the one of household registration when the application came in.
    pub county: Division,
    /// What is applied for.
    pub submission: Submission,
    /// Where it stands.
    pub state: ApplicationState,
    /// What the township found, once it has.
    pub check: Option<Check>,
    /// When it came in.
    pub submitted_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
    /// How it waited before, in the order of recording: one for each change.
    pub earlier: Vec<Waited>,
}

/// How an application waited once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// Its version then.
    pub version: u32,
    /// For what.
    pub step: Step,
    /// Until when.
    pub due: Due,
    /// Since when that was known.
    pub recorded: Instant,
}

/// What is applied for, by whom, with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The category.
    pub category: Category,
    /// Who applies [L].
    pub applicant: Applicant,
    /// The day on which the township received it; the limits count from the next day.
    pub received_on: Date,
    /// What proves it, by reference.
    pub evidence: Vec<Evidence>,
    /// What the registry proposed on that day, with its reasons, as it was shown.
    pub proposal: Vec<Proposal>,
}

/// Who applies: guardian, relative or village committee [L].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicant {
    /// 监护人.
    Guardian = 1,
    /// 近亲属.
    Relative = 2,
    /// 村(居)民委员会.
    VillageCommittee = 3,
}

/// Where an application stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplicationState {
    /// 待乡镇查验: waits for the township's check.
    Submitted {
        /// Until when.
        due: Due,
    },
    /// 待县级确认: checked, waits for the county's decision.
    Checked {
        /// Until when.
        due: Due,
    },
    /// 已确认.
    Confirmed {
        /// The county's decision.
        decision: Decision,
        /// The record that it made.
        record: CategoryRecordId,
    },
    /// 不予确认.
    Refused {
        /// The county's decision, with its reasons.
        decision: Decision,
    },
    /// 已撤回.
    Withdrawn {
        /// The day.
        on: Date,
    },
}

/// Until when a step may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day; the step is late from the next one on, 00:00 Shanghai time.
    pub last_day: Date,
    /// How often it was told that the step is late.
    pub reminders: u32,
}

/// What the township found by matching data and visiting (乡镇查验).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The day.
    pub on: Date,
    /// Whether it supports the application.
    pub supports: bool,
    /// Its words.
    pub opinion: String,
    /// What it found, by reference.
    pub evidence: Vec<Evidence>,
}

/// What the county decided, and what it saw when it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The day.
    pub on: Date,
    /// In writing; a refusal has some.
    pub reasons: String,
    /// What the registry proposed on that day. It may differ: a person decides, both are kept.
    pub proposal: Vec<Proposal>,
}

/// What follows from the facts by the rules, for a person to weigh.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The version of the rule set.
    pub version: String,
    /// The rule.
    pub rule: String,
    /// The category that it leads to.
    pub category: Category,
    /// The law leaves the case open: the rule only says that somebody must look.
    pub for_a_person: bool,
    /// Law and rule behind it.
    pub legal_basis: String,
    /// Why, in Chinese.
    pub zh: String,
    /// Why, in English.
    pub en: String,
}

/// Which step of an application waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The township's check.
    Check = 1,
    /// The county's decision.
    Decision = 2,
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplicationError {
    /// The child is too old for the category.
    #[error("the child is too old for the category")]
    AgeLimit,
    /// An application for this category is under way.
    #[error("an application of the child for this category is under way")]
    UnderWay,
    /// The application waits for another step, or for none.
    #[error("the application does not wait for this step")]
    NotWaiting,
    /// A refusal, or a check that does not support the application, without reasons.
    #[error("reasons in writing are required")]
    ReasonsMissing,
    /// The day is before the step before it, or in the future.
    #[error("the day is before the step before it or in the future")]
    ImpossibleDay,
}

impl CategoryApplication {
    /// Takes in an application for a child of `county`, born on `birth_date`. `others` are the child's applications.
    ///
    /// # Errors
    /// [`ApplicationError`].
    #[expect(clippy::too_many_arguments, reason = "each is a fact of the case, and none belongs to another")]
    pub fn submit<'a>(
        id: ApplicationId,
        child: ChildId,
        county: Division,
        birth_date: Date,
        submission: Submission,
        others: impl IntoIterator<Item = &'a Self>,
        terms: &Terms<'_>,
        now: Instant,
    ) -> Result<Self, ApplicationError> {
        let received_on = submission.received_on;
        if received_on < birth_date || received_on > shanghai_date(now) {
            return Err(ApplicationError::ImpossibleDay);
        }
        if age_on(birth_date, received_on) >= submission.category.age_limit() {
            return Err(ApplicationError::AgeLimit);
        }
        if others.into_iter().any(|other| other.waits() && other.submission.category == submission.category) {
            return Err(ApplicationError::UnderWay);
        }
        let due = terms.due(submission.category, Step::Check, received_on);
        Ok(Self {
            id,
            version: 1,
            child,
            county,
            submission,
            state: ApplicationState::Submitted { due },
            check: None,
            submitted_at: now,
            changed_at: now,
            earlier: Vec::new(),
        })
    }

    /// The township has checked it.
    ///
    /// # Errors
    /// [`ApplicationError`].
    pub fn checked(&self, check: Check, terms: &Terms<'_>, now: Instant) -> Result<Self, ApplicationError> {
        let ApplicationState::Submitted { .. } = self.state else {
            return Err(ApplicationError::NotWaiting);
        };
        if !check.supports && check.opinion.trim().is_empty() {
            return Err(ApplicationError::ReasonsMissing);
        }
        possible(check.on, self.submission.received_on, now)?;
        let due = terms.due(self.submission.category, Step::Decision, check.on);
        Ok(Self { state: ApplicationState::Checked { due }, check: Some(check), ..self.changed(now) })
    }

    /// The county has confirmed it; `record` is what the child's file carries from now on.
    ///
    /// # Errors
    /// [`ApplicationError`].
    pub fn confirmed(
        &self,
        decision: Decision,
        record: CategoryRecordId,
        now: Instant,
    ) -> Result<Self, ApplicationError> {
        self.decidable(decision.on, now)?;
        Ok(Self { state: ApplicationState::Confirmed { decision, record }, ..self.changed(now) })
    }

    /// The county has refused it, in writing.
    ///
    /// # Errors
    /// [`ApplicationError`].
    pub fn refused(&self, decision: Decision, now: Instant) -> Result<Self, ApplicationError> {
        self.decidable(decision.on, now)?;
        if decision.reasons.trim().is_empty() {
            return Err(ApplicationError::ReasonsMissing);
        }
        Ok(Self { state: ApplicationState::Refused { decision }, ..self.changed(now) })
    }

    /// Who applied takes it back, or the child's file has ended.
    ///
    /// # Errors
    /// [`ApplicationError`].
    pub fn withdrawn(&self, on: Date, now: Instant) -> Result<Self, ApplicationError> {
        if !self.waits() {
            return Err(ApplicationError::NotWaiting);
        }
        possible(on, self.submission.received_on, now)?;
        Ok(Self { state: ApplicationState::Withdrawn { on }, ..self.changed(now) })
    }

    /// Tells that the step is late and gives it the same limit once more, `None` if it is not late at `now`.
    #[must_use]
    pub fn reminded(&self, terms: &Terms<'_>, now: Instant) -> Option<Self> {
        let (step, due) = self.waiting()?;
        let today = shanghai_date(now);
        if today <= due.last_day {
            return None;
        }
        let again = terms.due(self.submission.category, step, today);
        let due = Due { last_day: again.last_day, reminders: due.reminders + 1 };
        let state = match step {
            Step::Check => ApplicationState::Submitted { due },
            Step::Decision => ApplicationState::Checked { due },
        };
        Some(Self { state, ..self.changed(now) })
    }

    /// The step that waits, and until when; `None` once the application is decided.
    #[must_use]
    pub fn waiting(&self) -> Option<(Step, Due)> {
        match self.state {
            ApplicationState::Submitted { due } => Some((Step::Check, due)),
            ApplicationState::Checked { due } => Some((Step::Decision, due)),
            ApplicationState::Confirmed { .. }
            | ApplicationState::Refused { .. }
            | ApplicationState::Withdrawn { .. } => None,
        }
    }

    /// Whether somebody must still act.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.waiting().is_some()
    }

    fn decidable(&self, on: Date, now: Instant) -> Result<(), ApplicationError> {
        let ApplicationState::Checked { .. } = self.state else {
            return Err(ApplicationError::NotWaiting);
        };
        let checked_on = self.check.as_ref().map_or(self.submission.received_on, |check| check.on);
        possible(on, checked_on, now)
    }

    /// The application as it was known at an instant: only the steps that had been recorded. `None` if it was not yet in,
    /// or, for one of before that was kept, if it is not known any more how it waited.
    #[must_use]
    pub fn known_at(&self, instant: Instant) -> Option<Self> {
        if self.changed_at <= instant {
            return Some(self.clone());
        }
        let index = self.earlier.iter().rposition(|waited| waited.recorded <= instant)?;
        let Waited { version, step, due, recorded } = self.earlier[index];
        let (state, check) = match step {
            Step::Check => (ApplicationState::Submitted { due }, None),
            Step::Decision => (ApplicationState::Checked { due }, self.check.clone()),
        };
        let earlier = self.earlier[..index].to_vec();
        Some(Self { version, state, check, changed_at: recorded, earlier, ..self.clone() })
    }

    fn changed(&self, now: Instant) -> Self {
        // The instants of changes rise, also where the clock was set back.
        let now = now.max(self.changed_at);
        let waited =
            self.waiting().map(|(step, due)| Waited { version: self.version, step, due, recorded: self.changed_at });
        let earlier = self.earlier.iter().copied().chain(waited).collect();
        Self { version: self.version + 1, changed_at: now, earlier, ..self.clone() }
    }
}

/// Not before the step before it, not in the future.
fn possible(day: Date, before: Date, now: Instant) -> Result<(), ApplicationError> {
    if day < before || day > shanghai_date(now) { Err(ApplicationError::ImpossibleDay) } else { Ok(()) }
}

/// The limits, and the days on which they run.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// How many working days each step may take.
    pub limits: &'a Limits,
    /// Which days are working days.
    pub calendar: &'a HolidayCalendar,
}

impl Terms<'_> {
    fn due(&self, category: Category, step: Step, from: Date) -> Due {
        let days = self.limits.working_days(category, step);
        Due { last_day: self.calendar.add_working_days(from, days).last_day, reminders: 0 }
    }
}

/// Says only that it is one: it names a category and facts of a family.
impl std::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proposal(****)")
    }
}

impl Applicant {
    /// Every kind, by number.
    pub const ALL: [Self; 3] = [Self::Guardian, Self::Relative, Self::VillageCommittee];

    /// The number in the contract, 1 to 3.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The kind of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

impl Step {
    /// Every step, by number.
    pub const ALL: [Self; 2] = [Self::Check, Self::Decision];

    /// The step of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.number() == number)
    }

    /// The number in the contract, 1 or 2.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }
}

#[cfg(test)]
mod tests;
