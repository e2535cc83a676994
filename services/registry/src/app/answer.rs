//! What callers get: files as the contract shapes them, and replies as the journal keeps them.

use std::collections::HashMap;

use contract::date::{from_date, from_month, timestamp};
use contract::label::Labelled as _;
use contract::registry::v1;
use kernel::{CategoryRecordId, DisabilityGrade, Month, Period, SchoolStage, Version};

use crate::domain::roster::{Remark, Report};
use crate::domain::{AsOf, CategoryRecord, Child, ChildState, Profile, Standing, Tier};

pub use messaging::journal::SealedReply;

/// The reply of what the service does by itself.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Nothing {}

/// The etag of a file as it stands.
#[must_use]
pub fn etag(child: &Child) -> String {
    format!("v{:x}", child.version)
}

/// A file as it stands.
#[must_use]
pub fn child(child: &Child) -> v1::Child {
    standing(child, child.present(), &child.categories)
}

/// A file as it stood on a day, as far as it was known at an instant; `None` if it was not opened yet. Its categories are
/// the ones that counted in that day's month.
#[must_use]
pub fn child_as_of(child: &Child, as_of: AsOf) -> Option<v1::Child> {
    let version = as_of.of(&child.record)?;
    let categories = child.categories.iter().filter_map(|record| record.known_at(as_of.known));
    let counts = |record: &CategoryRecord| record.counts_in(Month::of(as_of.day));
    Some(standing(child, version, &categories.filter(counts).collect::<Vec<_>>()))
}

fn standing(child: &Child, version: &Version<Standing>, categories: &[CategoryRecord]) -> v1::Child {
    let Standing { state: stands, profile: known } = &version.value;
    let state = match stands {
        ChildState::Active => v1::ChildState::Active,
        ChildState::Ended { .. } => v1::ChildState::Ended,
        ChildState::Merged { .. } => v1::ChildState::Merged,
    };
    v1::Child {
        id: child.id.to_string(),
        etag: etag(child),
        state: state.into(),
        profile: Some(profile(known)),
        county: known.household.county().to_string(),
        categories: categories.iter().map(category).collect(),
        merged_into: match stands {
            ChildState::Merged { into } => into.to_string(),
            ChildState::Active | ChildState::Ended { .. } => String::new(),
        },
        create_time: Some(timestamp(child.opened_at)),
        update_time: Some(timestamp(child.changed_at)),
        valid_from: (version.period != Period::always()).then(|| from_date(version.period.from())),
        record_time: Some(timestamp(version.recorded)),
    }
}

/// A category of a file.
#[must_use]
pub fn category(record: &CategoryRecord) -> v1::CategoryRecord {
    v1::CategoryRecord {
        id: record.id.to_string(),
        category: record.category.number(),
        tier: record.tier().map_or(0, Tier::number),
        confirmed_on: Some(from_date(record.confirmed_on)),
        from_month: Some(from_month(record.from)),
        until_month: record.until.map(from_month),
        reviewed_on: Some(from_date(record.review.on)),
    }
}

/// One category of a file.
#[must_use]
pub fn record_of(child: &Child, id: CategoryRecordId) -> Option<v1::CategoryRecord> {
    let record = child.categories.iter().find(|record| record.id == id)?;
    Some(category(record))
}

/// What an import says of a roster.
#[must_use]
pub fn report(report: &Report) -> v1::ImportRosterResponse {
    let headers: HashMap<String, String> = contract::column::of::<v1::RosterRow>()
        .into_iter()
        .map(|column| (column.field().to_owned(), column.header))
        .collect();
    let remarks = |remarks: &[(i32, Remark)]| {
        remarks
            .iter()
            .map(|(row, remark)| v1::RowRemark {
                row: *row,
                column: headers.get(remark.column.field()).cloned().unwrap_or_default(),
                reason: remark.reason.number(),
                position: remark.position.into(),
            })
            .collect()
    };
    v1::ImportRosterResponse {
        rows: count(report.rows),
        accepted: count(report.accepted),
        registered: count(report.registered),
        rejections: remarks(&report.rejections),
        warnings: remarks(&report.warnings),
        accepted_by_category: report
            .by_category
            .iter()
            .map(|(category, rows)| v1::CategoryCount {
                category: v1::Category::try_from(category.number())
                    .map_or_else(|_| String::new(), |category| category.label().zh),
                rows: count(*rows),
            })
            .collect(),
        resumed: 0,
    }
}

fn count(rows: u32) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

fn profile(profile: &Profile) -> v1::ChildProfile {
    v1::ChildProfile {
        full_name: profile.full_name.clone(),
        citizen_id: profile.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
        birth_date: Some(from_date(profile.birth_date)),
        sex: i32::from(profile.sex.code()),
        household_division: profile.household.division().to_string(),
        guardian_name: profile.guardian_name.clone(),
        guardian_relation: profile.guardian_relation.clone(),
        phone: profile.phone.clone(),
        bank_account: profile.bank_account.clone(),
        school_stage: profile.school_stage.map_or(0, |stage: SchoolStage| i32::from(stage.code())),
        disability_grade: profile.disability_grade.map_or(0, |grade: DisabilityGrade| i32::from(grade.code())),
        remarks: profile.remarks.clone(),
    }
}
