use super::*;
use crate::domain::application::Step;

const POLICY: &str = include_str!("../../../../deploy/rules/policy.toml");
const HOLIDAYS: &str = include_str!("../../../../deploy/holidays/china.csv");
const MATCHING: &str = include_str!("../../../../deploy/rules/matching.toml");

#[test]
fn the_one_that_comes_along_has_the_limits_of_the_law() {
    let policy = Policy::built_in().unwrap();
    let limits = |category| [Step::Check, Step::Decision].map(|step| policy.limits.working_days(category, step));
    assert_eq!(limits(Category::ScatteredOrphan), [10, 10]);
    assert_eq!(limits(Category::InstitutionalOrphan), [10, 10]);
    assert_eq!(limits(Category::DeFactoUnattended), [15, 15]);
    assert!(policy.calendar.covers(2026));
}

#[test]
fn a_wrong_one_is_refused_with_what_to_do() {
    let refused = |from: &str, to: &str| {
        assert!(POLICY.contains(from));
        Policy::of(&POLICY.replacen(from, to, 1), HOLIDAYS, MATCHING).unwrap_err().to_string()
    };
    assert_eq!(
        refused("\"SCATTERED_ORPHAN\"", "\"ORPHAN\""),
        "policy.toml: \"ORPHAN\" is no category, write one as INSTITUTIONAL_ORPHAN"
    );
    assert_eq!(refused("every_months = 12", "every_months = 0"), "policy.toml: every_months must be 1 to 120");
    assert!(refused("notice_days", "notice_dais").contains("unknown field `notice_dais`"));
    assert!(Policy::of(POLICY, "2025-13-01,off,x", MATCHING).unwrap_err().to_string().starts_with("holidays.csv: "));
}

#[test]
fn a_citys_own_directory_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let missing = Policy::read(directory.path()).unwrap_err().to_string();
    assert!(missing.starts_with("cannot read") && missing.contains("policy.toml"), "{missing}");
    std::fs::write(directory.path().join("policy.toml"), POLICY.replace("check = 15", "check = 20")).unwrap();
    std::fs::write(directory.path().join("holidays.csv"), HOLIDAYS).unwrap();
    std::fs::write(directory.path().join("matching.toml"), MATCHING).unwrap();
    let policy = Policy::read(directory.path()).unwrap();
    assert_eq!(policy.limits.working_days(Category::DeFactoUnattended, Step::Check), 20);
}
