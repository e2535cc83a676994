//! The facts of one child on one day, in the vocabulary of the category rules.

use kernel::time::age_on;
use kernel::{Date, DisabilityGrade, Division};

use super::as_of::AsOf;
use super::circumstance::{Aspect, CareSetting, Circumstance, Circumstances};
use super::household::FamilyMeans;
use super::person::{Condition, Person};
use super::secret::secret;

/// What the rules decide on: facts alone, no name and no document.
///
/// **Secret (level 4).** `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RuleFacts {
    /// The child.
    pub child: ChildFacts,
    /// The father.
    pub father: ParentFacts,
    /// The mother.
    pub mother: ParentFacts,
}

/// The facts of the child.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ChildFacts {
    /// Full years; negative before the birth.
    pub age: i32,
    /// Raised in an institution.
    pub in_institution: bool,
    /// Affected by HIV.
    pub hiv: bool,
    /// The grade of disability.
    pub disability_grade: Option<DisabilityGrade>,
    /// Seriously ill by the local list.
    pub seriously_ill: bool,
    /// The family is poor, or receives the minimum living grant.
    pub family_in_poverty: bool,
    /// Guardianship fails so that safety is threatened.
    pub guardianship_fails: bool,
    /// Without a guardian for the time being.
    pub without_guardian_for_now: bool,
    /// In special guardianship difficulty.
    pub special_guardianship: bool,
    /// In key difficulty by the province's definition.
    pub key_difficulty: bool,
    /// Full months for which the child has lived outside the county of its household registration without a break;
    /// nothing if it lives there, or if its residence is not known.
    pub away_from_registration_months: Option<u32>,
}

/// The facts of one parent.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ParentFacts {
    /// Whether we know who it is. If not, nothing below is so.
    pub known: bool,
    /// Died, or declared dead.
    pub dead: bool,
    /// Declared missing by a court.
    pub missing: bool,
    /// The grade of disability.
    pub disability_grade: Option<DisabilityGrade>,
    /// Whether the disability is intellectual or mental.
    pub disability_mental: bool,
    /// Seriously ill by the local list.
    pub seriously_ill: bool,
    /// Serving a sentence or in custody: full months of the term that was ordered, or, where no term is known, full
    /// months until the day. "期限在6个月以上" counts the term [L: 民发〔2019〕62号].
    pub custody_months: Option<u32>,
    /// In compulsory isolation for drug rehabilitation.
    pub in_drug_isolation: bool,
    /// Under another measure that restricts liberty.
    pub liberty_restricted: bool,
    /// As `custody_months`, for compulsory isolation.
    pub drug_isolation_months: Option<u32>,
    /// As `custody_months`, for another measure.
    pub liberty_restricted_months: Option<u32>,
    /// Out of contact: full months since the police accepted the report; 0 while they have not.
    pub out_of_contact_months: Option<u32>,
    /// A court revoked the guardianship.
    pub guardianship_revoked: bool,
    /// Repatriated or deported.
    pub deported: bool,
    /// Works away from home.
    pub away: bool,
    /// Unable to guard for another reason.
    pub unable_to_guard: bool,
}

/// Of whom the facts are.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The child's day of birth.
    pub born: Date,
    /// The county of household registration.
    pub registered: Division,
    /// The child's circumstances.
    pub circumstances: &'a Circumstances,
    /// The father, where he is known.
    pub father: Option<&'a Person>,
    /// The mother, where she is known.
    pub mother: Option<&'a Person>,
    /// Whether a household of the child is poor, see [`FamilyMeans::is_poor`].
    pub household_in_poverty: bool,
}

/// The facts on a day, as far as they were known.
#[must_use]
pub fn facts(subject: Subject<'_>, on: AsOf) -> RuleFacts {
    RuleFacts {
        child: child(subject, on),
        father: subject.father.map(|person| parent(person, on)).unwrap_or_default(),
        mother: subject.mother.map(|person| parent(person, on)).unwrap_or_default(),
    }
}

