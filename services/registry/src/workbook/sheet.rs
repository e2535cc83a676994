//! One sheet: title rows, the header row, the rows below.

use calamine::{Data, Range};
use contract::registry::v1::RosterRow;
use kernel::Date;

use super::{Roster, WorkbookError};
use crate::domain::roster::spelling::{self, plain, trimmed};

/// The header of a row's own number, the one column that the contract gives no text.
const NUMBER: &str = "序号";

/// What stands before a roster's day in a title row.
const REFERENCE_DATE: &str = "填报日期";

/// A header row stands among a sheet's first rows.
const TITLE_ROWS: usize = 20;

/// So many of the columns make a row the header row, although some are missing.
const RECOGNISED: usize = 4;

/// A column of the sheet: where its text goes.
#[derive(Clone, Debug)]
struct Column {
    index: usize,
    field: String,
}

#[derive(Debug)]
struct Header {
    number: Option<usize>,
    columns: Vec<Column>,
}

/// The roster of a sheet; `None` if the sheet has no header row.
pub(super) fn read(sheet: &str, range: &Range<Data>) -> Result<Option<Roster>, WorkbookError> {
    let first_line = range.start().map_or(0, |(row, _)| row as usize) + 1;
    let wanted = wanted_columns();
    let Some(header_row) = range.rows().take(TITLE_ROWS).position(|row| {
        let known = |cell: &&Data| {
            let text = header_text(cell);
            wanted.iter().any(|(header, _)| *header == text)
        };
        row.iter().filter(known).count() >= RECOGNISED
    }) else {
        return Ok(None);
    };
    let cells = range.rows().nth(header_row).unwrap_or_default();
    let header = header(sheet, first_line + header_row, cells, &wanted)?;
    let reference_date = range.rows().take(header_row).find_map(reference_date);
    let mut rows = Vec::new();
    for cells in range.rows().skip(header_row + 1) {
        if let Some(row) = header.row(cells, rows.last()) {
            rows.push(row);
        }
    }
    Ok(Some(Roster { reference_date, rows }))
}

/// The plain headers of the contract's columns, each with its field.
fn wanted_columns() -> Vec<(String, String)> {
    contract::column::of::<RosterRow>()
        .into_iter()
        .map(|(header, field)| (plain(&header).into_owned(), field.name().to_owned()))
        .collect()
}

fn header(sheet: &str, line: usize, cells: &[Data], wanted: &[(String, String)]) -> Result<Header, WorkbookError> {
    let texts: Vec<String> = cells.iter().map(header_text).collect();
    let mut missing = Vec::new();
    let mut columns = Vec::new();
    for (header, field) in wanted {
        let mut places = texts.iter().enumerate().filter(|(_, text)| *text == header);
        match (places.next(), places.next()) {
            (None, _) => missing.push(header.clone()),
            (Some((index, _)), None) => columns.push(Column { index, field: field.clone() }),
            (Some(_), Some(_)) => {
                return Err(WorkbookError::RepeatedColumn { sheet: sheet.to_owned(), line, column: header.clone() });
            }
        }
    }
    if missing.is_empty() {
        Ok(Header { number: texts.iter().position(|text| text == NUMBER), columns })
    } else {
        Err(WorkbookError::MissingColumns { sheet: sheet.to_owned(), line, columns: missing })
    }
}

impl Header {
    /// The row of a line's cells; `None` if all of them are empty. A row without a number gets the one after `previous`.
    fn row(&self, cells: &[Data], previous: Option<&RosterRow>) -> Option<RosterRow> {
        let mut row = RosterRow::default();
        let mut empty = true;
        for column in &self.columns {
            let text = cells.get(column.index).map(text).unwrap_or_default();
            empty &= trimmed(&text).is_empty();
            if let Some(place) = place(&mut row, &column.field) {
                *place = text;
            }
        }
        let number = self.number.and_then(|index| plain(&text(cells.get(index)?)).parse().ok());
        row.number = number.unwrap_or(previous.map_or(1, |row| row.number.saturating_add(1)));
        (!empty).then_some(row)
    }
}

/// Where the text of a column's field goes.
pub(super) fn place<'a>(row: &'a mut RosterRow, field: &str) -> Option<&'a mut String> {
    Some(match field {
        "full_name" => &mut row.full_name,
        "sex" => &mut row.sex,
        "citizen_id" => &mut row.citizen_id,
        "birth_date" => &mut row.birth_date,
        "county" => &mut row.county,
        "township" => &mut row.township,
        "village" => &mut row.village,
        "categories" => &mut row.categories,
        "guardian_name" => &mut row.guardian_name,
        "guardian_relation" => &mut row.guardian_relation,
        "phone" => &mut row.phone,
        "school_stage" => &mut row.school_stage,
        "disability_grade" => &mut row.disability_grade,
        "bank_account" => &mut row.bank_account,
        "confirmed_on" => &mut row.confirmed_on,
        "remarks" => &mut row.remarks,
        _ => return None,
    })
}

/// The day that a title row names, in the same cell as its label or in the next one that is filled.
fn reference_date(cells: &[Data]) -> Option<Date> {
    let mut texts = cells.iter().map(|cell| plain(&text(cell)).into_owned());
    texts
        .by_ref()
        .find_map(|text| {
            let (_, rest) = text.split_once(REFERENCE_DATE)?;
            Some(rest.trim_start_matches(':').to_owned())
        })
        .and_then(|rest| match rest.as_str() {
            "" => leading_date(&texts.find(|text| !text.is_empty())?),
            rest => leading_date(rest),
        })
}

/// The day with which a text begins.
fn leading_date(text: &str) -> Option<Date> {
    let end = text.find(|char: char| !char.is_ascii_digit() && !"-/.年月日".contains(char)).unwrap_or(text.len());
    spelling::date(&text[..end])
}

fn header_text(cell: &Data) -> String {
    plain(&text(cell)).into_owned()
}

/// A cell as text: a date as `2015-07-05`, a whole number without decimals.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTime(duration) => duration.as_f64().to_string(),
        Data::Int(number) => number.to_string(),
        // `Display` of a float writes whole numbers without decimals and never an exponent.
        Data::Float(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
    }
}
