//! A county's workbook: what an import must say of it, to the row.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};
use tests::both_databases;
use tests::city::{Backend, City};
use tests::tools::fixture;

both_databases!(
    a_roster_is_imported_as_expected_and_a_second_import_registers_nobody_twice,
    a_check_alone_registers_nobody,
);

async fn a_roster_is_imported_as_expected_and_a_second_import_registers_nobody_twice(backend: Backend) {
    let city = City::start(backend).await;
    let expected = expected();

    let first = import(&city, &[]);
    assert_eq!(first["rows"], expected["rows"]);
    assert_eq!(first["accepted"], expected["accepted"]);
    assert_eq!(first["recorded"], expected["accepted"]);
    assert_eq!(by_row(&first["rejected"]), expected_rejections(&expected));
    assert_eq!(by_row(&first["warnings"]), expected_warnings(&expected));
    assert_eq!(sorted(&first["rejected_by_reason"]), sorted(&expected["rejected_by_reason"]));
    assert_eq!(sorted(&first["accepted_by_category"]), sorted(&expected["accepted_by_category"]));
    let registered = |log: &[tests::city::LoggedEvent]| {
        log.iter().filter(|event| event.kind == "registry.child.registered").count() as u64
    };
    assert_eq!(registered(&city.event_log().await), expected["accepted"].as_u64().unwrap());

    let before = city.event_log().await;
    let second = import(&city, &["--afresh"]);
    assert_eq!(second["recorded"], 0, "nobody is registered twice");
    let without_id =
        expected["warnings"].as_array().unwrap().iter().filter(|row| row["reason"] == "NO_CITIZEN_ID").count();
    assert_eq!(second["accepted"], without_id, "foundlings are recognised by their row, all others are refused");
    let again = second["rejected_by_reason"]["ALREADY_REGISTERED"].as_u64().unwrap();
    assert_eq!(again, expected["accepted"].as_u64().unwrap() - without_id as u64);
    assert_eq!(city.event_log().await, before, "a second import tells nothing");
    city.close().await;
}

async fn a_check_alone_registers_nobody(backend: Backend) {
    let city = City::start(backend).await;
    let expected = expected();
    let checked = import(&city, &["--validate-only"]);
    assert_eq!(by_row(&checked["rejected"]), expected_rejections(&expected));
    assert!(city.event_log().await.is_empty());
    city.close().await;
}

/// What an import must say. The file calls row 1932 a duplicate, but its citizen ID stands in no other row: the row from
/// which it was made has lost its own (a foundling's). A rule that refused it would refuse real children.
fn expected() -> Value {
    let mut expected: Value = serde_json::from_slice(&fs::read(fixture("roster.expected.json")).unwrap()).unwrap();
    let rejected = expected["rejected"].as_array_mut().unwrap();
    rejected.retain(|row| *row != json!({"row": 1932, "reasons": ["DUPLICATE_IN_FILE"]}));
    let mut count = |path: &str, by: i64| {
        let count = expected.pointer_mut(path).unwrap();
        *count = json!(count.as_i64().unwrap() + by);
    };
    count("/accepted", 1);
    count("/rejected_by_reason/DUPLICATE_IN_FILE", -1);
    count("/accepted_by_category/困境儿童", 1);
    expected
}

/// What `hutong import --json` says.
fn import(city: &City, options: &[&str]) -> Value {
    let file = fixture("roster.xlsx");
    let arguments = [&["import", file.to_str().unwrap(), "--json"], options].concat();
    let output = city.command(&arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Reasons by row.
type Reasons = BTreeMap<i64, Vec<String>>;

fn by_row(remarks: &Value) -> Reasons {
    let mut rows = Reasons::new();
    for remark in remarks.as_array().expect("a list of remarks") {
        let row = rows.entry(remark["row"].as_i64().unwrap()).or_default();
        row.push(remark["reason"].as_str().unwrap().to_owned());
        row.sort();
        assert!(remark["column"].as_str().is_some_and(|column| !column.is_empty()), "{remark} names a column");
    }
    rows
}

fn expected_rejections(expected: &Value) -> Reasons {
    let mut rows = Reasons::new();
    for row in expected["rejected"].as_array().unwrap() {
        let mut reasons: Vec<_> =
            row["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap().to_owned()).collect();
        reasons.sort();
        rows.insert(row["row"].as_i64().unwrap(), reasons);
    }
    rows
}

fn expected_warnings(expected: &Value) -> Reasons {
    let mut rows = Reasons::new();
    for row in expected["warnings"].as_array().unwrap() {
        rows.entry(row["row"].as_i64().unwrap()).or_default().push(row["reason"].as_str().unwrap().to_owned());
    }
    rows
}

fn sorted(counts: &Value) -> BTreeMap<String, i64> {
    counts.as_object().unwrap().iter().map(|(name, count)| (name.clone(), count.as_i64().unwrap())).collect()
}