/// Full months from a day to another (按月计算): a month is full on the day of the same number, or on the month's last
/// day if it has none such [L: 民法典 202]. 0 if `to` is not later.
#[must_use]
pub fn full_months(from: Date, to: Date) -> u32 {
    let index = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    let full = to.day() >= from.day() || to.day() == to.days_in_month();
    u32::try_from(index(to) - index(from) - i32::from(!full)).unwrap_or(0)
}

fn child(subject: Subject<'_>, on: AsOf) -> ChildFacts {
    let Subject { circumstances, .. } = subject;
    let holds = |aspect| circumstances.get(aspect, on).is_some();
    let poor = match circumstances.get(Aspect::FamilyMeans, on) {
        Some(Circumstance::FamilyMeans(means)) => FamilyMeans::is_poor(means),
        _ => false,
    };
    ChildFacts {
        age: age_on(subject.born, on.day),
        in_institution: matches!(
            circumstances.get(Aspect::CareSetting, on),
            Some(Circumstance::CareSetting(CareSetting::Institution))
        ),
        hiv: holds(Aspect::Hiv),
        disability_grade: match circumstances.get(Aspect::Disability, on) {
            Some(Circumstance::Disability(disability)) => Some(disability.grade),
            _ => None,
        },
        seriously_ill: holds(Aspect::SeriousIllness),
        family_in_poverty: poor || subject.household_in_poverty,
        guardianship_fails: holds(Aspect::GuardianshipFailure),
        without_guardian_for_now: holds(Aspect::WithoutGuardian),
        special_guardianship: holds(Aspect::SpecialGuardianship),
        key_difficulty: holds(Aspect::KeyDifficulty),
        away_from_registration_months: away_since(subject, on).map(|day| full_months(day, on.day)),
    }
}

/// Since when the child has lived outside its county without a break.
fn away_since(subject: Subject<'_>, on: AsOf) -> Option<Date> {
    let residence = subject.circumstances.aspects().timeline(Aspect::Residence)?;
    let mut since = None;
    let mut last: Option<Date> = None;
    for version in residence.known_at(on.known).into_iter().filter(|version| version.period.from() <= on.day) {
        let Circumstance::Residence(place) = &version.value else { continue };
        let outside = place.division.county() != Some(subject.registered);
        let unbroken = last == Some(version.period.from());
        since = match (outside, since) {
            (false, _) => None,
            (true, Some(since)) if unbroken => Some(since),
            (true, _) => Some(version.period.from()),
        };
        last = version.period.until();
    }
    // It ended before the day: where the child lives on the day is not known.
    since.filter(|_| last.is_none_or(|until| on.day < until))
}

fn parent(person: &Person, on: AsOf) -> ParentFacts {
    let mut facts = ParentFacts { known: true, ..ParentFacts::default() };
    for (period, condition) in person.conditions(on) {
        let months = |ends: &Option<Date>| Some(full_months(period.from(), ends.map_or(on.day, day_after)));
        match condition {
            Condition::Disability { kind, grade } => {
                facts.disability_grade = Some(*grade);
                facts.disability_mental = kind.is_of_the_mind();
            }
            Condition::SeriousIllness => facts.seriously_ill = true,
            Condition::Custody { term_ends_on } => facts.custody_months = months(term_ends_on),
            Condition::DrugIsolation { term_ends_on } => {
                facts.in_drug_isolation = true;
                facts.drug_isolation_months = months(term_ends_on);
            }
            Condition::LibertyRestricted { term_ends_on } => {
                facts.liberty_restricted = true;
                facts.liberty_restricted_months = months(term_ends_on);
            }
            Condition::OutOfContact { police_accepted_on } => {
                facts.out_of_contact_months = Some(police_accepted_on.map_or(0, |day| full_months(day, on.day)));
            }
            Condition::GuardianshipRevoked => facts.guardianship_revoked = true,
            Condition::Deported => facts.deported = true,
            Condition::Dead => facts.dead = true,
            Condition::DeclaredMissing => facts.missing = true,
            Condition::Away { .. } => facts.away = true,
            Condition::UnableToGuard => facts.unable_to_guard = true,
        }
    }
    facts
}

/// A term of six months that begins on 1 March ends on 31 August: it is full on the day after.
fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

secret!(RuleFacts, ChildFacts, ParentFacts);

#[cfg(test)]
mod tests;
