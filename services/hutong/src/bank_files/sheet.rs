use std::path::Path;

use calamine::{Data, Reader as _};

use super::BankFileError;

/// What Excel wants at the beginning of a CSV in UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A table of texts.
#[derive(Debug)]
pub(super) struct Sheet {
    /// The first row.
    pub(super) header: Vec<String>,
    /// The others.
    pub(super) rows: Vec<Vec<String>>,
}

enum Form {
    Csv,
    Workbook,
}

fn form(file: &Path) -> Result<Form, BankFileError> {
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("csv") => Ok(Form::Csv),
        Some("xlsx") => Ok(Form::Workbook),
        _ => Err(BankFileError::Ending(file.to_owned())),
    }
}

fn fault(file: &Path) -> impl Fn(&dyn std::fmt::Display) -> BankFileError {
    move |reason| BankFileError::File { file: file.to_owned(), reason: reason.to_string() }
}

impl Sheet {
    pub(super) fn write(&self, file: &Path) -> Result<(), BankFileError> {
        let fault = fault(file);
        match form(file)? {
            Form::Csv => {
                let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
                for row in std::iter::once(&self.header).chain(&self.rows) {
                    writer.write_record(row).map_err(|error| fault(&error))?;
                }
                let bytes = writer.into_inner().map_err(|error| fault(&error))?;
                std::fs::write(file, bytes).map_err(|error| fault(&error.kind()))
            }
            Form::Workbook => {
                let mut book = rust_xlsxwriter::Workbook::new();
                let sheet = book.add_worksheet();
                for (row, cells) in std::iter::once(&self.header).chain(&self.rows).enumerate() {
                    for (column, cell) in cells.iter().enumerate() {
                        let place = (u32::try_from(row).unwrap_or(u32::MAX), u16::try_from(column).unwrap_or(u16::MAX));
                        // All are texts: an account number is no quantity.
                        sheet.write_string(place.0, place.1, cell).map_err(|error| fault(&error))?;
                    }
                }
                book.save(file).map_err(|error| fault(&error))
            }
        }
    }

    pub(super) fn read(file: &Path) -> Result<Self, BankFileError> {
        let fault = fault(file);
        let mut rows = match form(file)? {
            Form::Csv => {
                let text = std::fs::read_to_string(file).map_err(|error| fault(&error.kind()))?;
                let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
                let mut reader =
                    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
                let rows =
                    reader.records().map(|record| Ok(record?.iter().map(|cell| cell.trim().to_owned()).collect()));
                rows.collect::<Result<Vec<Vec<String>>, csv::Error>>().map_err(|error| fault(&error))?
            }
            Form::Workbook => {
                let mut book: calamine::Xlsx<_> =
                    calamine::open_workbook(file).map_err(|error: calamine::XlsxError| fault(&error))?;
                let range = book.worksheet_range_at(0).ok_or_else(|| fault(&"it has no sheet"))?;
                let range = range.map_err(|error| fault(&error))?;
                range.rows().map(|row| row.iter().map(text).collect()).collect()
            }
        };
        if rows.is_empty() {
            return Err(fault(&"it is empty"));
        }
        let header = rows.remove(0);
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        Ok(Self { header, rows })
    }

    /// Where columns stand.
    pub(super) fn columns<const N: usize>(
        &self,
        file: &Path,
        names: [&'static str; N],
    ) -> Result<[usize; N], BankFileError> {
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            let missing = || BankFileError::Column { file: file.to_owned(), column: name, needed: names.to_vec() };
            *place = self.header.iter().position(|header| header == name).ok_or_else(missing)?;
        }
        Ok(places)
    }
}

fn text(cell: &Data) -> String {
    match cell {
        Data::String(text) => text.trim().to_owned(),
        Data::DateTime(day) if day.is_datetime() => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string().trim().to_owned(),
    }
}

/// A cell of a row; nothing where the row is short.
pub(super) fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map(String::as_str).unwrap_or_default()
}
