use std::sync::LazyLock;

use kernel::{CitizenId, Date, Division, Sex};
use proptest::prelude::*;

use super::keys::{finds, sought, stored};
use super::name::Name;
use super::*;
use crate::domain::samples::{day, identified, profile};

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    crate::policy::matching::parse(include_str!("../../../../../deploy/rules/matching.toml")).unwrap()
});

fn weights() -> &'static Weights {
    &WEIGHTS
}

fn traits(name: &str, born: &str, division: &str, guardian: &str) -> Traits {
    Traits {
        citizen_id: None,
        name: Name::of(name),
        birth_date: day(born),
        sex: Sex::Male,
        division: Some(division.parse().unwrap()),
        guardian: Name::of(guardian),
    }
}

fn assess(one: &Traits, other: &Traits) -> Assessment {
    Assessment::of(one, other, weights())
}

const HOME: &str = "371621101";

#[test]
fn a_file_written_twice_with_slips_is_proposed() {
    let file = traits("王小明", "2014-03-02", HOME, "王大明");
    for (other, band) in [
        (traits("王 小明", "2014-03-02", "371621101203", "王大明"), Some(Band::Same)),
        (traits("王小明", "2014-02-03", HOME, "王大明"), Some(Band::Same)),
        (traits("王小明", "2013-03-02", HOME, "王大明"), Some(Band::Same)),
        (traits("李小明", "2014-03-02", HOME, "王大明"), Some(Band::Likely)),
        (traits("王小明", "2014-03-02", "371681", ""), Some(Band::Likely)),
        (traits("王小明", "2014-03-29", HOME, "李芳"), Some(Band::Possible)),
        (traits("王小明", "2009-08-15", HOME, "李芳"), None),
        (traits("赵一", "2014-03-02", "371681", "赵二"), None),
    ] {
        assert_eq!(assess(&file, &other).band, band, "{:?}", assess(&file, &other).total);
    }
}

/// Scenario 6.
#[test]
fn twins_are_never_more_than_possible() {
    let [one, other] = ["371699201205170039", "371699201205170055"].map(|id| {
        let child = identified("371621", id);
        Traits::of(child.profile())
    });
    let found = assess(&one, &other);
    assert_eq!((found.limit, found.band), (Some(Limit::DifferentCitizenIds), Some(Band::Possible)));
    let unnumbered = |traits: &Traits, name: &str| Traits { citizen_id: None, name: Name::of(name), ..traits.clone() };
    for (one_name, other_name) in [("王大双", "王小双"), ("王子轩", "王雨桐"), ("王明", "王亮")] {
        let found = assess(&unnumbered(&one, one_name), &unnumbered(&other, other_name));
        assert_eq!((found.limit, found.band), (Some(Limit::Twins), Some(Band::Possible)), "{one_name}, {other_name}");
    }
    let numbered_later = assess(&one, &unnumbered(&one, "王小明"));
    assert_eq!((numbered_later.limit, numbered_later.band), (None, Some(Band::Same)));
}

#[test]
fn names_are_compared_without_spaces_and_dots() {
    let found = |one: &str, other: &str| {
        let with = |name: &str| traits(name, "2014-03-02", HOME, "");
        assess(&with(one), &with(other)).reason(Field::Name).unwrap()
    };
    for (one, other, reason) in [
        ("阿依古丽·买买提", "阿依古丽•买买提", Reason::NameSame),
        ("王小明", "王晓明", Reason::NameNear),
        ("王小明", "王明", Reason::NameNear),
        ("王小明", "王小", Reason::NameNear),
        ("王明", "王亮", Reason::FamilyNameSame),
        ("王小明", "王明小", Reason::FamilyNameSame),
        ("王小明", "李小明", Reason::GivenNameSame),
        ("王小明", "李明", Reason::NameDifferent),
        ("王", "王小明", Reason::NameUnknown),
    ] {
        assert_eq!((found(one, other), found(other, one)), (reason, reason), "{one}, {other}");
    }
}

