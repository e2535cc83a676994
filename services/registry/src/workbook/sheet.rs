//! One sheet: title rows, the header row, the rows below.

use std::cmp::Reverse;

use calamine::{Data, Range};
use contract::column::Column;
use kernel::Date;
use kernel::spelling::{self, plain, trimmed};

use super::{Row, Sheet, WorkbookError};

/// The header of a row's own number, the one column that the contract gives no text.
pub(super) const NUMBER: &str = "序号";

/// What stands before a workbook's day in a title row.
pub(super) const REFERENCE_DATE: &str = "填报日期";

/// A header row stands among a sheet's first rows.
const TITLE_ROWS: usize = 20;

/// So many of the columns make a row the header row, although some are missing.
const RECOGNISED: usize = 4;

/// Where in a sheet the text of a column stands.
struct Header {
    number: Option<usize>,
    columns: Vec<(usize, Column)>,
}

/// The rows of a sheet; `None` if the sheet has no header row.
pub(super) fn read<R: Row>(sheet: &str, range: &Range<Data>) -> Result<Option<Sheet<R>>, WorkbookError> {
    let first_line = range.start().map_or(0, |(row, _)| row as usize) + 1;
    let wanted = contract::column::of::<R>();
    let headers: Vec<String> = wanted.iter().map(|column| plain(&column.header).into_owned()).collect();
    let Some((header_row, _)) = header_row(range, &headers) else {
        return Ok(None);
    };
    let cells = range.rows().nth(header_row).unwrap_or_default();
    let header = header(sheet, first_line + header_row, cells, wanted)?;
    let reference_date = range.rows().take(header_row).find_map(reference_date);
    let mut rows: Vec<R> = Vec::new();
    for cells in range.rows().skip(header_row + 1) {
        if let Some(row) = header.row(cells, rows.last()) {
            rows.push(row);
        }
    }
    Ok(Some(Sheet { reference_date, rows }))
}

/// The row that is most like a header row with these headers, and how many of them it has.
pub(super) fn header_row(range: &Range<Data>, headers: &[String]) -> Option<(usize, usize)> {
    let known = |row: &[Data]| row.iter().filter(|cell| headers.contains(&header_text(cell))).count();
    let rows = range.rows().take(TITLE_ROWS).map(known).enumerate();
    rows.filter(|(_, known)| *known >= RECOGNISED).max_by_key(|(row, known)| (*known, Reverse(*row)))
}

fn header(sheet: &str, line: usize, cells: &[Data], wanted: Vec<Column>) -> Result<Header, WorkbookError> {
    let texts: Vec<String> = cells.iter().map(header_text).collect();
    let mut missing = Vec::new();
    let mut columns = Vec::new();
    for column in wanted {
        let header = plain(&column.header).into_owned();
        let mut places = texts.iter().enumerate().filter(|(_, text)| **text == header);
        match (places.next(), places.next()) {
            (None, _) => missing.push(header),
            (Some((index, _)), None) => columns.push((index, column)),
            (Some(_), Some(_)) => {
                return Err(WorkbookError::RepeatedColumn { sheet: sheet.to_owned(), line, column: header });
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
    fn row<R: Row>(&self, cells: &[Data], previous: Option<&R>) -> Option<R> {
        let texts =
            self.columns.iter().map(|(index, column)| (column, cells.get(*index).map(text).unwrap_or_default()));
        let texts: Vec<(&Column, String)> = texts.collect();
        if texts.iter().all(|(_, text)| trimmed(text).is_empty()) {
            return None;
        }
        let mut row: R = contract::column::row(texts);
        let number = self.number.and_then(|index| plain(&text(cells.get(index)?)).parse().ok());
        row.set_number(number.unwrap_or(previous.map_or(1, |row| row.number().saturating_add(1))));
        Some(row)
    }
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
