//! Evidence: what a department was sent, proved offline by a public key, and every forgery of it refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::evidence::v1::evidence_service_client::EvidenceServiceClient;
use contract::evidence::v1::{
    GetCheckpointRequest, ListCheckpointsRequest, ListLogsRequest, MakeCheckpointRequest, ProveEventsRequest,
};
use serde_json::Value;
use tests::bench::ours::evidence::accepted;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions};
use tests::evidence::refit;
use tests::refusal::refusal;
use tests::wait::eventually;
use tonic::Code;
use tonic::transport::Channel;

both_databases!(
    what_a_department_was_sent_is_proved_anywhere,
    a_forged_file_is_refused_with_what_is_wrong_and_where,
    a_day_or_a_child_is_shown_alone_and_nothing_is_hidden,
    proofs_that_are_too_many_for_an_answer_come_in_parts,
    checkpoints_come_by_themselves_and_are_civil_affairs_own,
);

/// Twenty thousand here; a million in `make bench`.
#[test]
fn no_forgery_is_accepted() {
    assert_eq!(accepted(20_000, 7), 0);
}

async fn what_a_department_was_sent_is_proved_anywhere(backend: Backend) {
    let mut city = City::start(backend).await;
    let mut logs = evidence(&city, "CA").await;
    for number in 1..=3 {
        city.register(number).await;
    }
    logs.make_checkpoint(MakeCheckpointRequest { log: "registry".into() }).await.unwrap();
    for number in 4..=6 {
        city.register(number).await;
    }
    city.settle().await;
    let court = Court::of(&city);
    let file = court.folder.join("edu.evidence");
    let exported = court.export(&city, &file, &[]);
    assert_eq!(
        (&exported["messages"], &exported["in_log"], &exported["checkpoints"]),
        (&6.into(), &6.into(), &2.into())
    );

    let lines = lines(&file);
    let sent: Vec<Vec<u8>> =
        messages(&lines).map(|it| STANDARD.decode(it["body"].as_str().unwrap()).unwrap()).collect();
    let received: Vec<Vec<u8>> = city.mailbox("EDU").await.into_iter().map(|one| one.payload.to_vec()).collect();
    assert_eq!(sent, received, "the very bytes that the department received");

    assert!(city.stop().await.success());
    let report = court.verify(&file, 0);
    assert_eq!((&report["mailbox"], &report["first"], &report["last"]), (&"EDU".into(), &1.into(), &6.into()));
    assert_eq!(report["faults"], Value::Array(Vec::new()));
    let alone = court.run(&["verify", file.to_str().unwrap()]);
    assert_eq!(alone.status.code(), Some(3), "whole, but whose keys are they?");
    assert!(String::from_utf8_lossy(&alone.stderr).contains("--keys"));
    let text = court.run(&["verify", file.to_str().unwrap(), "--keys", court.keys.to_str().unwrap()]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("PROVED") && text.contains("已证实"), "{text}");
    city.restart().await;
    let again = court.folder.join("again.evidence");
    court.export(&city, &again, &[]);
    assert_eq!(fs::read(&again).unwrap(), fs::read(&file).unwrap(), "the same evidence at any time");
    city.close().await;
}

