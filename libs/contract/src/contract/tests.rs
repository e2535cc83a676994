//! Two contracts: what a change of one changes, for every department, event and method, and what it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};

use super::*;
use crate::check::check;
use crate::mailboxes::Mailboxes;
use crate::nats::server_config;
use crate::nats::tests::settings;
use crate::projection::Projection;
use crate::redaction::Redaction;
use crate::test_messages::full;
use crate::{descriptors, subject};

const EVENTS: &str = "hutong/registry/v1/events.proto";
const MIGRANTS: &str = "hutong/registry/v1/migrant_events.proto";
const CHILDREN: &str = "hutong/registry/v1/child_service.proto";
const CHILD: &str = "hutong/registry/v1/child.proto";
const DEPARTMENTS: &str = "hutong/contract/v1/department.proto";

/// A text in a file of the contract, and what stands in its place in the other one.
type Edit<'a> = (&'a str, &'a str, &'a str);

/// The contract with some texts replaced.
fn changed(edits: &[Edit<'_>]) -> DescriptorPool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let folder = tempfile::tempdir().unwrap();
    for (file, from, to) in edits {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).or_else(|_| fs::read_to_string(root.join(file))).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace(from, to)).unwrap();
    }
    let mut compiler = protox::Compiler::new([folder.path(), &root]).unwrap();
    compiler.include_imports(true);
    let files = descriptors().files().map(|file| file.name().to_owned()).filter(|name| name.starts_with("hutong/"));
    compiler.open_files(files).unwrap();
    DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap()
}

/// A contract's consequences: what each department has of each thing. What is not there, it has nothing of.
type Table = BTreeMap<(String, String), String>;

fn table(pool: &DescriptorPool) -> Table {
    let contract: &'static Contract = Box::leak(Box::new(Contract::of(pool)));
    let mailboxes = Mailboxes::under(contract);
    let mut table = Table::new();
    for entry in mailboxes.iter() {
        for (event, view) in entry.grants() {
            let subjects = subject::type_filter(view.event());
            table.insert((event.name.clone(), entry.code.clone()), format!("{subjects}: {}", seen(&view)));
        }
    }
    let config = server_config(&settings(), &mailboxes);
    for entry in &contract.departments {
        let code = &entry.code;
        let (account, user) = (format!("\"MAILBOX_{code}\""), format!("/department/{code}\""));
        let lines = config.lines().filter(|line| line.contains(&account) || line.contains(&user));
        table.insert(("broker".to_owned(), code.clone()), lines.map(str::trim).collect::<Vec<_>>().join(" "));
    }
    table.insert(("broker".to_owned(), String::new()), config);
    for (path, method) in descriptors::methods_of(pool) {
        let method_of = |what: &str| format!("{what} {}", path.rsplit('.').next().unwrap());
        let (callers, answer) = (&contract.callers[&path], full(&method.output(), 4, &mut |_| "童".to_owned()));
        for entry in &contract.departments {
            let (may, may_when_in_danger) =
                (callers.allow_department(entry.department), callers.allow_in_emergency(entry.department));
            if may || may_when_in_danger {
                let how = if may { "calls" } else { "calls in an emergency" };
                table.insert((method_of("call"), entry.code.clone()), how.to_owned());
            }
            if let Some(redaction) = Redaction::new(&method.output(), entry) {
                let mask = redaction.apply(&answer.encode_to_vec()).unwrap().mask;
                let mask = mask.into_iter().collect::<Vec<_>>().join(",");
                table.insert((method_of("cut"), entry.code.clone()), mask);
            }
        }
    }
    table
}

/// The fields that a view shows of an event in which all are set, and without which of them it shows nothing.
fn seen(view: &Projection) -> String {
    let message = &view.event().message;
    let whole = full(message, 4, &mut |_| "371621".to_owned());
    let copy = view.apply(&whole.encode_to_vec()).unwrap().expect("every condition holds");
    let copy = DynamicMessage::decode(message.clone(), copy).unwrap();
    let shown: Vec<String> = message.fields().filter(|it| copy.has_field(it)).map(|it| it.name().to_owned()).collect();
    let needed = message.fields().filter(|field| {
        let mut without = whole.clone();
        without.clear_field(field);
        view.apply(&without.encode_to_vec()).unwrap().is_none()
    });
    let needed: Vec<String> = needed.map(|field| format!(" if {}", field.name())).collect();
    format!("{}{}", shown.join(","), needed.concat())
}

