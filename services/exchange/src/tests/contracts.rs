//! A city that is brought to another contract: what lies in a mailbox stays, what comes follows today's rights, and so does all
//! of it where somebody asks.

use std::fs;
use std::path::Path;

use contract::Contract;
use contract::exchange::v1::MailboxState::Following;
use contract::registry::v1::{ChildRegistered, SupportTier};
use messaging::mailbox::CURSOR;
use messaging::relay::headers;
use prost::Message as _;
use prost_reflect::DescriptorPool;

use crate::test_city::{City, Received};

const EVENTS: &str = "hutong/registry/v1/events.proto";

/// Finance and justice hear of children in the court's place, and education does not learn of the month of birth any more.
fn another_contract() -> &'static Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let mut text = fs::read_to_string(root.join(EVENTS)).unwrap();
    for (from, to) in [
        ("recipients: [DEPARTMENT_COURT]", "recipients: [DEPARTMENT_FINANCE, DEPARTMENT_JUSTICE]"),
        (
            "birth_month = 3 [(hutong.contract.v1.field).sensitivity = SENSITIVITY_OFFICIAL]",
            "birth_month = 3 [(hutong.contract.v1.field) = {
               sensitivity: SENSITIVITY_OFFICIAL only: [DEPARTMENT_HEALTH, DEPARTMENT_FINANCE, DEPARTMENT_JUSTICE]
             }]",
        ),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(EVENTS).parent().unwrap()).unwrap();
    fs::write(folder.path().join(EVENTS), text).unwrap();
    let mut compiler = protox::Compiler::new([folder.path(), &root]).unwrap();
    compiler.include_imports(true);
    let files = contract::descriptors().files().map(|file| file.name().to_owned());
    compiler.open_files(files.filter(|name| name.starts_with("hutong/"))).unwrap();
    let pool = DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap();
    assert_eq!(contract::check::check(&pool), []);
    Box::leak(Box::new(Contract::of(&pool)))
}

/// Which events lie in a mailbox, and of which it tells the month of birth.
async fn told(city: &City, code: &str) -> Vec<(u64, bool)> {
    let tells_birth = |one: &Received| {
        one.headers.get(headers::TYPE).unwrap().as_str() == "registry.child.registered"
            && ChildRegistered::decode(one.body.as_slice()).unwrap().birth_month.is_some()
    };
    let event = |one: &Received| one.headers.get(CURSOR).unwrap().as_str().strip_prefix("registry=").unwrap().parse();
    city.read(code).await.iter().map(|one| (event(one).unwrap(), tells_birth(one))).collect()
}

const fn born(event: u64) -> (u64, bool) {
    (event, true)
}

const fn other(event: u64) -> (u64, bool) {
    (event, false)
}

/// Before: children registered (1, 2), a category confirmed, of which finance hears (3), a child registered (4); behind: two more.
#[tokio::test]
async fn rights_that_changed_hold_for_what_comes_and_for_all_of_it_in_a_mailbox_that_is_rebuilt() {
    let mut city = City::new("").await;
    city.log.register(2);
    city.log.confirm(Some(SupportTier::B));
    city.log.register(1);
    city.log.relay(0..4).await;
    city.start_exchange().await;
    for (code, messages) in [("EDU", 3), ("HC", 3), ("CRT", 3), ("FIN", 1), ("JUS", 0)] {
        city.awaits(code, Following, messages).await;
    }

    city.restart_under(another_contract()).await;
    city.log.register(2);
    city.log.relay(4..6).await;
    let all = [born(1), born(2), born(4), born(5), born(6)];
    // A mailbox goes on behind its last message: what came since is told by today's rights, and one that is empty is filled.
    for (code, expected) in [
        ("EDU", [born(1), born(2), born(4), other(5), other(6)].to_vec()),
        ("HC", all.to_vec()),
        ("CRT", [born(1), born(2), born(4)].to_vec()),
        ("FIN", [other(3), born(4), born(5), born(6)].to_vec()),
        ("JUS", all.to_vec()),
    ] {
        city.awaits(code, Following, expected.len() as u64).await;
        assert_eq!(told(&city, code).await, expected, "{code}");
    }

    for (code, expected) in [
        ("EDU", [other(1), other(2), other(4), other(5), other(6)].to_vec()),
        ("HC", all.to_vec()),
        ("CRT", Vec::new()),
        ("FIN", [born(1), born(2), other(3), born(4), born(5), born(6)].to_vec()),
        ("JUS", all.to_vec()),
    ] {
        city.rebuild(code).await.unwrap();
        city.awaits(code, Following, expected.len() as u64).await;
        assert_eq!(told(&city, code).await, expected, "{code}");
    }
}
