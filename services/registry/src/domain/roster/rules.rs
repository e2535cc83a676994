//! The rules of one row.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::spelling::{date, plain, trimmed};
use kernel::time::age_on;
use kernel::{CitizenId, Date, DisabilityGrade, Division, DivisionDirectory, DivisionLevel, SchoolStage, Sex};

use super::citizen_id::{CitizenIdFault, citizen_id};
use super::remark::{Reason, Remark};
use super::row::{Column, Fingerprint, Row};
use crate::domain::category::Category;
use crate::domain::profile::{Household, Profile, ProfileParts};

/// The age in full years from which a person is no child of a roster.
const ADULT: i32 = 18;

/// What separates several categories in one cell, after full-width commas became ASCII.
const CATEGORY_SEPARATORS: [char; 3] = ['、', ',', ';'];

/// The characters that the registry keeps of a text: the limits of the contract's `ChildProfile`.
pub const LIMITS: [(Column, usize); 6] = [
    (Column::FullName, 60),
    (Column::GuardianName, 60),
    (Column::GuardianRelation, 30),
    (Column::Phone, 30),
    (Column::BankAccount, 40),
    (Column::Remarks, 500),
];

/// The categories by their Chinese terms.
pub type Terms = HashMap<String, Category>;

/// What a row is judged by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The day of the roster; ages are counted on it.
    pub reference_date: Date,
    /// The divisions that exist.
    pub divisions: Arc<DivisionDirectory>,
    /// The categories that exist.
    pub terms: Arc<Terms>,
}

/// A row that may be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The row's own number.
    pub number: i32,
    /// The child.
    pub profile: Profile,
    /// Its categories, each once, in the office's order; at least one.
    pub categories: Vec<Category>,
    /// When the county confirmed them.
    pub confirmed_on: Date,
    /// What is odd.
    pub warnings: Vec<Remark>,
    /// By what the row is known again, for a child without a citizen ID.
    pub fingerprint: Option<Fingerprint>,
}

/// A row that may not.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row's own number.
    pub number: i32,
    /// Its citizen ID, if that is right in itself.
    pub citizen_id: Option<CitizenId>,
    /// Everything that is wrong, but only the first fault of the citizen ID.
    pub remarks: Vec<Remark>,
}

impl Rules {
    /// Judges one row by itself.
    ///
    /// # Errors
    /// [`Fault`] with everything that is wrong.
    pub fn check(&self, row: &Row<'_>) -> Result<Entry, Fault> {
        let mut findings = Findings::default();
        let full_name = findings.text(Column::FullName, row.full_name);
        if full_name.is_empty() {
            findings.wrong(Remark::new(Column::FullName, Reason::NameMissing));
        }
        let birth_date = self.birth_date(row, &mut findings);
        let citizen_id = judged_citizen_id(row, birth_date, &mut findings);
        let sex = sex(row, citizen_id, &mut findings);
        let household = self.household(row, &mut findings);
        let categories = self.categories(row, &mut findings);
        let confirmed_on = date(row.confirmed_on);
        if confirmed_on.is_none() {
            findings.wrong(Remark::new(Column::ConfirmedOn, Reason::ConfirmationDateInvalid));
        }
        let texts = (
            findings.text(Column::GuardianName, row.guardian_name),
            findings.text(Column::GuardianRelation, row.guardian_relation),
            findings.text(Column::Phone, row.phone),
            findings.text(Column::BankAccount, row.bank_account),
            findings.text(Column::Remarks, row.remarks),
        );
        let (guardian_name, guardian_relation, phone, bank_account, remarks) = texts;

        let Findings { wrong, odd } = findings;
        let fault = |remarks| Fault { number: row.number, citizen_id, remarks };
        let (true, Some(birth_date), Some(household), Some(confirmed_on)) =
            (wrong.is_empty(), birth_date, household, confirmed_on)
        else {
            return Err(fault(wrong));
        };
        let parts = ProfileParts {
            full_name,
            citizen_id,
            birth_date,
            sex,
            household,
            guardian_name,
            guardian_relation,
            phone,
            bank_account,
            school_stage: SchoolStage::from_label(&plain(row.school_stage)),
            disability_grade: DisabilityGrade::from_label(&plain(row.disability_grade)),
            remarks,
        };
        Ok(Entry {
            number: row.number,
            profile: Profile::new(parts, self.reference_date)
                .expect("the name, the birth date and the citizen id were just judged"),
            categories,
            confirmed_on,
            warnings: odd,
            fingerprint: citizen_id.is_none().then(|| Fingerprint::of(row)),
        })
    }

