//! An empty workbook to fill in.

use contract::column::Column;
use contract::label::Labelled as _;
use contract::registry::v1::WorkbookKind;
use kernel::Date;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::Writer;
use super::kind::columns;

/// The name of a template's file: `migrants.xlsx`.
#[must_use]
pub fn file_name(kind: WorkbookKind) -> String {
    format!("{}.xlsx", kind.label().en)
}

/// The form of a kind, with a second sheet that says how it is filled in, in Chinese and English.
///
/// # Errors
/// [`XlsxError`] if the contract's texts do not fit into a sheet.
pub fn template(kind: WorkbookKind, today: Date) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.push_worksheet(Writer::new(kind, today)?.into_sheet());
    workbook.push_worksheet(guide(&columns(kind))?);
    workbook.save_to_buffer()
}

/// A line for each column.
fn guide(columns: &[Column]) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("填写说明")?;
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap();
    let titles =
        [("列 column", 18), ("必填 required", 14), ("填写内容 what belongs into it", 60), ("示例 example", 26)];
    for (place, (title, width)) in (0..).zip(titles) {
        sheet.write_with_format(0, place, title, &bold)?;
        sheet.set_column_width(place, width)?;
    }
    for (line, column) in (1..).zip(columns) {
        sheet.write(line, 0, &column.header)?;
        sheet.write(line, 1, if column.cell.required { "是 yes" } else { "" })?;
        sheet.write_with_format(line, 2, contents(column), &wrapped)?;
        sheet.write(line, 3, &column.cell.example)?;
    }
    Ok(sheet)
}

/// What belongs into a column, in both languages.
fn contents(column: &Column) -> String {
    let mut lines = Vec::new();
    if column.cell.day {
        lines.push("日期:2024-05-17、2024/5/17、2024年5月17日或20240517 · a day in one of these spellings".to_owned());
    }
    let terms = column.terms();
    if !terms.is_empty() {
        let terms: Vec<String> = terms.into_iter().map(|(_, label)| format!("{} ({})", label.zh, label.en)).collect();
        let several =
            if column.cell.several { "一项或多项,以、分隔 · one or several, separated by 、: " } else { "" };
        lines.push(format!("{several}{}", terms.join(", ")));
    }
    if let Some((zh, en)) = &column.cell.note {
        lines.push(format!("{zh} · {en}"));
    }
    lines.join("\n")
}