async fn a_forged_file_is_refused_with_what_is_wrong_and_where(backend: Backend) {
    let city = City::start(backend).await;
    for number in 1..=6 {
        city.register(number).await;
    }
    city.settle().await;
    let court = Court::of(&city);
    let file = court.folder.join("edu.evidence");
    court.export(&city, &file, &[]);
    let whole = fs::read_to_string(&file).unwrap();
    let forged = court.folder.join("forged.evidence");
    // head, checkpoint, six messages, end
    let faults = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = whole.lines().map(|line| format!("{line}\n")).collect();
        change(&mut lines);
        let mut bytes = lines.concat().into_bytes();
        refit(&mut bytes);
        fs::write(&forged, bytes).unwrap();
        let report = court.verify(&forged, 1);
        let fault = &report["faults"][0];
        (fault["reason"].as_str().unwrap().to_owned(), fault["line"].as_u64().unwrap(), fault["message"].as_u64())
    };
    let field = |line: &str, name: &str| {
        let begin = line.find(&format!("\"{name}\":\"")).unwrap() + name.len() + 4;
        let end = begin + line[begin..].find('"').unwrap();
        begin..end
    };
    let exchanged = |name: &'static str| {
        move |lines: &mut Vec<String>| {
            let value = lines[5][field(&lines[5], name)].to_owned();
            let place = field(&lines[3], name);
            lines[3].replace_range(place, &value);
        }
    };
    for name in ["body", "about", "id", "signature", "previous", "cursor"] {
        assert_eq!(faults(&exchanged(name)), ("SIGNATURE".into(), 4, Some(2)), "{name}");
    }
    let time = |lines: &mut Vec<String>| {
        let place = field(&lines[3], "time");
        lines[3].replace_range(place, "2020-01-01T00:00:00.000000Z");
    };
    assert_eq!(faults(&time), ("SIGNATURE".into(), 4, Some(2)));
    assert_eq!(faults(&exchanged("commitment")), ("NOT_IN_LOG".into(), 4, Some(2)));
    assert_eq!(faults(&|lines| drop(lines.remove(3))), ("MISSING".into(), 4, Some(3)));
    assert_eq!(faults(&|lines| lines.swap(3, 4)), ("MISSING".into(), 4, Some(3)));
    assert_eq!(faults(&|lines| drop(lines.remove(7))), ("MISSING".into(), 8, None));
    assert_eq!(faults(&|lines| lines.insert(4, lines[3].clone())), ("MOVED_LINE".into(), 5, Some(2)));
    assert_eq!(faults(&|lines| lines[1] = lines[1].replace("time 2", "time 1")), ("CHECKPOINT".into(), 2, None));
    assert_eq!(faults(&|lines| lines[4] = lines[4].replace(':', ": ")), ("CHANGED_LINE".into(), 5, None));
    fs::write(&forged, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(court.verify(&forged, 1)["faults"][0]["reason"], "CUT_SHORT");
    fs::write(&forged, whole.replacen("EDU", "FIN", 1)).unwrap();
    assert_eq!(court.verify(&forged, 1)["faults"][0]["reason"], "SIGNATURE");

    // Another city makes evidence that is whole by itself, and is none here.
    let other = City::start(Backend::Sqlite).await;
    other.register(1).await;
    other.settle().await;
    let stranger = Court::of(&other);
    stranger.export(&other, &forged, &[]);
    stranger.verify(&forged, 0);
    assert_eq!(court.verify(&forged, 1)["faults"][0]["reason"], "FOREIGN_KEY");
    other.close().await;
    let unreadable = court.run(&["verify", "nothing.evidence", "--keys", court.keys.to_str().unwrap()]);
    assert_eq!(unreadable.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unreadable.stderr).contains("nothing.evidence"));
    let no_keys = court.run(&["verify", file.to_str().unwrap(), "--keys", file.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&no_keys.stderr).contains("line 1"));
    city.close().await;
}

async fn a_day_or_a_child_is_shown_alone_and_nothing_is_hidden(backend: Backend) {
    let city = City::start(backend).await;
    let mut children = Vec::new();
    for number in 1..=5 {
        children.push(city.register(number).await.id);
    }
    city.settle().await;
    let court = Court::of(&city);
    let file = court.folder.join("child.evidence");
    let exported = court.export(&city, &file, &["--child", &children[3]]);
    assert_eq!((&exported["messages"], &exported["withheld"], &exported["last"]), (&1.into(), &3.into(), &4.into()));
    let shown = lines(&file);
    let references: Vec<String> = children.iter().map(|child| city.reference("EDU", child)).collect();
    assert!(messages(&shown).all(|it| it["about"] == references[3].as_str()));
    let text = fs::read_to_string(&file).unwrap();
    assert!(references.iter().filter(|child| text.contains(*child)).eq([&references[3]]), "of no other child a word");
    assert!(!children.iter().any(|child| text.contains(child)), "nor the registry's ids");
    court.verify(&file, 0);
    let hidden = text.replace("\"first\":1,\"last\":3", "\"first\":1,\"last\":2");
    let mut hidden = hidden.into_bytes();
    refit(&mut hidden);
    fs::write(&file, hidden).unwrap();
    assert_eq!(court.verify(&file, 1)["faults"][0]["reason"], "MISSING");

    let today = court.export(&city, &file, &["--from", "2024-01-01"]);
    assert_eq!((&today["messages"], &today["withheld"]), (&5.into(), &0.into()));
    let none = court.command(&city, &file, &["--until", "2020-12-31"]).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("EDU has no message of that time and child"));
    let wrong = court.command(&city, &file, &["--until", "31.12.2020"]).output().unwrap();
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--until takes a day"));
    let left: Vec<_> = fs::read_dir(&court.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing half-written is left: {left:?}");
    city.close().await;
}

async fn proofs_that_are_too_many_for_an_answer_come_in_parts(backend: Backend) {
    const CHILDREN: u32 = 300;
    let small = CityOptions::default().set("server.max_message_bytes", "65536");
    let city = City::start_with(backend, small).await;
    for number in 1..=CHILDREN {
        city.register(number).await;
    }
    city.settle().await;
    let mut logs = evidence(&city, "CA").await;
    logs.make_checkpoint(MakeCheckpointRequest { log: "registry".into() }).await.unwrap();
    let request = ProveEventsRequest {
        log: "registry".into(),
        sequences: (1..=u64::from(CHILDREN)).collect(),
        after_checkpoint: 0,
        with_time_stamps: true,
    };
    assert_eq!(logs.prove_events(request).await.unwrap_err().code(), Code::OutOfRange);
    let court = Court::of(&city);
    let file = court.folder.join("edu.evidence");
    let exported = court.export(&city, &file, &[]);
    assert_eq!((&exported["messages"], &exported["in_log"]), (&CHILDREN.into(), &CHILDREN.into()));
    court.verify(&file, 0);
    city.close().await;
}