/// What is otherwise under the other contract: of which thing, for whom, before and after.
fn differences(other: &DescriptorPool) -> Vec<[String; 4]> {
    let (before, after) = (table(descriptors()), table(other));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let of = |table: &Table, key| table.get(key).cloned().unwrap_or_default();
    let rows = keys.into_iter().map(|key| (key, of(&before, key), of(&after, key)));
    rows.filter(|(_, before, after)| before != after)
        .map(|((thing, code), before, after)| [thing.clone(), code.clone(), before, after])
        .collect()
}

#[test]
fn the_same_contract_changes_nothing() {
    assert_eq!(differences(&changed(&[])), [[""; 4]; 0]);
    let table = table(descriptors());
    let events = Contract::in_force().events.iter().filter(|event| !event.grants.is_empty());
    assert!(events.clone().count() > 5);
    for event in events {
        let told: Vec<&str> = Contract::in_force()
            .departments
            .iter()
            .map(|entry| entry.code.as_str())
            .filter(|code| table.contains_key(&(event.name.clone(), (*code).to_owned())))
            .collect();
        let recipients: Vec<&str> = event.recipients().into_iter().map(crate::Department::code).collect();
        assert_eq!(told, recipients, "{}", event.name);
    }
}

/// What changes for whom in what a mailbox gets.
fn told(event: &str, code: &str, before: &str, after: &str) -> [String; 4] {
    let row = |fields: &str| if fields.is_empty() { String::new() } else { format!("hutong.v1.{event}.*: {fields}") };
    [event.to_owned(), code.to_owned(), row(before), row(after)]
}

#[test]
fn a_changed_grant_changes_the_mailboxes_of_those_whom_it_names_alone() {
    let registered = "child,county,birth_month,registered_on";
    let (confirmed, migrant) =
        ("child,county,record,tier,from_month", "migrant,county,arrived_month,counts_from_month");
    let (told_registered, told_migrant) = ("registry.child.registered", "registry.migrant.recorded");
    let court = "recipients: [DEPARTMENT_COURT]";
    let education = "recipients: [DEPARTMENT_EDUCATION]\n        purpose: \"to assure enrolment and support";
    let cases: [(&str, Edit<'_>, Vec<[String; 4]>); 7] = [
        (
            "another recipient",
            (EVENTS, court, "recipients: [DEPARTMENT_COURT, DEPARTMENT_FINANCE]"),
            vec![told(told_registered, "FIN", "", registered)],
        ),
        (
            "another recipient in the place of one",
            (EVENTS, court, "recipients: [DEPARTMENT_JUSTICE]"),
            vec![told(told_registered, "CRT", registered, ""), told(told_registered, "JUS", "", registered)],
        ),
        (
            "a field for one of them alone",
            (
                EVENTS,
                "google.type.Date birth_month = 3 [(hutong.contract.v1.field).sensitivity = SENSITIVITY_OFFICIAL]",
                "google.type.Date birth_month = 3 [(hutong.contract.v1.field) = {
                  sensitivity: SENSITIVITY_OFFICIAL only: [DEPARTMENT_HEALTH]
                }]",
            ),
            ["CRT", "EDU", "FL"]
                .map(|code| told(told_registered, code, registered, "child,county,registered_on"))
                .into(),
        ),
        (
            "a field for another one",
            (MIGRANTS, "only: [DEPARTMENT_EDUCATION]", "only: [DEPARTMENT_HEALTH]"),
            ["EDU", "HC"]
                .map(|code| {
                    let [without, with] = ["", ",school_age"].map(|age| format!("{migrant}{age} if counts_from_month"));
                    let (before, after) = if code == "EDU" { (&with, &without) } else { (&without, &with) };
                    told(told_migrant, code, before, after)
                })
                .into(),
        ),
        (
            "a field for all of them",
            (MIGRANTS, "    only: [DEPARTMENT_EDUCATION]\n", ""),
            ["HC", "MIB"]
                .map(|code| {
                    let [without, with] = ["", ",school_age"].map(|age| format!("{migrant}{age} if counts_from_month"));
                    told(told_migrant, code, &without, &with)
                })
                .into(),
        ),
        (
            "a condition that falls away",
            (EVENTS, CONDITION, CONDITION.trim_end_matches("when_present: \"tier\"")),
            vec![told("registry.category.confirmed", "FIN", &format!("{confirmed} if tier"), confirmed)],
        ),
        (
            "a condition that comes",
            (EVENTS, education, CONDITIONAL),
            vec![told(told_registered, "EDU", registered, &format!("{registered} if registered_on"))],
        ),
    ];
    for (name, edit, expected) in cases {
        let other = changed(&[edit]);
        assert_eq!(check(&other), [], "{name}");
        assert_eq!(differences(&other), expected, "{name}");
    }
}

