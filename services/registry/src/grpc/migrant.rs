//! From what a survey wrote down of a migrant child to the domain's report.

use contract::date::to_date;
use contract::google::r#type::Date as WireDate;
use contract::registry::v1;
use kernel::spelling::trimmed;
use kernel::{ChildId, Date, Division, DivisionDirectory, Sex};
use platform::error::ServiceError;
use platform::request::{Violations, area};

use super::profile::citizen_id;
use crate::app::migrant::refusal;
use crate::domain::migrant::amending::Amendment;
use crate::domain::migrant::reporting::Report;
use crate::domain::migrant::{Guardian, Identity, IdentityParts, Source, SpecialReason, Stay};

/// A survey's report, whose facts stand in `report.facts`.
pub fn report(report: &v1::MigrantReport, divisions: &DivisionDirectory, today: Date) -> Result<Report, ServiceError> {
    let at = "report.facts";
    let facts = report.facts.clone().unwrap_or_default();
    let mut wrong = Violations::default();
    let mut fields = Fields { facts: &facts, at, divisions, wrong: &mut wrong };
    let citizen_id = citizen_id(&format!("{at}.citizen_id"), &facts.citizen_id, fields.wrong);
    let birth_date = fields.needed_day("birth_date", facts.birth_date.as_ref(), "BIRTH_DATE_INVALID");
    let arrived_on = fields.needed_day("arrived_on", facts.arrived_on.as_ref(), "INVALID_FIELDS");
    let away_since = fields.day("away_since", facts.away_since.as_ref(), "INVALID_FIELDS");
    let (registration, residence) = (fields.registration(), fields.residence());
    let (sex, special, child) = (fields.sex(), fields.special(), fields.child());
    let surveyed_on = match report.surveyed_on.as_ref().map(to_date) {
        None => Some(today),
        Some(Ok(day)) => Some(day),
        Some(Err(error)) => {
            wrong.add("report.surveyed_on", "INVALID_FIELDS", error.to_string());
            None
        }
    };
    let sources: Vec<Source> = report.sources.iter().filter_map(|source| Source::from_number(*source)).collect();
    let (Some(birth_date), Some(arrived_on), Some(registration), Some(residence), Some(surveyed_on)) =
        (birth_date, arrived_on, registration, residence, surveyed_on)
    else {
        wrong.none()?;
        return Err(ServiceError::invalid(at, "INVALID_FIELDS", "must hold what is needed"));
    };
    wrong.none()?;
    let parts = IdentityParts { full_name: trimmed(&facts.full_name).to_owned(), citizen_id, birth_date, sex };
    Ok(Report {
        identity: Identity::new(parts, today).map_err(|error| refusal::identity(error, at))?,
        guardian: Guardian {
            name: trimmed(&facts.guardian_name).to_owned(),
            phone: trimmed(&facts.guardian_phone).to_owned(),
        },
        stay: Stay { registration, residence, away_since, school: trimmed(&facts.school).to_owned() },
        arrived_on,
        special,
        child,
        sources,
        surveyed_on,
    })
}

