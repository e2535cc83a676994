use std::sync::Arc;

use kernel::time::parse_iso;

use super::*;
use crate::domain::roster::Intake;

const DIVISIONS: &str = "code,name,level,parent
371600,滨州市,city,370000
371602,滨城区,county,371600
371602001,市中街道,township,371602
371602001001,明珠社区居民委员会,village,371602001
";

fn rules() -> Rules {
    let terms = [("困境儿童", Category::InDifficulty), ("留守儿童", Category::LeftBehind)];
    Rules {
        reference_date: parse_iso("2024-12-12").unwrap(),
        divisions: Arc::new(DivisionDirectory::from_csv(DIVISIONS).unwrap()),
        terms: Arc::new(terms.into_iter().map(|(term, category)| (term.to_owned(), category)).collect()),
    }
}

fn row() -> Row<'static> {
    Row {
        number: 7,
        full_name: " 王小明\u{3000}",
        sex: "男",
        citizen_id: "371699201205170039",
        birth_date: "2012年5月17日",
        county: "滨城区",
        township: "市中街道",
        village: "明珠社区居民委员会",
        categories: "困境儿童",
        guardian_name: "王大明",
        guardian_relation: "祖父",
        phone: "19900008431",
        school_stage: "小学",
        disability_grade: "二级",
        bank_account: "6217509993346848443",
        confirmed_on: "2024/5/15",
        remarks: "",
    }
}

/// What is said of a row: reason and position, warnings of accepted rows too.
fn check(change: impl FnOnce(&mut Row<'static>)) -> Vec<(Column, Reason, u16)> {
    let mut row = row();
    change(&mut row);
    let remarks = match rules().check(&row) {
        Ok(entry) => entry.warnings,
        Err(fault) => fault.remarks,
    };
    remarks.into_iter().map(|remark| (remark.column, remark.reason, remark.position)).collect()
}

#[test]
fn a_sound_row_is_taken_as_it_means() {
    let entry = rules().check(&row()).unwrap();
    assert_eq!(entry.number, 7);
    assert_eq!(entry.profile.full_name, "王小明");
    assert_eq!(entry.profile.household.division().as_str(), "371602001001");
    assert_eq!(entry.profile.school_stage, Some(SchoolStage::Primary));
    assert_eq!(entry.profile.disability_grade, Some(DisabilityGrade::Two));
    assert_eq!(entry.confirmed_on, parse_iso("2024-05-15").unwrap());
    assert_eq!(entry.categories, [Category::InDifficulty]);
    assert_eq!((entry.warnings, entry.fingerprint), (vec![], None));
}

#[test]
fn the_citizen_id_is_judged_by_length_then_characters_then_birth() {
    let id = |text: &'static str| check(move |row| row.citizen_id = text);
    let column = Column::CitizenId;
    assert_eq!(id(" 371699 20120517 0039 "), []);
    assert_eq!(id("３７１６９９２０１２０５１７００３９"), []);
    assert_eq!(id("37169920120517003"), [(column, Reason::IdLength, 0)]);
    assert_eq!(id("37169920120517003９９"), [(column, Reason::IdLength, 0)]);
    assert_eq!(id("371699201205170038"), [(column, Reason::IdCheckDigit, 18)]);
    assert_eq!(id("3716O9201205170039"), [(column, Reason::IdCheckDigit, 5)]);
    assert_eq!(check(|row| row.birth_date = "2012-05-18"), [(column, Reason::IdBirthMismatch, 7)]);
    assert_eq!(
        check(|row| {
            row.citizen_id = "371699201205170038";
            row.birth_date = "2012-05-18";
        }),
        [(column, Reason::IdCheckDigit, 18)],
        "only the first fault of the id"
    );
}

#[test]
fn the_age_is_counted_on_the_reference_date() {
    let born = |text: &'static str| {
        check(move |row| {
            row.citizen_id = "";
            row.birth_date = text;
        })
    };
    let without_id = (Column::CitizenId, Reason::NoCitizenId, 0);
    let column = Column::BirthDate;
    assert_eq!(born("2006-12-13"), [without_id]);
    assert_eq!(born("2006-12-12"), [(column, Reason::AgeOutOfRange, 0)]);
    assert_eq!(born("2024-12-12"), [without_id]);
    assert_eq!(born("2024-12-13"), [(column, Reason::BirthDateInvalid, 0)]);
    assert_eq!(born("2012-02-30"), [(column, Reason::BirthDateInvalid, 0)]);
    assert_eq!(born(""), [(column, Reason::BirthDateInvalid, 0)]);
}