const CONDITION: &str = "type: \"registry.category.confirmed\"
    purpose: \"entitlements open\"
    grants: [
      {
        recipients: [DEPARTMENT_FINANCE]
        purpose: \"to budget basic-living payments\"
        legal_basis: \"民发〔2019〕62号 事实无人抚养儿童保障: 资金保障\"
        when_present: \"tier\"";

const CONDITIONAL: &str = "when_present: \"registered_on\"
        recipients: [DEPARTMENT_EDUCATION]
        purpose: \"to assure enrolment and support";

#[test]
fn a_changed_caller_changes_who_may_call_that_method_and_nothing_else() {
    let get_child = "callers: [DEPARTMENT_CIVIL_AFFAIRS]
      purpose: \"to keep the registry of children in difficulty\"
      emergency: [
        DEPARTMENT_PUBLIC_SECURITY,";
    let with = get_child.replace("AFFAIRS]", "AFFAIRS, DEPARTMENT_COURT]").replace("DEPARTMENT_PUBLIC_SECURITY,", "");
    let other = changed(&[(CHILDREN, get_child, &with)]);
    assert_eq!(check(&other), []);
    let call =
        |code: &str, before: &str, after: &str| ["call ChildService/GetChild", code, before, after].map(str::to_owned);
    let expected = [call("CRT", "", "calls"), call("PSB", "calls in an emergency", "")];
    assert_eq!(differences(&other), expected);
}

#[test]
fn a_changed_clearance_or_level_changes_what_is_cut_and_of_no_one_else_s() {
    let health = "code: \"HC\"\n    zh: \"卫生健康委员会\"\n    en: \"health commission\"\n    clearance: SENSITIVITY_";
    let [sensitive, official] = ["SENSITIVE", "OFFICIAL"].map(|level| format!("{health}{level}"));
    let other = changed(&[(DEPARTMENTS, &sensitive, &official)]);
    assert_eq!(check(&other), []);
    let lower = differences(&other);
    assert!(!lower.is_empty());
    for [thing, code, before, after] in &lower {
        assert!(thing.starts_with("cut ") && code == "HC", "{thing} for {code}");
        let [before, after] =
            [before, after].map(|mask| mask.split(',').filter(|it| !it.is_empty()).collect::<BTreeSet<_>>());
        let hidden = |path: &&str| after.iter().any(|cut| path == cut || path.starts_with(&format!("{cut}.")));
        assert!(before.iter().all(hidden) && before != after, "{thing}: whoever may see less sees nothing more");
    }
    let of = |thing: &str, table: &Table, code: &str| {
        let mask = table.get(&(thing.to_owned(), code.to_owned())).cloned().unwrap_or_default();
        mask.split(',').map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let (before, after) = (table(descriptors()), table(&other));
    let name = "child.profile.full_name";
    assert!(!of("cut ChildService/GetChild", &before, "HC").contains(name));
    assert!(of("cut ChildService/GetChild", &after, "HC").contains(name));

    // A level changes for all whose clearance lies between.
    let mark = "string full_name = 1 [
    (hutong.contract.v1.field).sensitivity = SENSITIVITY_SENSITIVE";
    let secret = mark.replace("SENSITIVITY_SENSITIVE", "SENSITIVITY_SECRET");
    let other = changed(&[(CHILD, mark, &secret)]);
    assert_eq!(check(&other), []);
    let higher = differences(&other);
    assert!(higher.iter().any(|[thing, ..]| thing == "cut ChildService/GetChild"));
    for [thing, code, before, after] in &higher {
        assert!(thing.starts_with("cut ") && ["HC", "MIB", "DPF"].contains(&code.as_str()), "{thing} for {code}");
        let added: Vec<&str> = after.split(',').filter(|path| !before.split(',').any(|it| it == *path)).collect();
        assert!(!added.is_empty() && added.iter().all(|path| path.ends_with("full_name")), "{thing}: {added:?}");
    }
}

#[test]
fn what_would_tell_too_much_does_not_become_a_contract() {
    let education = "code: \"EDU\"\n    zh: \"教育局\"\n    en: \"education\"\n    clearance: SENSITIVITY_";
    let [official, public] = ["OFFICIAL", "PUBLIC"].map(|level| format!("{education}{level}"));
    let findings = check(&changed(&[(DEPARTMENTS, &official, &public)]));
    assert!(findings.iter().any(|finding| finding.place == "hutong.registry.v1.ChildRegistered.child"), "{findings:?}");
}
