//! The contract's own promises, checked on the real `proto/`.

use prost::Message as _;

use crate::options::Department;
use crate::projection::{Projection, to_json};
use crate::registry::v1::{
    CategoryConfirmed, ChildProfile, ChildRegistered, GetChildRequest, RegisterChildRequest, SupportTier,
};
use crate::validation::{Refusal, request_type};
use crate::{access, catalogue, column, date, descriptors, event, mailboxes::Mailboxes, subject};

fn registered() -> ChildRegistered {
    ChildRegistered {
        child: "0198b2f0-0000-7000-8000-000000000001".to_owned(),
        county: "371621".to_owned(),
        birth_month: Some(date::from_month("2012-05".parse().unwrap())),
        registered_on: None,
    }
}

#[test]
fn the_contract_has_no_fault() {
    assert_eq!(crate::check::check(descriptors()), []);
}

#[test]
fn eighteen_departments_have_a_mailbox() {
    assert_eq!(Mailboxes::default().iter().count(), 18);
}

#[test]
fn a_county_mailbox_covers_its_county_alone() {
    let mailboxes = Mailboxes::parse("[[mailbox]]\ncode = \"EDU-371621\"\nformat = \"json\"").unwrap();
    let entry = mailboxes.get("EDU-371621").unwrap();
    assert_eq!(entry.department, Department::Education);
    assert!(entry.covers("371621"));
    assert!(!entry.covers("371681"));
    assert!(Mailboxes::parse("[[mailbox]]\ncode = \"XYZ\"").unwrap_err().to_string().contains("XYZ"));
    assert!(Mailboxes::parse("[[mailbox]]\ncode = \"EDU\"\ncolour = 1").is_err());
}

#[test]
fn a_code_opens_one_mailbox_and_of_its_own_department() {
    let merged = Mailboxes::parse("[[mailbox]]\ncode = \"EDU\"\nalso = [\"EDU-371621\"]\n").unwrap();
    assert_eq!(merged.opened_by("EDU-371621").unwrap().code, "EDU");
    assert_eq!(merged.opened_by("EDU").unwrap().code, "EDU");
    assert!(merged.get("EDU-371621").is_none() && merged.opened_by("EDU-371602").is_none());

    let also = |codes: &str, more: &str| {
        let text = format!("[[mailbox]]\ncode = \"EDU\"\nalso = [{codes}]\n{more}");
        Mailboxes::parse(&text).unwrap_err().to_string()
    };
    let office = "[[mailbox]]\ncode = \"EDU-371621\"\n";
    assert!(also("\"HC\"", "").contains("no office of the same department"));
    assert!(also("\"EDU-here\"", "").contains("ends in no division code"));
    assert!(also("\"EDU-371621\"", office).contains("enabled = false"));
    let twice = "[[mailbox]]\ncode = \"EDU-371602\"\nalso = [\"EDU-371621\"]\n";
    assert!(also("\"EDU-371621\"", twice).contains("opens another mailbox"));
}

#[test]
fn a_subject_names_type_and_county() {
    let event = event::of::<ChildRegistered>();
    assert_eq!(subject::event(event, "371621"), "hutong.v1.registry.child.registered.371621");
    let facts = event.subject_of(&registered().encode_to_vec()).unwrap();
    assert_eq!(facts.county, "371621");
}

#[test]
fn only_granted_departments_get_a_copy() {
    let event = event::of::<ChildRegistered>();
    let body = registered().encode_to_vec();
    let copy = Projection::new(event, Department::Education).unwrap().apply(&body).unwrap().unwrap();
    assert_eq!(copy, body);
    assert!(Projection::new(event, Department::Finance).is_none());
}

#[test]
fn a_field_that_this_build_does_not_know_is_cut_out() {
    let body = registered().encode_to_vec();
    let mut newer = body.clone();
    newer.extend([0xfa, 0x07, 0x03, b'H', b'I', b'V']);
    let view = Projection::new(event::of::<ChildRegistered>(), Department::Education).unwrap();
    assert_eq!(view.apply(&newer).unwrap().unwrap(), body);
    assert!(view.apply(&newer[..newer.len() - 1]).is_err());
}

#[test]
fn finance_learns_of_a_category_only_where_it_has_a_tier() {
    let view = Projection::new(event::of::<CategoryConfirmed>(), Department::Finance).unwrap();
    let with = CategoryConfirmed { tier: SupportTier::B.into(), ..CategoryConfirmed::default() };
    let without = CategoryConfirmed { tier: 0, ..with.clone() };
    assert!(view.apply(&with.encode_to_vec()).unwrap().is_some());
    assert!(view.apply(&without.encode_to_vec()).unwrap().is_none());
}

