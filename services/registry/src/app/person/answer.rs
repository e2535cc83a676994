//! Persons as the contract shapes them.

use contract::date::from_date;
use contract::registry::v1;
use kernel::{Date, Period, SituationId};

use super::target::etag;
use crate::domain::AsOf;
use crate::domain::Person;
use crate::domain::evidence::{Disability, Evidence};
use crate::domain::person::{Condition, Contact, Identity, Situation};

/// A person on a day, `None` if nothing was known of it.
#[must_use]
pub fn person(person: &Person, as_of: AsOf) -> Option<v1::Person> {
    let mut situations: Vec<_> = person.situations().as_of(as_of).collect();
    situations.sort_by_key(|(id, version)| (version.period, *id));
    Some(v1::Person {
        id: person.id().to_string(),
        etag: etag(person.revision()),
        identity: Some(identity(&as_of.of(person.identity())?.value)),
        contact: as_of.of(person.contact()).map(|version| contact(&version.value)),
        situations: situations.into_iter().map(|(id, it)| situation(id, &it.value, it.period)).collect(),
    })
}

/// A person as it stands on a day by all that is known.
#[must_use]
pub fn today(of: &Person, today: Date) -> Option<v1::Person> {
    person(of, AsOf::day(today))
}

/// The days for which something holds.
#[must_use]
pub fn validity(period: Period) -> v1::Validity {
    v1::Validity { from: Some(from_date(period.from())), until: period.until().map(from_date) }
}

/// Documents.
#[must_use]
pub fn evidence(evidence: &[Evidence]) -> Vec<v1::Evidence> {
    let shape = |one: &Evidence| v1::Evidence {
        kind: one.kind.clone(),
        number: one.number.clone(),
        issuer: one.issuer.clone(),
        issued_on: one.issued_on.map(from_date),
    };
    evidence.iter().map(shape).collect()
}

/// A disability.
#[must_use]
pub fn disability(disability: &Disability) -> v1::Disability {
    v1::Disability {
        r#type: disability.kind.number(),
        grade: i32::from(disability.grade.code()),
        evidence: evidence(&disability.evidence),
    }
}

/// A situation with its id.
#[must_use]
pub fn situation(id: SituationId, situation: &Situation, period: Period) -> v1::Situation {
    let mut answer = v1::Situation {
        id: id.to_string(),
        condition: situation.condition.number(),
        validity: Some(validity(period)),
        note: situation.note.clone(),
        evidence: evidence(&situation.evidence),
        ..Default::default()
    };
    match &situation.condition {
        Condition::Disability { kind, grade } => {
            let grade = i32::from(grade.code());
            answer.disability = Some(v1::Disability { r#type: kind.number(), grade, evidence: Vec::new() });
        }
        Condition::Custody { term_ends_on }
        | Condition::DrugIsolation { term_ends_on }
        | Condition::LibertyRestricted { term_ends_on } => answer.term_ends_on = term_ends_on.map(from_date),
        Condition::OutOfContact { police_accepted_on } => {
            answer.police_accepted_on = police_accepted_on.map(from_date);
        }
        Condition::Away { whereabouts } => answer.whereabouts.clone_from(whereabouts),
        Condition::SeriousIllness
        | Condition::GuardianshipRevoked
        | Condition::Deported
        | Condition::Dead
        | Condition::DeclaredMissing
        | Condition::UnableToGuard => {}
    }
    answer
}

fn identity(identity: &Identity) -> v1::PersonIdentity {
    v1::PersonIdentity {
        full_name: identity.full_name.clone(),
        citizen_id: identity.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
        birth_date: identity.birth_date.map(from_date),
        sex: i32::from(identity.sex.code()),
    }
}

fn contact(contact: &Contact) -> v1::Contact {
    v1::Contact {
        phone: contact.phone.clone(),
        division: contact.division.map_or_else(String::new, |division| division.to_string()),
        address: contact.address.clone(),
    }
}
