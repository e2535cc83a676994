//! What the registry knows, as the rows of workbooks.

use contract::label::Labelled;
use contract::registry::v1;
use kernel::{Date, Division, DivisionDirectory, DivisionLevel};

use crate::domain::migrant::MigrantEntry;
use crate::domain::visit::Visit;
use crate::domain::worker::Worker;
use crate::domain::{CategoryRecord, Child};

/// The names of a place, as far down as it goes.
struct Place {
    county: String,
    township: String,
    village: String,
}

impl Place {
    fn of(division: Division, divisions: &DivisionDirectory) -> Self {
        let name = |level| {
            let part = division.ancestor(level)?;
            divisions.name_of(part).map(str::to_owned)
        };
        let [county, township, village] = [DivisionLevel::County, DivisionLevel::Township, DivisionLevel::Village]
            .map(|level| name(level).unwrap_or_default());
        Self { county, township, village }
    }
}

/// A file with the categories that stand.
pub fn child(number: i32, child: &Child, divisions: &DivisionDirectory, today: Date) -> v1::RosterRow {
    let profile = child.profile();
    let Place { county, township, village } = Place::of(profile.household.division(), divisions);
    let stands = |record: &&CategoryRecord| record.counts_in(kernel::Month::of(today)) || record.until.is_none();
    let standing: Vec<&CategoryRecord> = child.categories.iter().filter(stands).collect();
    let categories: Vec<String> =
        standing.iter().map(|record| term::<v1::Category>(record.category.number())).collect();
    v1::RosterRow {
        number,
        full_name: profile.full_name.clone(),
        sex: term::<v1::Sex>(i32::from(profile.sex.code())),
        citizen_id: profile.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
        birth_date: profile.birth_date.to_string(),
        county,
        township,
        village,
        categories: categories.join("、"),
        guardian_name: profile.guardian_name.clone(),
        guardian_relation: profile.guardian_relation.clone(),
        phone: profile.phone.clone(),
        school_stage: profile.school_stage.map_or_else(String::new, |stage| stage.label().to_owned()),
        disability_grade: profile.disability_grade.map_or_else(String::new, |grade| grade.label().to_owned()),
        bank_account: profile.bank_account.clone(),
        confirmed_on: standing
            .iter()
            .map(|record| record.confirmed_on)
            .min()
            .map_or_else(String::new, |day| day.to_string()),
        remarks: profile.remarks.clone(),
    }
}

/// An entry of the ledger on a day; nothing if the child does not stay.
pub fn migrant(number: i32, entry: &MigrantEntry, divisions: &DivisionDirectory, day: Date) -> Option<v1::MigrantRow> {
    let view = entry.view();
    let stay = view.stay(day)?;
    let identity = view.identity.parts();
    let guardian = view.guardian(day);
    let Place { county, township, village } = Place::of(stay.residence, divisions);
    let last = view.surveys(day).map(|survey| survey.on).max();
    let sources = view.surveys(day).filter(|survey| Some(survey.on) == last);
    let sources: Vec<String> = sources.map(|survey| term::<v1::MigrantSource>(survey.source.number())).collect();
    let registration =
        divisions.name_of(stay.registration).filter(|name| divisions.find_county(name) == Ok(stay.registration));
    Some(v1::MigrantRow {
        number,
        full_name: identity.full_name.clone(),
        sex: term::<v1::Sex>(i32::from(identity.sex.code())),
        citizen_id: identity.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
        birth_date: identity.birth_date.to_string(),
        guardian_name: guardian.map_or_else(String::new, |guardian| guardian.name.clone()),
        guardian_phone: guardian.map_or_else(String::new, |guardian| guardian.phone.clone()),
        registration_county: registration.map_or_else(|| stay.registration.to_string(), str::to_owned),
        county,
        township,
        village,
        arrived_on: view.run(day).map_or_else(String::new, |run| run.from.to_string()),
        away_since: stay.away_since.map_or_else(String::new, |day| day.to_string()),
        school: stay.school.clone(),
        special_reason: view
            .special(day)
            .map_or_else(String::new, |reason| term::<v1::SpecialMigrantReason>(reason.number())),
        sources: sources.join("、"),
        surveyed_on: last.map_or_else(String::new, |day| day.to_string()),
    })
}

/// A visit to a child by a worker.
pub fn visit(number: i32, visit: &Visit, child: &Child, worker: Option<&Worker>) -> v1::VisitRow {
    let facts = &visit.facts;
    v1::VisitRow {
        number,
        visit: visit.id.to_string(),
        child: child.id.to_string(),
        child_name: child.profile().full_name.clone(),
        citizen_id: child.profile().citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
        visited_on: facts.on.to_string(),
        worker_name: worker.map_or_else(String::new, |worker| worker.person().full_name.clone()),
        worker: facts.worker.to_string(),
        kind: term::<v1::VisitKind>(facts.kind as i32),
        guardianship: term::<v1::GuardianshipSituation>(facts.guardianship as i32),
        risk: term::<v1::VisitRisk>(facts.risk as i32),
        notes: facts.notes.clone(),
        evidence: facts.evidence.join("、"),
    }
}

/// Who holds a post on a day; nothing of somebody who holds none.
pub fn worker(number: i32, worker: &Worker, divisions: &DivisionDirectory, day: Date) -> Option<v1::WorkerRow> {
    let held = worker.held_on(day)?;
    let Place { county, township, village } = Place::of(held.value.division(), divisions);
    let training = worker.trainings.iter().max_by_key(|training| training.on);
    let guide = worker.acknowledgements.last();
    Some(v1::WorkerRow {
        number,
        full_name: worker.person().full_name.clone(),
        phone: worker.person().phone.clone(),
        role: term::<v1::WorkerRole>(held.value.role().number()),
        county,
        township,
        village,
        from: held.period.from().to_string(),
        trained_on: training.map_or_else(String::new, |training| training.on.to_string()),
        training_hours: training.map_or_else(String::new, |training| training.hours.to_string()),
        training_topic: training.map_or_else(String::new, |training| training.topic.clone()),
        guide_version: guide.map_or_else(String::new, |guide| guide.version.clone()),
        acknowledged_on: guide.map_or_else(String::new, |guide| guide.on.to_string()),
        worker: worker.id.to_string(),
    })
}

/// The Chinese term of a number; empty for a number without one.
fn term<E: Labelled>(number: i32) -> String {
    contract::label::of(E::ENUM, number).map(|label| label.zh).unwrap_or_default()
}
