//! Counts the files.

use contract::date::from_date;
use contract::label::Labelled as _;
use contract::registry::v1;
use kernel::{DisabilityGrade, DivisionLevel, SchoolStage, Sex};
use platform::error::ServiceError;

use super::Application;
use super::published::{Reader, wide_enough};
use crate::domain::age_group::AgeGroup;
use crate::domain::statistics::{CategoryLine, Scope, Tally};
use crate::domain::{Tier, suppression};
use crate::store::listing::{self, Filter};

/// Files that are read at once.
const CHUNK: u64 = 500;

/// A table: what is counted in each line, and how many.
type Table = Vec<(String, u32)>;

impl Application {
    /// The report of a scope for a reader.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`DATE_OUT_OF_RANGE`) for a day in the future, (`REPORT_TOO_NARROW`) if others than civil affairs ask
    /// for less than the city at the end of a past month.
    pub async fn report_children(
        &self,
        scope: Scope,
        reader: Reader,
    ) -> Result<v1::ReportChildrenResponse, ServiceError> {
        let today = self.clock.today();
        if scope.day > today {
            return Err(ServiceError::invalid("day", "DATE_OUT_OF_RANGE", "must not be in the future"));
        }
        if reader == Reader::Other {
            wide_enough(scope.division, scope.day, today, true)?;
        }
        let mut tally = self.tally_children(&scope).await?;
        // Each county has its line, also one without a child: a missing line would be a count.
        let counties = self.divisions.iter().map(|(division, _)| division);
        for county in counties.filter(|division| division.level() == DivisionLevel::County) {
            tally.by_county.entry(county).or_default();
        }
        Ok(told(&tally, &scope, reader))
    }

    async fn tally_children(&self, scope: &Scope) -> Result<Tally, ServiceError> {
        let mut tally = Tally::default();
        let mut after = None;
        loop {
            let ids = listing::page(self.database.reader(), &Filter::default(), after, CHUNK).await?;
            after = ids.last().copied();
            for child in self.all_with_past(&ids).await? {
                tally.add(&child, scope);
            }
            if ids.len() as u64 != CHUNK {
                return Ok(tally);
            }
        }
    }
}

fn told(tally: &Tally, scope: &Scope, reader: Reader) -> v1::ReportChildrenResponse {
    let alone = |count: u32| match reader {
        Reader::Owner => Some(count),
        Reader::Other => suppression::alone(count),
    };
    // Tables whose lines are all children together.
    let parts = |table: Table| {
        let counts: Vec<u32> = table.iter().map(|(_, count)| *count).collect();
        let told = match reader {
            Reader::Owner => counts.into_iter().map(Some).collect(),
            Reader::Other => suppression::parts(&counts),
        };
        lines(table.into_iter().map(|(key, _)| key).zip(told))
    };
    v1::ReportChildrenResponse {
        day: Some(from_date(scope.day)),
        children: alone(tally.children).map(number),
        by_county: parts(tally.by_county.iter().map(|(county, count)| (county.to_string(), *count)).collect()),
        by_sex: parts(by_sex(tally)),
        by_age: parts(by_age(tally)),
        by_tier: parts(by_tier(tally)),
        by_category: lines(by_category(tally).into_iter().map(|(key, count)| (key, alone(count)))),
        by_school_stage: parts(by_school_stage(tally)),
        by_disability: parts(by_disability(tally)),
    }
}

fn by_sex(tally: &Tally) -> Table {
    let known = [Sex::Male, Sex::Female].map(|sex| {
        let label = v1::Sex::try_from(i32::from(sex.code())).map(|sex| sex.label().zh).unwrap_or_default();
        (label, tally.by_sex.get(&sex.code()).copied().unwrap_or_default())
    });
    rest(known.into(), tally.children, "未知")
}

fn by_age(tally: &Tally) -> Table {
    let line = |group: AgeGroup| (group.ages().to_owned(), tally.by_age.get(&group).copied().unwrap_or_default());
    AgeGroup::ALL.into_iter().map(line).collect()
}

fn by_tier(tally: &Tally) -> Table {
    let tiers = [Tier::A, Tier::B, Tier::C].map(|tier| {
        let label = v1::SupportTier::try_from(tier.number()).map(|tier| tier.label().zh).unwrap_or_default();
        (label, tally.by_tier.get(&Some(tier)).copied().unwrap_or_default())
    });
    rest(tiers.into(), tally.children, "无")
}

fn by_category(tally: &Tally) -> Table {
    let line = |line: CategoryLine| {
        let terms = line.categories().into_iter().filter_map(|category| {
            let category = v1::Category::try_from(category.number()).ok()?;
            Some(category.label().zh)
        });
        (terms.collect::<Vec<_>>().join("、"), tally.by_category.get(&line).copied().unwrap_or_default())
    };
    CategoryLine::all().into_iter().map(line).collect()
}

fn by_school_stage(tally: &Tally) -> Table {
    let count = |stage: SchoolStage| tally.by_school_stage.get(&Some(stage)).copied().unwrap_or_default();
    let stages = SchoolStage::ALL.into_iter().map(|stage| (stage.label().to_owned(), count(stage)));
    rest(stages.collect(), tally.children, "未知")
}

fn by_disability(tally: &Tally) -> Table {
    let count = |grade: DisabilityGrade| tally.by_disability.get(&Some(grade)).copied().unwrap_or_default();
    let grades = DisabilityGrade::ALL.into_iter().map(|grade| (grade.label().to_owned(), count(grade)));
    rest(grades.collect(), tally.children, "无")
}

/// A table with one more line for those whom no other counts.
fn rest(mut table: Table, all: u32, key: &str) -> Table {
    let counted: u32 = table.iter().map(|(_, count)| count).sum();
    table.push((key.to_owned(), all - counted));
    table
}

fn lines(table: impl Iterator<Item = (String, Option<u32>)>) -> Vec<v1::ChildCount> {
    table.map(|(key, count)| v1::ChildCount { key, count: count.map(number) }).collect()
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
