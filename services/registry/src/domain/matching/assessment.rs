//! The score of a pair, which explains itself.

use super::comparison::compare;
use super::reason::{Field, Reason};
use super::traits::Traits;
use super::weights::Weights;

/// How two descriptions compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// What each field adds.
    pub contributions: [Contribution; 6],
    /// The sum of the contributions.
    pub total: i32,
    /// Why the pair is no more than possible whatever its total.
    pub limit: Option<Limit>,
    /// What follows; `None` if nothing is proposed.
    pub band: Option<Band>,
}

/// What a field adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// What was found of the field.
    pub reason: Reason,
    /// What that counts; may be negative.
    pub points: i32,
}

/// Why two files are probably of two children, however alike they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// They have two citizen IDs.
    DifferentCitizenIds = 1,
    /// Born on one day in one township or to one guardian, with two given names: twins (双胞胎).
    Twins = 2,
}

/// What a comparison says. A person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Perhaps one child.
    Possible = 1,
    /// Probably one child.
    Likely = 2,
    /// One child, as far as a comparison can say.
    Same = 3,
}

impl Assessment {
    /// Compares two descriptions. The order does not matter.
    #[must_use]
    pub fn of(one: &Traits, other: &Traits, weights: &Weights) -> Self {
        let findings = compare(one, other);
        let contributions = findings.map(|reason| Contribution { reason, points: weights.points(reason) });
        let total = contributions.iter().map(|contribution| contribution.points).sum();
        let limit = Limit::of(&findings);
        let bands = weights.bands();
        let reached = match total {
            total if total >= bands.same => Some(Band::Same),
            total if total >= bands.likely => Some(Band::Likely),
            total if total >= bands.possible => Some(Band::Possible),
            _ => None,
        };
        let band = reached.map(|band| if limit.is_some() { Band::Possible } else { band });
        Self { contributions, total, limit, band }
    }

    /// What was found of a field.
    #[must_use]
    pub fn reason(&self, field: Field) -> Option<Reason> {
        self.contributions.iter().map(|contribution| contribution.reason).find(|reason| reason.field() == field)
    }
}

impl Limit {
    /// Every limit, by number.
    pub const ALL: [Self; 2] = [Self::DifferentCitizenIds, Self::Twins];

    /// The number in the contract.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    fn of(findings: &[Reason; 6]) -> Option<Self> {
        let found = |reason: Reason| findings.contains(&reason);
        let given_names_differ =
            found(Reason::NameNear) || found(Reason::FamilyNameSame) || found(Reason::NameDifferent);
        let one_home = found(Reason::TownshipSame) || found(Reason::GuardianSame);
        if found(Reason::CitizenIdDifferent) {
            Some(Self::DifferentCitizenIds)
        } else if found(Reason::BirthSame) && one_home && given_names_differ && !found(Reason::CitizenIdSame) {
            Some(Self::Twins)
        } else {
            None
        }
    }
}

impl Band {
    /// Every band, by number.
    pub const ALL: [Self; 3] = [Self::Possible, Self::Likely, Self::Same];

    /// The number in the contract.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The band of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.number() == number)
    }
}
