use calamine::{Cell, Data, ExcelDateTime, ExcelDateTimeType, Range};
use contract::registry::v1::RosterRow;
use kernel::time::parse_iso;

use super::*;

fn headers() -> Vec<String> {
    let columns = contract::column::of::<RosterRow>();
    std::iter::once("序号".to_owned()).chain(columns.into_iter().map(|(header, _)| header)).collect()
}

fn texts(texts: &[&str]) -> Vec<Data> {
    texts.iter().map(|text| Data::String((*text).to_owned())).collect()
}

/// A sheet of these lines, below two title rows.
fn sheet(header: &[String], lines: &[Vec<Data>]) -> Range<Data> {
    let titles = [texts(&["滨州市困境儿童信息花名册"]), texts(&["填报单位:民政局  填报日期：2024年12月12日"])];
    let header = header.iter().map(|text| Data::String(text.clone())).collect();
    let rows = titles.into_iter().chain([header]).chain(lines.iter().cloned());
    let cells = rows.enumerate().flat_map(|(row, cells)| {
        let row = u32::try_from(row).unwrap();
        cells.into_iter().zip(0..).map(move |(cell, column)| Cell::new((row, column), cell))
    });
    Range::from_sparse(cells.collect())
}

#[test]
fn every_column_of_the_contract_has_its_place() {
    for (header, field) in contract::column::of::<RosterRow>() {
        assert!(sheet::place(&mut RosterRow::default(), field.name()).is_some(), "{header}");
    }
}

#[test]
fn title_rows_are_passed_over_and_the_day_is_taken_from_them() {
    let line = texts(&["7", "王小明", "男"]);
    let roster = sheet::read("花名册", &sheet(&headers(), &[line, vec![], texts(&["", "王小亮"])])).unwrap().unwrap();
    assert_eq!(roster.reference_date, parse_iso("2024-12-12").ok());
    let rows: Vec<_> = roster.rows.iter().map(|row| (row.number, row.full_name.as_str())).collect();
    assert_eq!(rows, [(7, "王小明"), (8, "王小亮")], "an empty line is no row, a row without a number follows");
}

#[test]
fn headers_may_have_spaces_full_width_brackets_and_any_order() {
    let mut spelled: Vec<String> = headers().iter().map(|text| text.replace('(', "（ ").replace(')', "）")).collect();
    spelled.reverse();
    let cells: Vec<Data> = (0..17).rev().map(|index| Data::String(index.to_string())).collect();
    let row = sheet::read("花名册", &sheet(&spelled, &[cells])).unwrap().unwrap().rows.remove(0);
    assert_eq!((row.number, row.full_name.as_str(), row.county.as_str(), row.remarks.as_str()), (0, "1", "5", "16"));
}

#[test]
fn dates_and_numbers_become_text() {
    let mut cells = vec![Data::Empty; 17];
    cells[0] = Data::Float(12.0);
    cells[3] = Data::Float(371_699_201_205_170_039.0);
    cells[4] = Data::DateTime(ExcelDateTime::new(42_190.0, ExcelDateTimeType::DateTime, false));
    cells[11] = Data::Float(19_900_008_431.0);
    cells[15] = Data::Int(20_240_515);
    let row = sheet::read("花名册", &sheet(&headers(), &[cells])).unwrap().unwrap().rows.remove(0);
    assert_eq!(row.number, 12);
    assert_eq!(row.birth_date, "2015-07-05");
    assert_eq!(row.phone, "19900008431");
    assert_eq!(row.confirmed_on, "20240515");
    assert_eq!(row.citizen_id.len(), 18, "a number of 18 digits has lost some, but not its length");
}

#[test]
fn missing_and_repeated_columns_are_named() {
    let mut header = headers();
    header.retain(|text| text != "认定日期" && text != "村(居)");
    let missing = sheet::read("花名册", &sheet(&header, &[])).unwrap_err();
    assert_eq!(missing.to_string(), "row 3 of the sheet 花名册 lacks the column(s) 村(居), 认定日期");
    header = headers();
    header.push("姓名".to_owned());
    let repeated = sheet::read("花名册", &sheet(&header, &[])).unwrap_err();
    assert_eq!(repeated.to_string(), "row 3 of the sheet 花名册 has the column 姓名 twice");
    let none = Range::from_sparse(vec![Cell::new((0, 0), Data::String("目录".to_owned()))]);
    assert_eq!(sheet::read("目录", &none).unwrap(), None);
}

#[test]
fn what_is_no_workbook_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("roster.xlsx");
    assert!(matches!(read(&path), Err(WorkbookError::Unreadable(_))));
    std::fs::write(&path, "姓名,性别\n").unwrap();
    assert!(matches!(read(&path), Err(WorkbookError::NotAWorkbook(_))));
}
