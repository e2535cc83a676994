use super::*;
use crate::division::DivisionError;

const TABLE: &str = "code,name,level,parent
371600,滨州市,city,370000
371602,滨城区,county,371600
371621,惠民县,county,371600
371602001,市中街道,township,371602
371602002,市西街道,township,371602
371621100,市中街道,township,371621
371602001002,太平村委会,village,371602001
371602001001,太平村委会,village,371602001
371602002001,太平村委会,village,371602002
";

fn directory() -> DivisionDirectory {
    DivisionDirectory::from_csv(TABLE).unwrap()
}

fn division(code: &str) -> Division {
    code.parse().unwrap()
}

#[test]
fn a_village_is_found_by_three_names() {
    let found = directory().find("滨城区", "市西街道", "太平村委会");
    assert_eq!(found, Ok(division("371602002001")));
    assert_eq!(directory().find(" 滨城区\u{3000}", "\t市西街道", "太平村委会\n"), found);
}

#[test]
fn the_first_of_two_villages_with_one_name_wins_by_code_not_by_line() {
    assert_eq!(directory().find("滨城区", "市中街道", "太平村委会"), Ok(division("371602001001")));
}

#[test]
fn the_largest_unknown_name_is_told() {
    let which = |county, township, village| directory().find(county, township, village).unwrap_err().which;
    assert_eq!(which("滨城", "市西街道", "太平村委会"), DivisionLevel::County);
    assert_eq!(which("惠民县", "市西街道", "太平村委会"), DivisionLevel::Township);
    assert_eq!(which("惠民县", "市中街道", "太平村委会"), DivisionLevel::Village);
    assert_eq!(which("滨城区", "市中街道", ""), DivisionLevel::Village);
    assert_eq!(UnknownDivision { which: DivisionLevel::Township }.to_string(), "unknown township");
}

#[test]
fn divisions_have_names_and_children() {
    let directory = directory();
    assert_eq!(directory.len(), 9);
    assert_eq!(directory.name_of(division("371600")), Some("滨州市"));
    assert_eq!(directory.name_of(division("371699")), None);
    assert_eq!(directory.children_of(division("371600")), [division("371602"), division("371621")]);
    assert_eq!(directory.children_of(division("371602001")), [division("371602001001"), division("371602001002")]);
    assert_eq!(directory.children_of(division("371602001001")), []);
    assert_eq!(directory.find_township("惠民县", "市中街道"), Ok(division("371621100")));
}

#[test]
fn the_order_and_the_ends_of_lines_do_not_matter() {
    let (header, rows) = TABLE.split_once('\n').unwrap();
    let reversed: Vec<&str> = rows.lines().rev().collect();
    let table = format!("\u{feff}{header}\r\n{}\r\n\r\n", reversed.join("\r\n"));
    let directory = DivisionDirectory::from_csv(&table).unwrap();
    assert_eq!(directory.find("滨城区", "市中街道", "太平村委会"), Ok(division("371602001001")));
    assert_eq!(directory.len(), 9);
}

#[test]
fn a_wrong_table_is_refused_with_its_line() {
    let check = |row: &str, error| {
        assert_eq!(DivisionDirectory::from_csv(&format!("{TABLE}{row}\n")).unwrap_err(), error, "{row}");
    };
    let line = 11;
    check("371603,沾化区,county", DirectoryError::Fields { line });
    check("371603,,county,371600", DirectoryError::Fields { line });
    check("371603,\"沾化区\",county,371600", DirectoryError::Fields { line });
    check("3716033,沾化区,county,371600", DirectoryError::Code { line, source: DivisionError::Length { found: 7 } });
    check("371603,沾化区,town,371600", DirectoryError::Level { line });
    check("371603,沾化区,city,371600", DirectoryError::Level { line });
    check("371603,沾化区,county,371700", DirectoryError::Parent { line });
    check("371603001,富国街道,township,371603", DirectoryError::Parent { line });
    check("371602,沾化区,county,371600", DirectoryError::Repeated { line });
    check("371681,惠民县,county,371600", DirectoryError::Repeated { line });
    check("371602003,市西街道,township,371602", DirectoryError::Repeated { line });
    for table in ["", "code,name\n", "371600,滨州市,city,370000\n"] {
        assert_eq!(DivisionDirectory::from_csv(table).unwrap_err(), DirectoryError::Header);
    }
}