#[test]
fn json_is_canonical() {
    let json = to_json(event::of::<ChildRegistered>(), &registered().encode_to_vec()).unwrap();
    assert_eq!(
        String::from_utf8(json).unwrap(),
        r#"{"child":"0198b2f0-0000-7000-8000-000000000001","county":"371621","birthMonth":{"year":2012,"month":5}}"#
    );
}

#[test]
fn a_request_is_refused_with_the_paths_of_all_its_faults() {
    let request = RegisterChildRequest {
        request_id: "no".to_owned(),
        profile: Some(ChildProfile { sex: 7, household_division: "37".to_owned(), ..ChildProfile::default() }),
    };
    let refusal =
        request_type("hutong.registry.v1.RegisterChildRequest").unwrap().check(&request.encode_to_vec()).unwrap_err();
    let Refusal::Violations(violations) = refusal else { panic!("not malformed") };
    let fields: Vec<_> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(
        fields,
        ["request_id", "profile.full_name", "profile.birth_date", "profile.sex", "profile.household_division",]
    );
}

#[test]
fn an_unknown_field_is_refused() {
    let mut bytes = GetChildRequest { child: "0198b2f0-0000-7000-8000-000000000001".to_owned(), ..Default::default() }
        .encode_to_vec();
    let request = request_type("hutong.registry.v1.GetChildRequest").unwrap();
    assert_eq!(request.check(&bytes), Ok(()));
    bytes.extend([0x98, 0x06, 0x01]);
    let Err(Refusal::Violations(violations)) = request.check(&bytes) else { panic!("accepted") };
    assert_eq!(violations[0].field, "#99");
    assert_eq!(request.check(&[0xff]), Err(Refusal::Malformed));
}

#[test]
fn a_method_has_its_callers_and_others_have_none() {
    let callers = access::callers("/hutong.registry.v1.ChildService/GetChild").unwrap();
    assert!(callers.allow_department(Department::CivilAffairs));
    assert!(!callers.allow_department(Department::Education));
    assert!(access::callers("/hutong.registry.v1.ChildService/Nothing").is_none());
}

#[test]
fn a_personal_message_prints_nothing_of_what_it_holds() {
    let profile = ChildProfile { full_name: "张三".to_owned(), ..ChildProfile::default() };
    assert_eq!(format!("{profile:?}"), "hutong.registry.v1.ChildProfile(redacted)");
}

#[test]
fn the_columns_are_those_of_the_workbook() {
    let columns = column::of::<crate::registry::v1::RosterRow>();
    assert_eq!(columns.len(), 16);
    assert_eq!(columns[0].header, "姓名");
    let sex = columns.iter().find(|column| column.field() == "sex").unwrap();
    assert_eq!((sex.number_of("女"), sex.number_of("female"), sex.number_of("其他")), (Some(2), Some(2), None));
    assert!(!sex.cell.required && columns[0].cell.required && sex.cell.note.is_none());
}

#[test]
fn a_row_and_its_cells_are_the_same() {
    let columns = column::of::<crate::registry::v1::VisitRow>();
    let texts: Vec<String> = (0..columns.len()).map(|index| index.to_string()).collect();
    let row: crate::registry::v1::VisitRow = column::row(columns.iter().zip(texts.clone()));
    assert_eq!((row.visit.as_str(), row.evidence.as_str()), ("0", "11"));
    assert_eq!(column::texts(&row, &columns), texts);
}

#[test]
fn the_terms_of_a_column_are_an_enum_of_the_contract() {
    fn all<M: prost::Name>() -> Vec<column::Column> {
        column::of::<M>()
    }
    use crate::registry::v1::{MigrantRow, RosterRow, VisitRow, WorkerRow};
    for column in [all::<RosterRow>(), all::<MigrantRow>(), all::<VisitRow>(), all::<WorkerRow>()].concat() {
        assert_eq!(column.cell.terms.is_empty(), column.terms().is_empty(), "{}", column.header);
        assert!(
            column.cell.example.is_empty()
                || column.terms().is_empty()
                || column.number_of(&column.cell.example).is_some()
        );
    }
}

#[test]
fn the_catalogue_names_every_event() {
    let text = catalogue::markdown();
    for event in event::all() {
        assert!(text.contains(&event.name));
    }
    assert_eq!(catalogue::json()["events"].as_array().unwrap().len(), event::all().len());
}