#[test]
fn divisions_are_found_by_name_and_the_first_unknown_level_is_named() {
    let unknown = |column| vec![(column, Reason::UnknownDivision, 0)];
    assert_eq!(check(|row| row.county = "不存在县"), unknown(Column::County));
    assert_eq!(check(|row| row.township = "不存在镇"), unknown(Column::Township));
    assert_eq!(check(|row| row.village = ""), unknown(Column::Village));
}

#[test]
fn several_categories_stand_in_one_cell() {
    let mut both = row();
    both.categories = "困境儿童、留守儿童，困境儿童、";
    assert_eq!(rules().check(&both).unwrap().categories, [Category::InDifficulty, Category::LeftBehind]);
    let unknown = |position| vec![(Column::Categories, Reason::UnknownCategory, position)];
    assert_eq!(check(|row| row.categories = "其它"), unknown(0));
    assert_eq!(check(|row| row.categories = "困境儿童、其它"), unknown(6));
    assert_eq!(check(|row| row.categories = " "), unknown(0));
}

#[test]
fn every_fault_of_a_row_is_told() {
    let remarks = check(|row| {
        row.full_name = "\u{3000}";
        row.citizen_id = "37169920120517003";
        row.birth_date = "x";
        row.county = "x";
        row.categories = "x";
        row.confirmed_on = "x";
        row.phone = "1234567890123456789012345678901";
    });
    let reasons: Vec<_> = remarks.into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!(
        reasons,
        [
            Reason::NameMissing,
            Reason::BirthDateInvalid,
            Reason::IdLength,
            Reason::UnknownDivision,
            Reason::UnknownCategory,
            Reason::ConfirmationDateInvalid,
            Reason::TextTooLong
        ]
    );
}

#[test]
fn the_ids_sex_wins_with_a_warning() {
    let mut other = row();
    other.sex = "女";
    let entry = rules().check(&other).unwrap();
    assert_eq!(entry.profile.sex, Sex::Male);
    assert_eq!(entry.warnings, [Remark::new(Column::Sex, Reason::SexMismatch)]);
    assert_eq!(check(|row| row.sex = ""), []);
}

#[test]
fn only_a_row_that_may_be_registered_is_the_first() {
    let mut intake = Intake::new(rules());
    let mut faulty = row();
    faulty.full_name = "";
    let reasons = |fault: Fault| {
        let remarks = fault.remarks.into_iter();
        remarks.map(|remark| remark.reason).collect::<Vec<_>>()
    };
    assert_eq!(reasons(intake.take(&faulty).unwrap_err()), [Reason::NameMissing]);
    intake.take(&row()).unwrap();
    let mut again = row();
    again.citizen_id = " 371699 20120517 0039";
    assert_eq!(reasons(intake.take(&again).unwrap_err()), [Reason::DuplicateInFile]);
    assert_eq!(reasons(intake.take(&faulty).unwrap_err()), [Reason::NameMissing, Reason::DuplicateInFile]);
}

#[test]
fn a_row_without_an_id_is_known_again_whatever_its_number_and_spelling() {
    let foundling = |change: fn(&mut Row<'static>)| {
        let mut row = Row { citizen_id: "", ..row() };
        change(&mut row);
        rules().check(&row).unwrap().fingerprint.unwrap()
    };
    let first = foundling(|_| {});
    let same = foundling(|row| {
        row.number = 8;
        row.full_name = "王 小明";
        row.birth_date = "20120517";
        row.phone = "１９９００００８４３１";
    });
    assert_eq!(first, same);
    assert_ne!(first, foundling(|row| row.full_name = "王小亮"));
    assert_eq!(format!("{first:?}"), "Fingerprint(****)");
}