#[test]
fn what_is_compared_is_not_shown() {
    let file = traits("王小明", "2014-03-02", HOME, "王大明");
    let shown = format!("{file:?} {:?} {:?}", sought(&file), assess(&file, &file));
    for secret in ["王", "2014", "CitizenIdUnknown", "NameSame"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// Children of a small town, so that many are alike.
fn townsfolk() -> impl Strategy<Value = Traits> {
    let birth = (2012..2016_i32, 1..=5_i32, 1..=5_i32);
    let place = prop_oneof![Just("371621101"), Just("371621102"), Just("371621"), Just("371681001"), Just("")];
    let guardian = prop_oneof![Just("王大明"), Just("李芳"), Just("")];
    let sex = prop_oneof![Just(Sex::Male), Just(Sex::Female), Just(Sex::Unknown)];
    ("[王李赵]?[小大晓]?[明亮]?", birth, place, guardian, sex, 0..8_u8).prop_map(
        |(name, (year, month, day), place, guardian, sex, id)| {
            let known = match id {
                0 => CitizenId::parse("371699201205170039").ok(),
                1 => CitizenId::parse("371699201205170055").ok(),
                _ => None,
            };
            let born = kernel::time::date(year, month, day).expect("every month has five days");
            Traits {
                citizen_id: known,
                name: Name::of(&name),
                birth_date: known.map_or(born, |id: CitizenId| id.birth_date()),
                sex: known.map_or(sex, |id: CitizenId| id.sex()),
                division: place.parse::<Division>().ok(),
                guardian: Name::of(guardian),
            }
        },
    )
}

fn shared(one: &Traits, other: &Traits) -> bool {
    let keys = sought(one);
    stored(other).iter().any(|key| keys.contains(key))
}

fn years_apart(one: Date, other: Date) -> i16 {
    (one.year() - other.year()).abs()
}

proptest! {
    #[test]
    fn a_score_is_symmetric_and_its_explanation_sums_to_it(one in townsfolk(), other in townsfolk()) {
        let found = assess(&one, &other);
        prop_assert_eq!(&found, &assess(&other, &one));
        prop_assert_eq!(found.contributions.iter().map(|it| it.points).sum::<i32>(), found.total);
        let fields: Vec<Field> = found.contributions.iter().map(|it| it.reason.field()).collect();
        prop_assert!(fields.is_sorted() && fields.len() == 6);
    }

    #[test]
    fn nothing_is_more_alike_than_itself(one in townsfolk(), other in townsfolk()) {
        let itself = assess(&one, &one);
        prop_assert!(assess(&one, &other).total <= itself.total);
        prop_assert_eq!(itself.limit, None);
        let known = one.citizen_id.is_some() && one.name.is_some() && one.guardian.is_some()
            && one.township().is_some() && one.known_sex().is_some();
        prop_assert_eq!(itself.total == weights().maximum(), known);
    }

    #[test]
    fn two_citizen_ids_or_two_given_names_at_one_birth_are_never_likely(one in townsfolk(), other in townsfolk()) {
        let found = assess(&one, &other);
        let two_ids = one.citizen_id.is_some() && other.citizen_id.is_some() && one.citizen_id != other.citizen_id;
        let given = |traits: &Traits| traits.name.as_ref().map(|name| name.given().to_owned());
        let names = given(&one).is_some() && given(&other).is_some() && given(&one) != given(&other);
        let home = one.township().is_some() && one.township() == other.township()
            || one.guardian.is_some() && one.guardian == other.guardian;
        let same_id = one.citizen_id.is_some() && one.citizen_id == other.citizen_id;
        let twins = two_ids || one.birth_date == other.birth_date && names && home && !same_id;
        prop_assert_eq!(found.limit.is_some(), twins);
        prop_assert!(!twins || found.band <= Some(Band::Possible));
    }

    /// What the keys guarantee, exactly: a search finds a file if and only if `finds` says so.
    #[test]
    fn keys_find_what_they_are_said_to_find(one in townsfolk(), other in townsfolk()) {
        let findings = assess(&one, &other).contributions.map(|it| it.reason);
        let same_id = findings[0] == Reason::CitizenIdSame;
        let far = years_apart(one.birth_date, other.birth_date) > 1;
        prop_assert_eq!(shared(&one, &other) || same_id, finds(&findings, far));
        prop_assert_eq!(shared(&one, &other), shared(&other, &one));
        prop_assert!(stored(&one).len() <= 5);
    }

    /// The oracle looks at every file.
    #[test]
    fn a_search_misses_nothing_that_a_full_scan_would_propose(
        wanted in townsfolk(),
        files in proptest::collection::vec(townsfolk(), 0..60),
    ) {
        for file in &files {
            let same_id = wanted.citizen_id.is_some() && wanted.citizen_id == file.citizen_id;
            let proposed = assess(&wanted, file).band.is_some();
            prop_assert!(!proposed || same_id || shared(&wanted, file), "{:?}", assess(&wanted, file).total);
        }
    }
}

#[test]
fn a_profile_is_compared_as_it_is_written() {
    let written = profile(crate::domain::samples::parts());
    let found = assess(&Traits::of(&written), &Traits::of(&written));
    assert_eq!(found.reason(Field::Place), Some(Reason::CountySame), "the township is not known");
    assert_eq!(found.band, Some(Band::Same));
}

#[test]
fn a_pair_is_marked_and_unmarked_once() {
    let now = crate::domain::samples::noon("2025-06-01");
    let [one, other] = ["371621", "371681"].map(|county| crate::domain::samples::child(county).id);
    let pair = Pair::of(one, other).unwrap();
    assert_eq!((Pair::of(other, one), Pair::of(one, one)), (Some(pair), None));
    let none = PairMarks::none(pair);
    assert_eq!(none.unmark(String::new(), now), Err(difference::MarkError::NotMarked));
    let marked = none.mark("双胞胎".to_owned(), now).unwrap();
    assert!(marked.is_different());
    assert_eq!(marked.mark(String::new(), now), Err(difference::MarkError::AlreadyMarked));
    let unmarked = marked.unmark("同一人".to_owned(), now).unwrap();
    assert!(!unmarked.is_different() && unmarked.marks.versions().len() == 2);
}
