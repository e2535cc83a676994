//! Counts the ledger.

use contract::date::from_date;
use contract::label::Labelled as _;
use contract::registry::v1;
use kernel::{Division, DivisionLevel, Month};
use platform::error::ServiceError;

use crate::app::Application;
use crate::app::published::{self, Reader};
use crate::domain::age_group::AgeGroup;
use crate::domain::migrant::report::{Scope, Tally};
use crate::domain::migrant::{NotMigrant, Source};
use crate::domain::suppression;
use crate::store::migrant::listing::{self, Filter};
use crate::store::migrant::reading;

/// Entries that are read at once.
const CHUNK: u64 = 500;

impl Application {
    /// The report of a scope for a reader. It is of one moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`DATE_OUT_OF_RANGE`) if the period ends before it begins, (`REPORT_TOO_NARROW`) if others than civil
    /// affairs ask for less than the city at the end of a past month: the difference of two reports is a count, too.
    pub async fn report_migrants(
        &self,
        scope: Scope,
        reader: Reader,
    ) -> Result<v1::ReportMigrantsResponse, ServiceError> {
        if scope.from > scope.day {
            return Err(ServiceError::invalid("period_from", "DATE_OUT_OF_RANGE", "must not be after the day"));
        }
        if reader == Reader::Other {
            let whole_period = scope.from == Month::of(scope.day).first_day();
            let division = scope.division;
            published::wide_enough(division, scope.day, self.clock.today(), whole_period)?;
        }
        let mut tally = self.tally(&scope).await?;
        // Each county has its line, also one without a migrant child: a missing line would be a count.
        let counties = self.divisions.iter().map(|(division, _)| division);
        for county in counties.filter(|division| division.level() == DivisionLevel::County) {
            tally.by_county.entry(county).or_default();
        }
        Ok(match reader {
            Reader::Owner => whole(&tally, &scope),
            Reader::Other => published(&tally, &scope),
        })
    }

    async fn tally(&self, scope: &Scope) -> Result<Tally, ServiceError> {
        let filter = Filter { division: scope.division, ..Filter::default() };
        let reader = self.database.reader();
        let mut tally = Tally::default();
        let mut after = None;
        loop {
            let ids = listing::page(reader, &filter, after, CHUNK).await?;
            let full = ids.len() as u64 == CHUNK;
            after = ids.last().copied();
            for entry in reading::migrants(reader, ids).await?.open(&self.vault)? {
                tally.add(&entry, &self.migrant_rules, scope);
            }
            if !full {
                return Ok(tally);
            }
        }
    }
}

/// Every count.
fn whole(tally: &Tally, scope: &Scope) -> v1::ReportMigrantsResponse {
    let (counties, ages) = tables(tally);
    let told = |count: u32| Some(number(count));
    let all = |cells: Vec<(String, u32)>| cells.into_iter().map(|(key, count)| line(key, told(count))).collect();
    let reasons = NotMigrant::ALL.into_iter().filter_map(|reason| {
        let label = v1::NotMigrantReason::try_from(reason.number()).ok()?.label().zh;
        Some((label, *tally.not_counted.get(&reason)?))
    });
    v1::ReportMigrantsResponse {
        day: Some(from_date(scope.day)),
        period_from: Some(from_date(scope.from)),
        migrants: told(tally.migrants),
        by_county: all(counties),
        by_age: all(ages),
        by_source: all(sources(tally)),
        special: told(tally.special),
        ordinary: told(tally.ordinary()),
        arrivals: told(tally.arrivals),
        departures: told(tally.departures),
        staying: told(tally.staying),
        not_counted: all(reasons.collect()),
    }
}

/// What others may see.
fn published(tally: &Tally, scope: &Scope) -> v1::ReportMigrantsResponse {
    let (counties, ages) = tables(tally);
    let alone = |count: u32| suppression::alone(count).map(number);
    let kinds = suppression::parts(&[tally.special, tally.ordinary()]);
    v1::ReportMigrantsResponse {
        day: Some(from_date(scope.day)),
        period_from: Some(from_date(scope.from)),
        migrants: alone(tally.migrants),
        by_county: parts(counties),
        by_age: parts(ages),
        by_source: sources(tally).into_iter().map(|(key, count)| line(key, alone(count))).collect(),
        special: kinds[0].map(number),
        ordinary: kinds[1].map(number),
        arrivals: alone(tally.arrivals),
        departures: alone(tally.departures),
        staying: None,
        not_counted: Vec::new(),
    }
}

/// The tables whose lines add up to all.
type Tables = (Vec<(String, u32)>, Vec<(String, u32)>);

fn tables(tally: &Tally) -> Tables {
    let counties = tally.by_county.iter().map(|(county, count): (&Division, &u32)| (county.to_string(), *count));
    let ages = AgeGroup::UNDER_SIXTEEN
        .into_iter()
        .map(|group| (group.ages().to_owned(), tally.by_age.get(&group).copied().unwrap_or_default()));
    (counties.collect(), ages.collect())
}

fn sources(tally: &Tally) -> Vec<(String, u32)> {
    let lines = Source::ALL.into_iter().filter_map(|source| {
        let label = v1::MigrantSource::try_from(source.number()).ok()?.label().zh;
        Some((label, tally.by_source.get(&source).copied().unwrap_or_default()))
    });
    lines.collect()
}

fn parts(cells: Vec<(String, u32)>) -> Vec<v1::MigrantCount> {
    let counts: Vec<u32> = cells.iter().map(|(_, count)| *count).collect();
    let told = suppression::parts(&counts);
    cells.into_iter().zip(told).map(|((key, _), count)| line(key, count.map(number))).collect()
}

fn line(key: String, count: Option<i32>) -> v1::MigrantCount {
    v1::MigrantCount { key, count }
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