async fn checkpoints_come_by_themselves_and_are_civil_affairs_own(backend: Backend) {
    let mut city = City::start_with(backend, CityOptions::default().set("evidence.checkpoint_seconds", "1")).await;
    let mut logs = evidence(&city, "CA").await;
    let log = || "registry".to_owned();
    let empty = logs.make_checkpoint(MakeCheckpointRequest { log: log() }).await;
    assert_eq!(refusal(empty).reason, "LOG_EMPTY");
    city.register(1).await;
    let latest = eventually("a checkpoint is made", async || {
        let request = GetCheckpointRequest { log: log(), sequence: 0 };
        logs.get_checkpoint(request).await.ok()?.into_inner().checkpoint
    })
    .await;
    assert_eq!(latest.size, 1);
    city.kill();
    city.restart().await;
    let mut logs = evidence(&city, "CA").await;
    city.register(2).await;
    let second = logs.make_checkpoint(MakeCheckpointRequest { log: log() }).await.unwrap().into_inner().checkpoint;
    let second = second.unwrap();
    let page = |page_token: String| ListCheckpointsRequest { log: log(), page_size: 1, page_token };
    let first = logs.list_checkpoints(page(String::new())).await.unwrap().into_inner();
    assert_eq!(first.checkpoints[0].note, latest.note, "it is kept");
    let last = logs.list_checkpoints(page(first.next_page_token)).await.unwrap().into_inner();
    assert_eq!((last.checkpoints, last.next_page_token), (vec![second.clone()], String::new()));
    let request =
        ProveEventsRequest { log: log(), sequences: vec![1, 2], after_checkpoint: 0, with_time_stamps: false };
    let proved = logs.prove_events(request.clone()).await.unwrap().into_inner();
    assert_eq!(proved.proofs.iter().map(|it| it.checkpoint).collect::<Vec<_>>(), [1, 2]);
    let listed = logs.list_logs(ListLogsRequest {}).await.unwrap().into_inner().logs;
    assert_eq!((listed.len(), listed[0].events, listed[0].checkpoint.as_ref()), (2, 2, Some(&second)));

    let unknown = logs.make_checkpoint(MakeCheckpointRequest { log: "nobody".into() }).await;
    assert_eq!(refusal(unknown).reason, "LOG_NOT_FOUND");
    let request_of_none = ProveEventsRequest { sequences: vec![3], ..request.clone() };
    assert_eq!(refusal(logs.prove_events(request_of_none).await).reason, "EVENT_NOT_FOUND");
    let mut education = evidence(&city, "EDU").await;
    assert_eq!(refusal(education.prove_events(request).await).code, Code::PermissionDenied);
    city.close().await;
}

async fn evidence(city: &City, code: &str) -> EvidenceServiceClient<Channel> {
    EvidenceServiceClient::new(city.channel(code).await)
}

/// Somebody far from the city, with its public keys and nothing else.
pub struct Court {
    pub folder: PathBuf,
    keys: PathBuf,
}

impl Court {
    pub fn of(city: &City) -> Self {
        let folder = city.folder().join("court");
        fs::create_dir_all(&folder).unwrap();
        let keys = folder.join("keys.txt");
        let printed = city.command(&["evidence", "keys"]).output().unwrap();
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        fs::write(&keys, printed.stdout).unwrap();
        Self { folder, keys }
    }

    #[expect(clippy::unused_self, reason = "it is the court that asks")]
    fn command(&self, city: &City, file: &Path, more: &[&str]) -> Command {
        let arguments = ["evidence", "export", "--department", "EDU", "--json", "-o", file.to_str().unwrap()];
        city.command(&[&arguments, more].concat())
    }

    /// What the file that the city writes proves.
    pub fn export(&self, city: &City, file: &Path, more: &[&str]) -> Value {
        let output = self.command(city, file, more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let exported: Value = serde_json::from_slice(&output.stdout).unwrap();
        exported["report"].clone()
    }

    /// The report on a file, and the status that it must have.
    pub fn verify(&self, file: &Path, status: i32) -> Value {
        self.verify_with(file, &[], status)
    }

    /// The same, with further arguments.
    pub fn verify_with(&self, file: &Path, more: &[String], status: i32) -> Value {
        let output = self.run(&self.arguments(file, &[&["--json".to_owned()], more].concat()));
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(status), "{text}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a person is told of a proved file.
    pub fn told(&self, file: &Path, more: &[String]) -> String {
        let output = self.run(&self.arguments(file, more));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn arguments<'a>(&'a self, file: &'a Path, more: &'a [String]) -> Vec<&'a str> {
        let own = ["verify", file.to_str().unwrap(), "--keys", self.keys.to_str().unwrap()];
        own.into_iter().chain(more.iter().map(String::as_str)).collect()
    }

    /// The binary alone, without a city's settings.
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(tests::tools::hutong().unwrap()).args(arguments).current_dir(&self.folder).output().unwrap()
    }
}

pub fn lines(file: &Path) -> Vec<Value> {
    fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn messages(lines: &[Value]) -> impl Iterator<Item = &Value> {
    lines.iter().filter_map(|line| line.get("message"))
}
