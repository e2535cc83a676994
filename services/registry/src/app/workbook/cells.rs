//! The cells of one row, read as what the contract says of their columns.

use std::str::FromStr;

use contract::column::{self, Column};
use contract::registry::v1::{RowReason, RowRemark};
use contract::validation::{Refusal, check_message};
use kernel::spelling::{self, plain, trimmed};
use kernel::{CitizenId, Date, Division, DivisionDirectory, DivisionLevel};
use platform::error::ServiceError;
use prost::{Message, Name};

use crate::domain::roster::{CitizenIdFault, citizen_id};
use crate::workbook::Row;

/// What separates several terms in a cell, after full-width marks became ASCII.
const SEPARATORS: [char; 3] = ['、', ',', ';'];

/// The texts of a row with the remarks on them.
#[derive(Debug)]
pub struct Cells<'a> {
    number: i32,
    columns: &'a [Column],
    texts: Vec<String>,
    remarks: Vec<RowRemark>,
}

impl<'a> Cells<'a> {
    /// A row's cells. What must not be empty is remarked upon at once.
    pub fn of<R: Row>(row: &R, columns: &'a [Column]) -> Self {
        let texts = column::texts(row, columns);
        let mut cells = Self { number: row.number(), columns, texts, remarks: Vec::new() };
        for column in columns.iter().filter(|column| column.cell.required) {
            if cells.text(column.field()).is_empty() {
                cells.remark(column.field(), RowReason::ValueMissing);
            }
        }
        cells
    }

    /// A cell's text without white space around it.
    pub fn text(&self, field: &str) -> &str {
        trimmed(&self.texts[self.place(field)])
    }

    /// The same, to be kept.
    pub fn owned(&self, field: &str) -> String {
        self.text(field).to_owned()
    }

    /// A day; nothing if the cell is empty.
    pub fn day(&mut self, field: &str) -> Option<Date> {
        let text = self.text(field);
        if text.is_empty() {
            return None;
        }
        let day = spelling::date(text);
        if day.is_none() {
            self.remark(field, RowReason::DateInvalid);
        }
        day
    }

    /// The number of the column's term; 0 if the cell is empty.
    pub fn term(&mut self, field: &str) -> i32 {
        self.terms(field).first().copied().unwrap_or_default()
    }

    /// The numbers of the column's terms.
    pub fn terms(&mut self, field: &str) -> Vec<i32> {
        let column = &self.columns[self.place(field)];
        let cell = plain(&self.texts[self.place(field)]).into_owned();
        let terms = cell.split(SEPARATORS).filter(|term| !term.is_empty());
        let numbers: Option<Vec<i32>> = terms.map(|term| column.number_of(term)).collect();
        let numbers = numbers.filter(|numbers| numbers.len() <= 1 || column.cell.several);
        if numbers.is_none() {
            self.remark(field, RowReason::TermUnknown);
        }
        numbers.unwrap_or_default()
    }

    /// An identifier that the registry gave; nothing if the cell is empty.
    pub fn id<T: FromStr>(&mut self, field: &str) -> Option<T> {
        let text = self.text(field);
        if text.is_empty() {
            return None;
        }
        let id = text.parse().ok();
        if id.is_none() {
            self.remark(field, RowReason::IdInvalid);
        }
        id
    }

