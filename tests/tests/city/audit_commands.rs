//! `hutong audit`: what it prints, and whom it finds out.

use std::fs;

use contract::exchange::v1::ListMailboxesRequest;
use contract::registry::v1::GetChildRequest;
use sea_orm::ConnectionTrait as _;
use tests::both_databases;
use tests::city::{Backend, City};
use tests::command::{fails, json, output};

both_databases!(whoever_changes_the_audit_is_found_out, whoever_cuts_the_audit_is_found_out_by_what_was_kept_elsewhere,);

async fn whoever_changes_the_audit_is_found_out(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    city.mailbox_service("CA").await.list_mailboxes(ListMailboxesRequest {}).await.unwrap();
    let mut children = city.children().await;
    for _ in 0..3 {
        children.get_child(GetChildRequest { child: child.clone(), ..Default::default() }).await.unwrap();
    }
    let whole = json(city.command(&["audit", "verify", "--json"]));
    let service = |at: usize| (whole[at]["service"].as_str().unwrap(), whole[at]["entries"].as_u64().unwrap());
    assert_eq!((service(0), service(1), service(2)), (("registry", 4), ("subsidies", 0), ("exchange", 1)));
    assert!(whole.as_array().unwrap().iter().all(|one| one["fault"].is_null()));
    let table = String::from_utf8(output(city.command(&["audit", "verify"])).stdout).unwrap();
    assert!(table.contains("whole"), "{table}");

    let listed = json(city.command(&["audit", "child", &child, "--json", "--limit", "2"]));
    assert_eq!(listed["entries"].as_array().unwrap().len(), 2);
    assert_eq!((&listed["entries"][0]["decision"], &listed["totals"]["allowed"]), (&"allowed".into(), &4.into()));
    let said =
        String::from_utf8(output(city.command(&["audit", "caller", "CA", "--decision", "allowed"])).stdout).unwrap();
    assert!(said.contains("ChildService/RegisterChild") && said.contains("MailboxService/ListMailboxes"), "{said}");
    assert!(said.contains("6 calls: 6 allowed, 0 redacted, 0 refused, 0 failed; 1 children"), "{said}");
    for (arguments, expected) in [
        (&["audit", "child", "童小明"][..], "CHILD is a child's id"),
        (&["audit", "caller", "CA", "--decision", "denied"], "one of allowed, redacted, refused, failed"),
        (&["audit", "caller", "CA", "--from", "yesterday"], "--from takes a day as 2024-05-31"),
    ] {
        let said = fails(city.command(arguments));
        assert!(said.contains(expected), "{said}");
    }

    let database = city.registry_database().await;
    database.execute_unprepared("UPDATE audit SET actor = 'somebody' WHERE sequence = 2").await.unwrap();
    database.close().await.unwrap();
    let said = fails(city.command(&["audit", "verify"]));
    assert!(said.contains("registry: entry 2 is not what was written"), "{said}");
    city.close().await;
}

async fn whoever_cuts_the_audit_is_found_out_by_what_was_kept_elsewhere(backend: Backend) {
    let city = City::start(backend).await;
    let child = city.register(1).await.id;
    let mut children = city.children().await;
    for _ in 0..3 {
        children.get_child(GetChildRequest { child: child.clone(), ..Default::default() }).await.unwrap();
    }
    let elsewhere = city.folder().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    let [note, evidence, nothing] = ["a.note", "edu.evidence", "empty.note"].map(|name| elsewhere.join(name));
    fs::write(&note, output(city.command(&["evidence", "checkpoint"])).stdout).unwrap();
    city.settle().await;
    output(city.command(&["evidence", "export", "--department", "EDU", "-o", evidence.to_str().unwrap()]));
    let kept = [note.to_str().unwrap(), evidence.to_str().unwrap()];
    let verify = |files: &[&str]| {
        let files = files.iter().flat_map(|file| ["--checkpoint", *file]);
        city.command(&["audit", "verify", "--json"].into_iter().chain(files).collect::<Vec<_>>())
    };
    let checked = |files: &[&str]| json(verify(files))[0]["checkpoints"].as_u64().unwrap();
    assert_eq!((checked(&[]), checked(&kept)), (1, 3), "the kept one, its copy, and the one in the evidence");
    fs::write(&nothing, "a note of nobody's\n").unwrap();
    assert!(fails(verify(&[nothing.to_str().unwrap()])).contains("has no checkpoint of this city"));

    let database = city.registry_database().await;
    for sql in [
        "DELETE FROM audit WHERE sequence > 2",
        "DELETE FROM audit_child WHERE sequence > 2",
        "UPDATE event_log_head SET audit_sequence = 2, audit_hash = (SELECT hash FROM audit WHERE sequence = 2), \
         revision = revision + 1",
    ] {
        database.execute_unprepared(sql).await.unwrap();
    }
    let missing = "registry: the newest entries are gone: a checkpoint was made at entry 4 with the hash ";
    assert!(fails(verify(&[])).contains(missing));
    database.execute_unprepared("DELETE FROM log_checkpoint").await.unwrap();
    database.close().await.unwrap();
    assert_eq!(checked(&[]), 0, "whoever has the database takes that away, too");
    for file in kept {
        let said = fails(verify(&[file]));
        assert!(said.contains(missing) && said.contains("the audit ends at entry 2 with the hash "), "{said}");
    }
    city.close().await;
}
