//! From the contract's persons to the domain's.

use contract::registry::v1;
use kernel::{Date, Division, Period, Sex};
use platform::error::ServiceError;
use platform::request::{Violations, id, optional_day};

use super::evidence::evidence;
use super::fact::{disability, invalid, period, text};
use super::profile::citizen_id;
use crate::app::person::target::PersonTarget;
use crate::domain::evidence::Evidence;
use crate::domain::person::{Condition, Contact, Identity, IdentityParts, Situation};

/// The person that a request changes.
pub fn person_target(person: &str, etag: &str) -> Result<PersonTarget, ServiceError> {
    Ok(PersonTarget { person: id("person", person)?, etag: etag.to_owned() })
}

/// Who a person is, written down today.
pub fn identity(identity: &v1::PersonIdentity, today: Date) -> Result<Identity, ServiceError> {
    let mut wrong = Violations::default();
    let citizen_id = citizen_id("identity.citizen_id", &identity.citizen_id, &mut wrong);
    let birth_date = identity.birth_date.as_ref().and_then(|date| match contract::date::to_date(date) {
        Ok(day) => Some(day),
        Err(error) => {
            wrong.add("identity.birth_date", "BIRTH_DATE_INVALID", error.to_string());
            None
        }
    });
    wrong.none()?;
    let sex = u8::try_from(identity.sex).ok().and_then(Sex::from_code);
    let sex = sex.ok_or_else(|| invalid("identity.sex", "must be a code of GB/T 2261.1"))?;
    let parts = IdentityParts { full_name: text(&identity.full_name), citizen_id, birth_date, sex };
    Ok(Identity::new(parts, today)?)
}

/// How a person is reached.
pub fn contact(contact: &v1::Contact) -> Result<Contact, ServiceError> {
    let division: Option<Division> = match contact.division.as_str() {
        "" => None,
        code => Some(id("contact.division", code)?),
    };
    Ok(Contact { phone: text(&contact.phone), division, address: text(&contact.address) })
}

/// What befell a person, with its days.
pub fn situation(situation: &v1::Situation) -> Result<(Situation, Period), ServiceError> {
    let mut evidence = evidence("situation.evidence", &situation.evidence)?;
    let condition = condition(situation, &mut evidence)?;
    let period = period("situation.validity", situation.validity.as_ref())?;
    Ok((Situation { condition, note: text(&situation.note), evidence }, period))
}

/// The condition. A disability's own documents are put with the others.
fn condition(situation: &v1::Situation, documents: &mut Vec<Evidence>) -> Result<Condition, ServiceError> {
    let term_ends_on = optional_day("situation.term_ends_on", situation.term_ends_on.as_ref())?;
    let police_accepted_on = optional_day("situation.police_accepted_on", situation.police_accepted_on.as_ref())?;
    let whereabouts = text(&situation.whereabouts);
    let number = situation.condition;
    let misplaced = [
        ("situation.disability", situation.disability.is_some() && number != 1),
        ("situation.term_ends_on", term_ends_on.is_some() && !(3..=5).contains(&number)),
        ("situation.police_accepted_on", police_accepted_on.is_some() && number != 6),
        ("situation.whereabouts", !whereabouts.is_empty() && number != 11),
    ];
    if let Some((field, _)) = misplaced.into_iter().find(|(_, misplaced)| *misplaced) {
        return Err(invalid(field, "must be left out: it belongs to another condition"));
    }
    Ok(match number {
        1 => {
            let field = "situation.disability";
            let given = situation.disability.as_ref().ok_or_else(|| invalid(field, "must be set"))?;
            let given = disability(field, given)?;
            documents.extend(given.evidence);
            Condition::Disability { kind: given.kind, grade: given.grade }
        }
        2 => Condition::SeriousIllness,
        3 => Condition::Custody { term_ends_on },
        4 => Condition::DrugIsolation { term_ends_on },
        5 => Condition::LibertyRestricted { term_ends_on },
        6 => Condition::OutOfContact { police_accepted_on },
        7 => Condition::GuardianshipRevoked,
        8 => Condition::Deported,
        9 => Condition::Dead,
        10 => Condition::DeclaredMissing,
        11 => Condition::Away { whereabouts },
        12 => Condition::UnableToGuard,
        _ => return Err(invalid("situation.condition", "must be a condition of the contract")),
    })
}