/// The facts that a mask names.
pub fn amendment(request: &v1::UpdateMigrantRequest, divisions: &DivisionDirectory) -> Result<Amendment, ServiceError> {
    let facts = request.facts.clone().unwrap_or_default();
    let paths = request.update_mask.clone().unwrap_or_default().paths;
    let mut wrong = Violations::default();
    if paths.is_empty() {
        wrong.add("update_mask", "INVALID_FIELDS", "must name a field of the facts");
    }
    let valid_from = match request.valid_from.as_ref().map(to_date).transpose() {
        Ok(day) => day,
        Err(error) => {
            wrong.add("valid_from", "INVALID_FIELDS", error.to_string());
            None
        }
    };
    let mut amendment = Amendment { valid_from, ..Amendment::default() };
    let mut fields = Fields { facts: &facts, at: "facts", divisions, wrong: &mut wrong };
    let text = |text: &str| Some(trimmed(text).to_owned());
    for (index, path) in paths.iter().enumerate() {
        match path.as_str() {
            "full_name" => amendment.full_name = text(&facts.full_name),
            "citizen_id" => {
                amendment.citizen_id = Some(citizen_id("facts.citizen_id", &facts.citizen_id, fields.wrong));
            }
            "birth_date" => {
                amendment.birth_date = fields.needed_day("birth_date", facts.birth_date.as_ref(), "BIRTH_DATE_INVALID");
            }
            "sex" => amendment.sex = Some(fields.sex()),
            "guardian_name" => amendment.guardian_name = text(&facts.guardian_name),
            "guardian_phone" => amendment.guardian_phone = text(&facts.guardian_phone),
            "registration_county" => amendment.registration = fields.registration(),
            "residence_division" => amendment.residence = fields.residence(),
            "arrived_on" => {
                amendment.arrived_on = fields.needed_day("arrived_on", facts.arrived_on.as_ref(), "INVALID_FIELDS");
            }
            "away_since" => {
                let day = fields.day("away_since", facts.away_since.as_ref(), "INVALID_FIELDS");
                amendment.away_since = Some(day);
            }
            "school" => amendment.school = text(&facts.school),
            "special_reason" => amendment.special = Some(fields.special()),
            "child" => amendment.child = Some(fields.child()),
            _ => {
                let expected = "must be a field of the facts";
                fields.wrong.add(format!("update_mask.paths[{index}]"), "INVALID_FIELDS", expected);
            }
        }
    }
    wrong.none()?;
    Ok(amendment)
}

/// Reads fields of facts and notes those at fault.
struct Fields<'a> {
    facts: &'a v1::MigrantFacts,
    at: &'static str,
    divisions: &'a DivisionDirectory,
    wrong: &'a mut Violations,
}

impl Fields<'_> {
    fn add(&mut self, field: &str, reason: &'static str, expected: impl Into<String>) {
        self.wrong.add(format!("{}.{field}", self.at), reason, expected);
    }

    fn day(&mut self, field: &str, date: Option<&WireDate>, reason: &'static str) -> Option<Date> {
        match to_date(date?) {
            Ok(day) => Some(day),
            Err(error) => {
                self.add(field, reason, error.to_string());
                None
            }
        }
    }

    fn needed_day(&mut self, field: &str, date: Option<&WireDate>, reason: &'static str) -> Option<Date> {
        if date.is_none() {
            self.add(field, "INVALID_FIELDS", "must be set");
        }
        self.day(field, date, reason)
    }

    fn sex(&mut self) -> Sex {
        let sex = u8::try_from(self.facts.sex).ok().and_then(Sex::from_code);
        sex.unwrap_or_else(|| {
            self.add("sex", "INVALID_FIELDS", "must be a code of GB/T 2261.1");
            Sex::Unknown
        })
    }

    /// Any county of the country; of the city's, one that there is.
    fn registration(&mut self) -> Option<Division> {
        let county: Option<Division> = self.facts.registration_county.parse().ok();
        let county = county.filter(|county| Stay::registers(*county, self.divisions));
        if county.is_none() {
            self.add("registration_county", "UNKNOWN_DIVISION", "must be a county, six digits");
        }
        county
    }

    fn residence(&mut self) -> Option<Division> {
        let division: Option<Division> = self.facts.residence_division.parse().ok();
        let division = division.filter(|division| self.divisions.contains(*division) && division.county().is_some());
        if division.is_none() {
            let expected = "must be a county, township or village of the city";
            self.add("residence_division", "UNKNOWN_DIVISION", expected);
        }
        division
    }

    fn special(&mut self) -> Option<SpecialReason> {
        SpecialReason::from_number(self.facts.special_reason)
    }

    fn child(&mut self) -> Option<ChildId> {
        if self.facts.child.is_empty() {
            return None;
        }
        let child = self.facts.child.parse();
        if child.is_err() {
            self.add("child", "INVALID_FIELDS", "must be the id of a child's file");
        }
        child.ok()
    }
}

/// Where a child went: a province, city or county of the country; nothing if nobody knows.
pub fn destination(field: &str, code: &str) -> Result<Option<Division>, ServiceError> {
    area(field, code).map_err(|_| ServiceError::invalid(field, "UNKNOWN_DIVISION", "must be a division's code"))
}
