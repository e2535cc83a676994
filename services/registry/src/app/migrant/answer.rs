//! Entries as the contract shapes them.

use contract::date::{from_date, timestamp};
use contract::registry::v1;
use kernel::{Date, Instant};

use crate::domain::migrant::entry::View;
use crate::domain::migrant::{MigrantEntry, MigrantRules, Standing, Survey};

/// The etag of an entry as it stands.
#[must_use]
pub fn etag(entry: &MigrantEntry) -> String {
    format!("v{:x}", entry.version)
}

/// An entry on a day, as it is known after its last change.
#[must_use]
pub fn migrant(entry: &MigrantEntry, rules: &MigrantRules, day: Date) -> v1::MigrantEntry {
    of_view(entry, &entry.view(), rules, day)
}

/// An entry on a day, as it was known at an instant; `None` if it was not yet there.
#[must_use]
pub fn migrant_as_of(
    entry: &MigrantEntry,
    rules: &MigrantRules,
    day: Date,
    known_at: Instant,
) -> Option<v1::MigrantEntry> {
    Some(of_view(entry, &entry.known_at(known_at)?, rules, day))
}

fn of_view(entry: &MigrantEntry, view: &View<'_>, rules: &MigrantRules, day: Date) -> v1::MigrantEntry {
    v1::MigrantEntry {
        id: entry.id.to_string(),
        etag: etag(entry),
        facts: Some(facts(view, day)),
        stays: stays(view),
        surveys: view.surveys(day).map(survey).collect(),
        standing: Some(standing(&view.standing(rules, day), day)),
        review_due_on: entry.review_due_on(rules).map(from_date),
        create_time: Some(timestamp(entry.opened_at)),
        update_time: Some(timestamp(entry.changed_at)),
    }
}

fn facts(view: &View<'_>, day: Date) -> v1::MigrantFacts {
    let identity = view.identity.parts();
    let stay = view.stay(day);
    let guardian = view.guardian(day).cloned().unwrap_or_default();
    v1::MigrantFacts {
        full_name: identity.full_name.clone(),
        citizen_id: identity.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
        birth_date: Some(from_date(identity.birth_date)),
        sex: identity.sex.code().into(),
        guardian_name: guardian.name,
        guardian_phone: guardian.phone,
        registration_county: stay.map_or_else(String::new, |stay| stay.registration.to_string()),
        residence_division: stay.map_or_else(String::new, |stay| stay.residence.to_string()),
        arrived_on: view.run(day).map(|run| from_date(run.from)),
        away_since: stay.and_then(|stay| stay.away_since).map(from_date),
        school: stay.map_or_else(String::new, |stay| stay.school.clone()),
        special_reason: view.special(day).map_or(0, |reason| reason.number()),
        child: view.child().map_or_else(String::new, |child| child.to_string()),
    }
}

fn stays(view: &View<'_>) -> Vec<v1::MigrantStay> {
    let stays = view.whereabouts.iter().map(|version| {
        let days = v1::MigrantStay {
            from: Some(from_date(version.period.from())),
            until: version.period.until().map(from_date),
            ..v1::MigrantStay::default()
        };
        match &version.value {
            crate::domain::migrant::Whereabouts::Away(to) => {
                v1::MigrantStay { away: true, left_to: to.map_or_else(String::new, |to| to.to_string()), ..days }
            }
            crate::domain::migrant::Whereabouts::Here(stay) => v1::MigrantStay {
                registration_county: stay.registration.to_string(),
                residence_division: stay.residence.to_string(),
                away_since: stay.away_since.map(from_date),
                school: stay.school.clone(),
                ..days
            },
        }
    });
    stays.collect()
}

fn survey(survey: &Survey) -> v1::MigrantSurvey {
    v1::MigrantSurvey {
        source: survey.source.number(),
        surveyed_on: Some(from_date(survey.on)),
        record_time: Some(timestamp(survey.recorded)),
    }
}

fn standing(standing: &Standing, day: Date) -> v1::MigrantStanding {
    v1::MigrantStanding {
        day: Some(from_date(day)),
        counts: standing.counts(),
        reasons: standing.reasons.iter().map(|reason| reason.number()).collect(),
        counts_from: standing.counts_from.map(from_date),
    }
}
