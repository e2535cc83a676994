//! Rows of migrant children: each is a survey's report.

use std::sync::Arc;

use contract::registry::v1::{MigrantFacts, MigrantRow, RowReason};
use kernel::{Division, Sex};
use messaging::journal::Context;
use platform::error::ServiceError;

use super::cells::Cells;
use super::kind::{Judged, Judging, RowKind};
use crate::app::migrant::record_migrant::{enter, need};
use crate::app::migrant::refusal;
use crate::domain::migrant::reporting::{Outcome, Report};
use crate::domain::migrant::{Guardian, Identity, IdentityParts, MigrantRules, Source, SpecialReason, Stay};
use crate::store::{Needs, Workspace};

/// Rows of migrant children.
#[derive(Debug)]
pub struct Migrants;

/// A survey's report, with who counts.
#[derive(Debug)]
pub struct Entry {
    report: Report,
    rules: Arc<MigrantRules>,
}

#[async_trait::async_trait]
impl RowKind for Migrants {
    type Row = MigrantRow;
    type Entry = Entry;

    async fn judge(judging: Judging<'_>, rows: &[MigrantRow]) -> Result<Vec<Judged<Entry>>, ServiceError> {
        let rules = &judging.application.migrant_rules;
        let entry = |report| Entry { report, rules: Arc::clone(rules) };
        Ok(rows.iter().map(|row| report(row, judging).map(entry)).collect())
    }

    fn needs(entry: &Entry, needs: &mut Needs) {
        need(&entry.report, needs);
    }

    fn enter(entry: &Entry, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<bool, ServiceError> {
        let (_, outcome) = enter(&entry.report, &entry.rules, workspace, context)?;
        Ok(outcome != Outcome::Confirmed)
    }
}

fn report(row: &MigrantRow, judging: Judging<'_>) -> Judged<Report> {
    let divisions = &judging.application.divisions;
    let mut cells = Cells::of(row, judging.columns);
    let birth_date = cells.day("birth_date");
    let citizen_id = cells.citizen_id("citizen_id", birth_date);
    let sex = u8::try_from(cells.term("sex")).ok().and_then(Sex::from_code).unwrap_or_default();
    let residence = cells.division(divisions);
    let registration = registration(&mut cells, judging);
    let arrived_on = cells.day("arrived_on");
    let away_since = cells.day("away_since");
    let special = SpecialReason::from_number(cells.term("special_reason"));
    let sources = cells.terms("sources").into_iter().filter_map(Source::from_number).collect();
    let surveyed_on = cells.day("surveyed_on").unwrap_or(judging.reference_date);
    let facts = MigrantFacts {
        full_name: cells.owned("full_name"),
        guardian_name: cells.owned("guardian_name"),
        guardian_phone: cells.owned("guardian_phone"),
        school: cells.owned("school"),
        ..MigrantFacts::default()
    };
    cells.fits(&facts, &["full_name", "guardian_name", "guardian_phone", "school"].map(|field| (field, field)));
    let identity = birth_date.and_then(|birth_date| {
        let parts = IdentityParts { full_name: facts.full_name, citizen_id, birth_date, sex };
        let today = judging.application.clock.today();
        Identity::new(parts, today).map_err(|error| cells.refused(&refusal::identity(error, "row"))).ok()
    });
    let report = match (identity, registration, residence, arrived_on) {
        (Some(identity), Some(registration), Some(residence), Some(arrived_on)) => Some(Report {
            identity,
            guardian: Guardian { name: facts.guardian_name, phone: facts.guardian_phone },
            stay: Stay { registration, residence, away_since, school: facts.school },
            arrived_on,
            special,
            child: None,
            sources,
            surveyed_on,
        }),
        _ => None,
    };
    cells.finish(report)
}

/// The county of registration: one of the city's by its name, or any of the country by its code.
fn registration(cells: &mut Cells<'_>, judging: Judging<'_>) -> Option<Division> {
    let divisions = &judging.application.divisions;
    let text = cells.text("registration_county");
    if text.is_empty() {
        return None;
    }
    let coded = text.parse().ok().filter(|county| Stay::registers(*county, divisions));
    let county = coded.or_else(|| divisions.find_county(text).ok());
    if county.is_none() {
        cells.remark("registration_county", RowReason::UnknownDivision);
    }
    county
}
