//! Counts of children on a day (统计).

use std::collections::BTreeMap;

use kernel::time::age_on;
use kernel::{Date, DisabilityGrade, Division, Instant, Month, SchoolStage, Sex, Tier};

use super::age_group::AgeGroup;
use super::category::Category;
use super::child::{Child, ChildState};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Household registration in this division; `None` means the city.
    pub division: Option<Division>,
    /// On this day.
    pub day: Date,
    /// As it was known.
    pub known_at: Instant,
}

/// A line of the categories. Those of tier B are one: how many children are affected by HIV must not follow from anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CategoryLine {
    /// All categories of tier B.
    TierB,
    /// One of the others.
    One(Category),
}

/// The counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Active files.
    pub children: u32,
    /// By county of household registration.
    pub by_county: BTreeMap<Division, u32>,
    /// By sex.
    pub by_sex: BTreeMap<u8, u32>,
    /// By age.
    pub by_age: BTreeMap<AgeGroup, u32>,
    /// By the highest tier that counts in the month.
    pub by_tier: BTreeMap<Option<Tier>, u32>,
    /// By category, in person-times.
    pub by_category: BTreeMap<CategoryLine, u32>,
    /// By stage of schooling.
    pub by_school_stage: BTreeMap<Option<SchoolStage>, u32>,
    /// By grade of disability.
    pub by_disability: BTreeMap<Option<DisabilityGrade>, u32>,
}

impl CategoryLine {
    /// Every line.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut lines: Vec<Self> = Category::ALL.into_iter().map(Self::of).collect();
        lines.dedup();
        lines
    }

    /// Where a category is counted.
    #[must_use]
    pub fn of(category: Category) -> Self {
        if category.tier() == Some(Tier::B) { Self::TierB } else { Self::One(category) }
    }

    /// The categories of the line.
    #[must_use]
    pub fn categories(self) -> Vec<Category> {
        match self {
            Self::TierB => Category::of_tier(Tier::B).collect(),
            Self::One(category) => vec![category],
        }
    }
}

impl Tally {
    /// Counts a file, if it was active on the day and lies in the scope.
    pub fn add(&mut self, child: &Child, scope: &Scope) {
        let Some(standing) = child.record.as_of(scope.day, scope.known_at) else {
            return;
        };
        let profile = &standing.profile;
        let inside = scope.division.is_none_or(|division| division.contains(&profile.household.division()));
        // A child is counted from its birth on, however early its file was opened.
        let born = profile.birth_date <= scope.day;
        if standing.state != ChildState::Active || !inside || !born {
            return;
        }
        let month = Month::of(scope.day);
        self.children += 1;
        count(&mut self.by_county, profile.household.county());
        count(&mut self.by_sex, Sex::code(profile.sex));
        count(&mut self.by_age, AgeGroup::of(age_on(profile.birth_date, scope.day)));
        count(&mut self.by_school_stage, profile.school_stage);
        count(&mut self.by_disability, profile.disability_grade);
        let records = child.categories.iter().filter_map(|record| record.known_at(scope.known_at));
        let carried: Vec<Category> =
            records.filter(|record| record.counts_in(month)).map(|record| record.category).collect();
        count(&mut self.by_tier, carried.iter().filter_map(|category| category.tier()).min());
        for category in carried {
            count(&mut self.by_category, CategoryLine::of(category));
        }
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    *counts.entry(key).or_default() += 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::child::EndReason;
    use crate::domain::samples::{child, day, household, noon, with_category};

    #[test]
    fn a_child_counts_where_and_as_it_was_on_the_day_as_far_as_was_known() {
        let one = with_category(&child("371621"), Category::HivAffected, "2024-03-01");
        let one = one.transfer(household("371681"), day("2025-03-20"), noon("2025-04-02")).unwrap().child;
        let two = with_category(&child("371621"), Category::DeFactoUnattended, "2024-03-01");
        let two = two.end(EndReason::Death, day("2025-03-10"), noon("2025-03-12")).unwrap().child;
        let three = with_category(&child("371602"), Category::InDifficulty, "2024-03-01");
        let tally = |on: &str, known: &str, division: Option<&str>| {
            let division = division.map(|code| code.parse().unwrap());
            let scope = Scope { division, day: day(on), known_at: noon(known) };
            let mut tally = Tally::default();
            [&one, &two, &three].into_iter().for_each(|child| tally.add(child, &scope));
            tally
        };
        let counties = |tally: &Tally| -> Vec<(String, u32)> {
            tally.by_county.iter().map(|(county, count)| (county.to_string(), *count)).collect()
        };
        let county = |code: &str, count| (code.to_owned(), count);

        let before = tally("2025-02-28", "2025-06-01", None);
        assert_eq!((before.children, counties(&before)), (3, vec![county("371602", 1), county("371621", 2)]));
        let tier_b = BTreeMap::from([(CategoryLine::TierB, 2), (CategoryLine::One(Category::InDifficulty), 1)]);
        assert_eq!(before.by_category, tier_b, "HIV is no line of its own");
        assert_eq!(before.by_tier, BTreeMap::from([(None, 1), (Some(Tier::B), 2)]));
        let after = tally("2025-03-31", "2025-06-01", None);
        assert_eq!((after.children, counties(&after)), (2, vec![county("371602", 1), county("371681", 1)]));
        let not_yet_known = tally("2025-03-31", "2025-03-31", None);
        assert_eq!(counties(&not_yet_known), vec![county("371602", 1), county("371621", 1)]);
        assert_eq!(tally("2025-02-28", "2025-06-01", Some("371621")).children, 2);
    }
}