    fn birth_date(&self, row: &Row<'_>, findings: &mut Findings) -> Option<Date> {
        let birth_date = date(row.birth_date).filter(|day| *day <= self.reference_date);
        match birth_date {
            None => findings.wrong(Remark::new(Column::BirthDate, Reason::BirthDateInvalid)),
            Some(day) if age_on(day, self.reference_date) >= ADULT => {
                findings.wrong(Remark::new(Column::BirthDate, Reason::AgeOutOfRange));
            }
            Some(_) => {}
        }
        birth_date
    }

    fn household(&self, row: &Row<'_>, findings: &mut Findings) -> Option<Household> {
        let found = self.divisions.find(trimmed(row.county), trimmed(row.township), trimmed(row.village));
        match found {
            Ok(village) => household_of(village),
            Err(unknown) => {
                let column = match unknown.which {
                    DivisionLevel::Village => Column::Village,
                    DivisionLevel::Township => Column::Township,
                    DivisionLevel::County | DivisionLevel::City | DivisionLevel::Province => Column::County,
                };
                findings.wrong(Remark::new(column, Reason::UnknownDivision));
                None
            }
        }
    }

    /// The categories of the cell; the first unknown term is the fault.
    fn categories(&self, row: &Row<'_>, findings: &mut Findings) -> Vec<Category> {
        let cell = plain(row.categories);
        let unknown = Remark::new(Column::Categories, Reason::UnknownCategory);
        let mut categories = Vec::new();
        let mut position = 1;
        for term in cell.split(CATEGORY_SEPARATORS) {
            match self.terms.get(term) {
                Some(category) if categories.contains(category) => {}
                Some(category) => categories.push(*category),
                None if term.is_empty() => {}
                None if term.len() == cell.len() => findings.wrong(unknown),
                None => {
                    findings.wrong(unknown.at(position));
                    return categories;
                }
            }
            position += term.chars().count() + 1;
        }
        if cell.split(CATEGORY_SEPARATORS).all(str::is_empty) {
            findings.wrong(unknown);
        }
        categories
    }
}

/// The citizen ID, if it is right in itself and its birth date is the row's.
fn judged_citizen_id(row: &Row<'_>, birth_date: Option<Date>, findings: &mut Findings) -> Option<CitizenId> {
    match citizen_id(row.citizen_id, birth_date) {
        Ok(None) => {
            findings.odd(Remark::new(Column::CitizenId, Reason::NoCitizenId));
            None
        }
        Ok(id) => id,
        Err(CitizenIdFault { reason, position }) => {
            findings.wrong(Remark { column: Column::CitizenId, reason, position });
            None
        }
    }
}

fn sex(row: &Row<'_>, citizen_id: Option<CitizenId>, findings: &mut Findings) -> Sex {
    let cell = plain(row.sex);
    let written = Sex::from_label(&cell);
    let Some(id) = citizen_id else {
        return written.unwrap_or_default();
    };
    if !cell.is_empty() && written != Some(id.sex()) {
        findings.odd(Remark::new(Column::Sex, Reason::SexMismatch));
    }
    id.sex()
}

fn household_of(village: Division) -> Option<Household> {
    let household = Household::in_division(village);
    debug_assert!(household.is_some(), "a village lies in a county");
    household
}

#[derive(Default)]
struct Findings {
    wrong: Vec<Remark>,
    odd: Vec<Remark>,
}

impl Findings {
    fn wrong(&mut self, remark: Remark) {
        self.wrong.push(remark);
    }

    fn odd(&mut self, remark: Remark) {
        self.odd.push(remark);
    }

    /// The trimmed text of a cell, which must not be longer than the registry keeps.
    fn text(&mut self, column: Column, cell: &str) -> String {
        let text = trimmed(cell);
        let limit = LIMITS
            .iter()
            .find_map(|(limited, limit)| (*limited == column).then_some(*limit))
            .expect("every text column has its limit");
        if text.chars().count() > limit {
            self.wrong(Remark::new(column, Reason::TextTooLong).at(limit + 1));
        }
        text.to_owned()
    }
}

/// Says which row, and nothing of it.
impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fault").field("number", &self.number).field("remarks", &self.remarks).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