    /// A whole number; nothing if the cell is empty.
    pub fn number<T: FromStr>(&mut self, field: &str) -> Option<T> {
        let text = plain(self.text(field)).into_owned();
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.remark(field, RowReason::NumberInvalid);
        }
        number
    }

    /// A citizen ID that is right in itself and, where that is known, of this day of birth; nothing if the cell is empty.
    pub fn citizen_id(&mut self, field: &str, birth_date: Option<Date>) -> Option<CitizenId> {
        match citizen_id(self.text(field), birth_date) {
            Ok(id) => id,
            Err(CitizenIdFault { reason, position }) => {
                let reason = RowReason::try_from(reason.number()).unwrap_or(RowReason::Refused);
                self.remark_at(field, reason, i32::from(position));
                None
            }
        }
    }

    /// The division that the cells `county`, `township` and `village` name, as far down as they are filled in.
    pub fn division(&mut self, divisions: &DivisionDirectory) -> Option<Division> {
        let [county, township, village] = ["county", "township", "village"].map(|field| self.text(field));
        let found = match (township.is_empty(), village.is_empty()) {
            (false, false) => divisions.find(county, township, village),
            (false, true) => divisions.find_township(county, township),
            (true, true) => divisions.find_county(county),
            (true, false) => {
                self.remark("township", RowReason::ValueMissing);
                return None;
            }
        };
        match found {
            Ok(division) => Some(division),
            // What is missing is remarked upon already.
            Err(_) if county.is_empty() => None,
            Err(unknown) => {
                let field = match unknown.which {
                    DivisionLevel::Village => "village",
                    DivisionLevel::Township => "township",
                    DivisionLevel::County | DivisionLevel::City | DivisionLevel::Province => "county",
                };
                self.remark(field, RowReason::UnknownDivision);
                None
            }
        }
    }

    /// Holds texts and numbers against the limits that the contract sets where they will stand: for each field of `message`
    /// the cell that it was filled from.
    pub fn fits<M: Message + Name>(&mut self, message: &M, filled: &[(&str, &str)]) {
        let Err(Refusal::Violations(violations)) = check_message(message) else {
            return;
        };
        for (theirs, ours) in filled {
            if !self.text(ours).is_empty() && violations.iter().any(|violation| names(&violation.field, theirs)) {
                let number = plain(self.text(ours)).bytes().all(|byte| byte.is_ascii_digit());
                self.remark(ours, if number { RowReason::NumberInvalid } else { RowReason::TextTooLong });
            }
        }
    }

    /// A cell that has to be filled in because of others.
    pub fn needed(&mut self, field: &str) {
        if self.text(field).is_empty() {
            self.remark(field, RowReason::ValueMissing);
        }
    }

    /// Adds a remark on a cell. A cell has one: the first.
    pub fn remark(&mut self, field: &str, reason: RowReason) {
        self.remark_at(field, reason, 0);
    }

    /// Adds what a rule of the registry says.
    pub fn refused(&mut self, error: &ServiceError) {
        let remark = remark_of(self.number, self.columns, error);
        self.remarks.push(remark);
    }

    /// What the row means, if nothing is wrong with it.
    ///
    /// # Errors
    /// The remarks.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<RowRemark>> {
        match value {
            Some(value) if self.remarks.is_empty() => Ok(value),
            _ => {
                if self.remarks.is_empty() {
                    self.remarks.push(RowRemark {
                        row: self.number,
                        reason: RowReason::Refused.into(),
                        ..Default::default()
                    });
                }
                Err(self.remarks)
            }
        }
    }

    fn remark_at(&mut self, field: &str, reason: RowReason, position: i32) {
        let column = self.columns[self.place(field)].header.clone();
        if !self.remarks.iter().any(|remark| remark.column == column) {
            self.remarks.push(RowRemark { row: self.number, column, reason: reason.into(), position });
        }
    }

    fn place(&self, field: &str) -> usize {
        self.columns.iter().position(|column| column.field() == field).expect("a column of this row")
    }
}

/// A refusal as a remark: reasons and fields have the same names as the contract's.
pub fn remark_of(row: i32, columns: &[Column], error: &ServiceError) -> RowRemark {
    let field = error.violations.first().map_or("", |violation| last_part(&violation.field));
    let column = columns.iter().find(|column| column.field() == field);
    let reason = RowReason::from_str_name(&format!("ROW_REASON_{}", error.reason)).unwrap_or(RowReason::Refused);
    RowRemark {
        row,
        column: column.map(|column| column.header.clone()).unwrap_or_default(),
        reason: reason.into(),
        position: 0,
    }
}

/// Whether a violation is of a field, or of an item of it.
fn names(violation: &str, field: &str) -> bool {
    violation.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

fn last_part(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}
