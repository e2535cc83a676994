use calamine::{Cell, Data, ExcelDateTime, ExcelDateTimeType, Range};
use contract::registry::v1::{MigrantRow, RosterRow, VisitRow, WorkbookKind, WorkerRow};
use kernel::time::parse_iso;

use super::*;

fn headers() -> Vec<String> {
    let columns = contract::column::of::<RosterRow>();
    std::iter::once("序号".to_owned()).chain(columns.into_iter().map(|column| column.header)).collect()
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
fn title_rows_are_passed_over_and_the_day_is_taken_from_them() {
    let line = texts(&["7", "王小明", "男"]);
    let roster = sheet::read::<RosterRow>("花名册", &sheet(&headers(), &[line, vec![], texts(&["", "王小亮"])]))
        .unwrap()
        .unwrap();
    assert_eq!(roster.reference_date, parse_iso("2024-12-12").ok());
    let rows: Vec<_> = roster.rows.iter().map(|row| (row.number, row.full_name.as_str())).collect();
    assert_eq!(rows, [(7, "王小明"), (8, "王小亮")], "an empty line is no row, a row without a number follows");
}

#[test]
fn headers_may_have_spaces_full_width_brackets_and_any_order() {
    let mut spelled: Vec<String> = headers().iter().map(|text| text.replace('(', "（ ").replace(')', "）")).collect();
    spelled.reverse();
    let cells: Vec<Data> = (0..17).rev().map(|index| Data::String(index.to_string())).collect();
    let row = sheet::read::<RosterRow>("花名册", &sheet(&spelled, &[cells])).unwrap().unwrap().rows.remove(0);
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
    let row = sheet::read::<RosterRow>("花名册", &sheet(&headers(), &[cells])).unwrap().unwrap().rows.remove(0);
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
    let missing = sheet::read::<RosterRow>("花名册", &sheet(&header, &[])).unwrap_err();
    assert_eq!(missing.to_string(), "row 3 of the sheet 花名册 lacks the column(s) 村(居), 认定日期");
    header = headers();
    header.push("姓名".to_owned());
    let repeated = sheet::read::<RosterRow>("花名册", &sheet(&header, &[])).unwrap_err();
    assert_eq!(repeated.to_string(), "row 3 of the sheet 花名册 has the column 姓名 twice");
    let none = Range::from_sparse(vec![Cell::new((0, 0), Data::String("目录".to_owned()))]);
    assert_eq!(sheet::read::<RosterRow>("目录", &none).unwrap(), None);
}

#[test]
fn what_is_no_workbook_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("roster.xlsx");
    assert!(matches!(read::<RosterRow>(&path), Err(WorkbookError::Unreadable(_))));
    std::fs::write(&path, "姓名,性别\n").unwrap();
    assert!(matches!(read::<RosterRow>(&path), Err(WorkbookError::NotAWorkbook(_))));
}

/// A row whose cells are examples of the contract, or a day or another text where there is none.
fn example<R: Row>(number: i32) -> R {
    let columns = contract::column::of::<R>();
    let cells = columns.iter().map(|column| {
        let text = match column.cell.example.as_str() {
            "" if column.cell.day => "2024-05-17".to_owned(),
            "" => column.terms().first().map_or_else(|| "00123".to_owned(), |(_, term)| term.zh.clone()),
            example => example.to_owned(),
        };
        (column, text)
    });
    let mut row: R = contract::column::row(cells);
    row.set_number(number);
    row
}

fn what_is_written_is_read<R: Row + PartialEq + std::fmt::Debug>() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(file_name(R::KIND));
    let day = parse_iso("2024-06-01").unwrap();
    let mut writer = Writer::new(R::KIND, day).unwrap();
    let rows: Vec<R> = (1..=3).map(example).collect();
    rows.iter().for_each(|row| writer.add(row).unwrap());
    assert_eq!(writer.rows(), 3);
    writer.save(&path).unwrap();

    let book = Workbook::open(&path).unwrap();
    assert_eq!(book.kind(), Some(R::KIND));
    let sheet = book.rows::<R>().unwrap();
    assert_eq!((sheet.reference_date, sheet.rows), (Some(day), rows));
    assert_ne!(book.import_id(day), book.import_id(day.tomorrow().unwrap()));
}

#[test]
fn a_workbook_that_is_written_is_read_again() {
    what_is_written_is_read::<RosterRow>();
    what_is_written_is_read::<MigrantRow>();
    what_is_written_is_read::<VisitRow>();
    what_is_written_is_read::<WorkerRow>();
}

#[test]
fn a_template_is_an_empty_workbook_of_its_kind_and_says_how_it_is_filled_in() {
    let directory = tempfile::tempdir().unwrap();
    let today = parse_iso("2024-06-01").unwrap();
    for kind in [WorkbookKind::Children, WorkbookKind::Migrants, WorkbookKind::Visits, WorkbookKind::Workers] {
        let path = directory.path().join(file_name(kind));
        std::fs::write(&path, template(kind, today).unwrap()).unwrap();
        let book = Workbook::open(&path).unwrap();
        assert_eq!(book.kind(), Some(kind));
        let guide = &book.sheets[1].1;
        let lines: Vec<String> = guide.rows().map(|row| row[0].to_string()).collect();
        let headers: Vec<String> = kind::columns(kind).into_iter().map(|column| column.header).collect();
        assert_eq!(lines[1..], headers);
    }
    let path = directory.path().join(file_name(WorkbookKind::Visits));
    assert_eq!(read::<VisitRow>(&path).unwrap().rows, []);
    let other = read::<WorkerRow>(&path).unwrap_err().to_string();
    assert!(other.contains("hutong template workers"), "{other}");
}
