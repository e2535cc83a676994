//! Rows become a workbook that can be read again.

use std::path::Path;

use contract::column::Column;
use contract::label::Labelled as _;
use kernel::Date;
use kernel::spelling::date;
use rust_xlsxwriter::{Color, DataValidation, Format, FormatBorder, Worksheet, XlsxError};

use super::Row;
use super::kind::columns;
use super::sheet::{NUMBER, REFERENCE_DATE};
use contract::registry::v1::WorkbookKind;

/// The line of the headers, below the title and the day.
const HEADER: u32 = 2;

/// The last line to which lists of terms reach in an empty form.
const FORM_LINES: u32 = 5_000;

/// A list of terms in a cell holds so many characters, commas included: Excel's limit.
const LONGEST_LIST: usize = 255;

/// Writes one sheet, row by row.
pub struct Writer {
    sheet: Worksheet,
    columns: Vec<Column>,
    line: u32,
    formats: Formats,
}

struct Formats {
    text: Format,
    day: Format,
}

impl Writer {
    /// A sheet of a kind, as of a day.
    ///
    /// # Errors
    /// [`XlsxError`] if the contract's texts do not fit into a sheet.
    pub fn new(kind: WorkbookKind, day: Date) -> Result<Self, XlsxError> {
        let columns = columns(kind);
        let formats =
            Formats { text: Format::new().set_num_format("@"), day: Format::new().set_num_format("yyyy-mm-dd") };
        let mut sheet = Worksheet::new();
        sheet.set_name(kind.label().zh)?;
        sheet.write_with_format(0, 0, kind.label().zh, &Format::new().set_bold().set_font_size(16))?;
        sheet.write(1, 0, format!("{REFERENCE_DATE}：{day}"))?;
        sheet.write_with_format(HEADER, 0, NUMBER, &header(false))?;
        sheet.set_column_width(0, 6)?;
        for (place, column) in (1..).zip(&columns) {
            sheet.write_with_format(HEADER, place, &column.header, &header(column.cell.required))?;
            let format = if column.cell.day { &formats.day } else { &formats.text };
            sheet.set_column_format(place, format)?;
            sheet.set_column_width(place, width(column))?;
            if let Some(list) = list(column)? {
                sheet.add_data_validation(HEADER + 1, place, FORM_LINES, place, &list)?;
            }
        }
        sheet.set_freeze_panes(HEADER + 1, 2)?;
        Ok(Self { sheet, columns, line: HEADER, formats })
    }

    /// Adds a row. A day becomes a cell of Excel's days, all else text: an ID of 18 digits is no number.
    ///
    /// # Errors
    /// [`XlsxError`] if a text or the sheet is too long.
    pub fn add<R: Row>(&mut self, row: &R) -> Result<(), XlsxError> {
        self.line += 1;
        self.sheet.write(self.line, 0, row.number())?;
        let texts = contract::column::texts(row, &self.columns);
        for ((place, column), text) in (1..).zip(&self.columns).zip(texts).filter(|(_, text)| !text.is_empty()) {
            match date(&text).filter(|_| column.cell.day) {
                Some(day) => {
                    let day = rust_xlsxwriter::ExcelDateTime::parse_from_str(&day.to_string())?;
                    self.sheet.write_with_format(self.line, place, &day, &self.formats.day)?;
                }
                None => {
                    self.sheet.write_with_format(self.line, place, text, &self.formats.text)?;
                }
            }
        }
        Ok(())
    }

    /// Rows written so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.line - HEADER
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`XlsxError`] if the file cannot be written.
    pub fn save(self, path: &Path) -> Result<(), XlsxError> {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        workbook.push_worksheet(self.sheet);
        workbook.save(path)
    }

    pub(super) fn into_sheet(self) -> Worksheet {
        self.sheet
    }
}

/// Says only how far it is.
impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("rows", &self.rows()).finish_non_exhaustive()
    }
}

fn header(required: bool) -> Format {
    let fill = if required { Color::RGB(0x00FF_E699) } else { Color::RGB(0x00D9_E1F2) };
    Format::new().set_bold().set_background_color(fill).set_border(FormatBorder::Thin)
}

/// A Chinese character is as wide as two digits.
fn width(column: &Column) -> f64 {
    let wide = |text: &str| text.chars().map(|char| if char.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
    wide(&column.header).max(wide(&column.cell.example)) + 3.0
}

/// The list from which a cell is filled in, where one term stands in it.
fn list(column: &Column) -> Result<Option<DataValidation>, XlsxError> {
    let terms: Vec<String> = column.terms().into_iter().map(|(_, label)| label.zh).collect();
    let length = terms.iter().map(|term| term.chars().count() + 1).sum::<usize>();
    if terms.is_empty() || column.cell.several || length > LONGEST_LIST {
        return Ok(None);
    }
    Ok(Some(DataValidation::new().allow_list_strings(&terms)?))
}
