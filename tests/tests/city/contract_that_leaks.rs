//! A contract that would tell somebody too much is refused, with the file, the message and the field at fault.
//!
//! The same check runs in the contract's build script: such a contract does not build.

use std::fs;

use contract::check::{Finding, check};
use prost_reflect::DescriptorPool;
use tests::tools::workspace;

const FILE: &str = "hutong/leak/v1/leak.proto";

#[test]
fn our_own_contract_has_no_fault() {
    assert_eq!(findings("message Nothing {}"), []);
}

#[test]
fn an_event_field_above_its_recipients_clearance_is_refused() {
    check_refuses(
        &event(r#"recipients: [DEPARTMENT_EDUCATION] purpose: "to teach" legal_basis: "law""#, "SENSITIVITY_SECRET"),
        "hutong.leak.v1.ChildLeaked.fact",
        "EDU",
    );
}

#[test]
fn a_field_for_one_recipient_alone_is_measured_by_that_one() {
    let both = r#"recipients: [DEPARTMENT_EDUCATION, DEPARTMENT_COURT] purpose: "to judge" legal_basis: "law""#;
    let only_the_court = event(both, "SENSITIVITY_SECRET, only: [DEPARTMENT_COURT]");
    assert_eq!(findings(&only_the_court), []);
    check_refuses(
        &event(both, "SENSITIVITY_SECRET, only: [DEPARTMENT_EDUCATION]"),
        "hutong.leak.v1.ChildLeaked.fact",
        "EDU",
    );
}

#[test]
fn a_fact_hidden_in_a_nested_message_is_found() {
    let nested = r"
        message Hidden {
          option (hutong.contract.v1.personal) = true;
          string status = 1 [(hutong.contract.v1.field).sensitivity = SENSITIVITY_SECRET];
        }
    ";
    let event =
        event(r#"recipients: [DEPARTMENT_FINANCE] purpose: "to pay" legal_basis: "law""#, "SENSITIVITY_OFFICIAL")
            .replace("string fact", "Hidden fact");
    check_refuses(&format!("{nested}{event}"), "hutong.leak.v1.Hidden.status", "FIN");
}

#[test]
fn an_event_and_a_grant_must_name_a_purpose_and_a_basis() {
    let complete = r#"recipients: [DEPARTMENT_EDUCATION] purpose: "to teach" legal_basis: "law""#;
    let nameless = event(complete, "SENSITIVITY_OFFICIAL").replace(r#"purpose: "to know""#, "");
    check_refuses(&nameless, "hutong.leak.v1.ChildLeaked", "purpose");
    let no_purpose = event(r#"recipients: [DEPARTMENT_EDUCATION] legal_basis: "law""#, "SENSITIVITY_OFFICIAL");
    check_refuses(&no_purpose, "hutong.leak.v1.ChildLeaked", "purpose");
    let no_basis = event(r#"recipients: [DEPARTMENT_EDUCATION] purpose: "to teach""#, "SENSITIVITY_OFFICIAL");
    check_refuses(&no_basis, "hutong.leak.v1.ChildLeaked", "legal_basis");
}

#[test]
fn an_unmarked_field_of_a_personal_message_is_refused() {
    check_refuses(
        "message Note { option (hutong.contract.v1.personal) = true; string text = 1; }",
        "hutong.leak.v1.Note.text",
        "not marked",
    );
    check_refuses(
        "message Cover { Note note = 1; }
         message Note {
           option (hutong.contract.v1.personal) = true;
           string text = 1 [(hutong.contract.v1.field).sensitivity = SENSITIVITY_SENSITIVE];
         }",
        "hutong.leak.v1.Cover.note",
        "personal",
    );
}

#[test]
fn a_method_without_callers_is_refused() {
    check_refuses(
        "message Ask {} message Told {} service LeakService { rpc Tell(Ask) returns (Told); }",
        "hutong.leak.v1.LeakService.Tell",
        "who may call it",
    );
}

#[test]
fn a_method_whose_calls_lie_in_nobodys_area_is_refused() {
    let method = |field: &str, rules: &str, stream: &str| {
        format!(
            r#"message Ask {{ string thing = 1{field}; }} message Told {{}}
               service LeakService {{ rpc Tell({stream}Ask) returns (Told) {{
                 option (hutong.contract.v1.rules) = {{ callers: [DEPARTMENT_COURT] purpose: "to know" {rules} }};
               }} }}"#
        )
    };
    let place = "hutong.leak.v1.LeakService.Tell";
    check_refuses(&method("", "", ""), place, "names nothing that lies in an area");
    check_refuses(&method(" [(hutong.contract.v1.field).area = true]", "", "stream "), place, "takes a stream");
    for good in [
        method("", "area: AREA_CITY", ""),
        method("", "area: AREA_DEPARTMENT", "stream "),
        method(" [(hutong.contract.v1.field).child_ref = true]", "", ""),
        method(r#" [(hutong.contract.v1.field).located = "thing"]"#, "", ""),
        method(" [(hutong.contract.v1.field).area = true]", "", ""),
    ] {
        assert_eq!(findings(&good), []);
    }
    let number = method(" [(hutong.contract.v1.field).area = true]", "", "").replace("string thing", "int32 thing");
    check_refuses(&number, "hutong.leak.v1.Ask.thing", "must be a string");
}

fn event(grant: &str, sensitivity: &str) -> String {
    format!(
        r#"
        message ChildLeaked {{
          option (hutong.contract.v1.event) = {{ type: "leak.child.leaked" purpose: "to know" grants: [{{ {grant} }}] }};
          string child = 1 [(hutong.contract.v1.field) = {{ sensitivity: SENSITIVITY_OFFICIAL, child_ref: true, aggregate: true }}];
          string county = 2 [(hutong.contract.v1.field) = {{ sensitivity: SENSITIVITY_OFFICIAL, area: true }}];
          string fact = 3 [(hutong.contract.v1.field) = {{ sensitivity: {sensitivity} }}];
        }}
        "#
    )
}

/// Exactly the one place is at fault, in our file, and the sentence says why.
fn check_refuses(body: &str, place: &str, why: &str) {
    let findings = findings(body);
    assert!(!findings.is_empty(), "nothing was found in {body}");
    for finding in &findings {
        let sentence = finding.to_string();
        assert_eq!((finding.file.as_str(), finding.place.as_str()), (FILE, place), "{sentence}");
        assert!(sentence.contains(why) && sentence.contains(FILE) && sentence.contains(place), "{sentence}");
    }
}

/// The faults of our contract with one more file.
fn findings(body: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(
        &file,
        format!("syntax = \"proto3\"; package hutong.leak.v1; import \"hutong/contract/v1/contract.proto\"; {body}"),
    )
    .unwrap();
    let mut compiler = protox::Compiler::new([folder.path().to_owned(), workspace().join("proto")]).unwrap();
    compiler.include_imports(true);
    compiler.open_file(FILE).unwrap_or_else(|error| panic!("{error:?}\n{body}"));
    compiler.open_file("hutong/registry/v1/events.proto").unwrap();
    let pool = DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap();
    check(&pool)
}
