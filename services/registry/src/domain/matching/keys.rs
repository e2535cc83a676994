//! Keys by which a search finds what it must compare, so that it need not look at every file.
//!
//! A file has five keys at most. A search tries the spellings of each that may be meant: the years beside the one
//! given, day and month exchanged. What it finds in this way is exactly what [`finds`] says; [`super::Weights`] refuses
//! points by which anything else would be proposed.

use std::collections::BTreeSet;

use kernel::Date;
use kernel::time::date;

use super::reason::Reason;
use super::traits::Traits;

/// What a key is made of. The numbers are the table's own and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// The name with the year of birth.
    NameYear = 1,
    /// The family name with the day of birth.
    FamilyBirth = 2,
    /// The given name with the day of birth.
    GivenBirth = 3,
    /// The township with the day of birth.
    TownshipBirth = 4,
    /// The guardian's name with the year of birth.
    GuardianYear = 5,
}

/// A key in the open: it is hashed before it is stored. **Sensitive**: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockKey {
    /// What it is made of.
    pub kind: KeyKind,
    /// Its parts.
    pub text: String,
}

/// The keys of a file.
#[must_use]
pub fn stored(traits: &Traits) -> Vec<BlockKey> {
    keys(traits, &[traits.birth_date], &[traits.birth_date.year()]).into_iter().collect()
}

/// The keys that a file which may be meant has.
#[must_use]
pub fn sought(traits: &Traits) -> BTreeSet<BlockKey> {
    let born = traits.birth_date;
    let (year, month, day) = (i32::from(born.year()), i32::from(born.month()), i32::from(born.day()));
    let spellings = [(year, month, day), (year, day, month), (year - 1, month, day), (year + 1, month, day)];
    let days: Vec<Date> = spellings.into_iter().filter_map(|(year, month, day)| date(year, month, day).ok()).collect();
    keys(traits, &days, &[born.year() - 1, born.year(), born.year() + 1])
}

/// Whether a search for the one finds the other, by what a comparison finds of them. `far` says that more than a year
/// lies between the years of birth.
#[must_use]
pub fn finds(findings: &[Reason; 6], far: bool) -> bool {
    let [id, name, birth, _, place, guardian] = findings;
    let related = matches!(birth, Reason::BirthSame | Reason::BirthSwapped | Reason::BirthYearNear);
    let part_of_name =
        matches!(name, Reason::NameSame | Reason::NameNear | Reason::GivenNameSame | Reason::FamilyNameSame);
    *id == Reason::CitizenIdSame
        || related && (part_of_name || *place == Reason::TownshipSame)
        || !far && (*name == Reason::NameSame || *guardian == Reason::GuardianSame)
}

fn keys(traits: &Traits, days: &[Date], years: &[i16]) -> BTreeSet<BlockKey> {
    let name = traits.name.as_ref();
    let of_days = [
        (KeyKind::FamilyBirth, name.map(|name| name.family())),
        (KeyKind::GivenBirth, name.map(|name| name.given())),
        (KeyKind::TownshipBirth, traits.township()),
    ];
    let of_years = [
        (KeyKind::NameYear, name.map(|name| name.whole())),
        (KeyKind::GuardianYear, traits.guardian.as_ref().map(|name| name.whole())),
    ];
    let key = |kind, what: &str, when: &dyn std::fmt::Display| BlockKey { kind, text: format!("{what}\n{when}") };
    let mut keys = BTreeSet::new();
    for (kind, what) in of_days {
        keys.extend(what.into_iter().flat_map(|what| days.iter().map(move |day| key(kind, what, day))));
    }
    for (kind, what) in of_years {
        keys.extend(what.into_iter().flat_map(|what| years.iter().map(move |year| key(kind, what, year))));
    }
    keys
}

impl KeyKind {
    /// The number in the table.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// Says only of which kind it is.
impl std::fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlockKey({:?}: ****)", self.kind)
    }
}
