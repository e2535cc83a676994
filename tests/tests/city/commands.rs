//! The commands: results on standard output, one line on standard error where they fail, statuses that a script can use.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use contract::registry::v1::ListChildrenRequest;
use contract::registry::v1::child_service_client::ChildServiceClient;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use platform::identity::Credentials;
use serde_json::Value;
use tests::bounded;
use tests::city::{Backend, City};
use tests::command::{fails, output as done};
use tests::free_port;
use tests::keeper::Kept;
use tests::tools::{fixture, nats_server};
use tests::wait::eventually;

bounded!(
    a_mailbox_is_listed_read_verified_and_rebuilt,
    a_certificate_that_is_issued_opens_the_door,
    the_demonstration_runs_beside_a_city_and_every_mailbox_holds_what_is_granted,
    services_run_apart_against_a_broker_of_ones_own
);

async fn a_mailbox_is_listed_read_verified_and_rebuilt() {
    let city = City::start(Backend::Sqlite).await;
    for number in 1..=3 {
        city.register(number).await;
    }
    city.settle().await;

    let listed = json(&done(city.command(&["mailbox", "list", "--json"])));
    assert_eq!(listed.as_array().unwrap().len(), 18);
    let education = listed.as_array().unwrap().iter().find(|mailbox| mailbox["code"] == "EDU").unwrap();
    assert_eq!((&education["messages"], &education["state"]), (&3.into(), &"following".into()));

    let read = |from: &str| lines(&done(city.command(&["mailbox", "tail", "EDU", "--json", "--from", from])));
    let all = read("1");
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|line| line["verdict"] == "verified" && line["type"] == "registry.child.registered"));
    assert_eq!(read("3"), all[2..]);

    done(city.command(&["mailbox", "rebuild", "EDU"]));
    city.settle().await;
    assert_eq!(read("1"), all, "a rebuilt mailbox is the same");
    city.close().await;
}

async fn a_certificate_that_is_issued_opens_the_door() {
    let city = City::start(Backend::Sqlite).await;
    let folder = city.folder().join("for-civil-affairs");
    done(city.command(&["cert", "issue", "department", "CA", "--out", folder.to_str().unwrap()]));
    let file = |name: &str| folder.join(name);
    let given = Credentials::load(&file("CA.pem"), &file("CA.key"), &file("authority.pem")).unwrap();
    let channel = platform::client::connect(&city.endpoints().grpc, &given).await.unwrap();
    ChildServiceClient::new(channel).list_children(ListChildrenRequest::default()).await.unwrap();
    city.close().await;
}

async fn the_demonstration_runs_beside_a_city_and_every_mailbox_holds_what_is_granted() {
    let city = City::start(Backend::Sqlite).await;
    let roster = fixture("roster.xlsx");
    let folder = city.folder().join("demo");
    let arguments = ["demo", "--json", "--roster", roster.to_str().unwrap(), "--directory", folder.to_str().unwrap()];
    let report = json(&done(city.command(&arguments)));
    let keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "rows",
        "accepted",
        "rejected",
        "rejected_by_reason",
        "warnings",
        "events",
        "mailboxes",
        "latency_ms",
        "payroll",
    ];
    assert_eq!(keys, expected);
    assert_eq!(report["rows"], 2400);
    let mailboxes = report["mailboxes"].as_object().unwrap();
    assert_eq!(mailboxes.len(), 18);
    for (code, mailbox) in mailboxes {
        assert_eq!(mailbox["messages"], mailbox["verified"], "{code}");
        assert_eq!(mailbox["gaps"], 0, "{code}");
    }
    let told = |event: &str| report["events"][event].as_u64().unwrap_or_default();
    assert_eq!(mailboxes["EDU"]["messages"].as_u64(), Some(told("registry.child.registered")));
    for event in ["child.transferred", "child.merged", "child.deceased", "child.ended", "category.reclassified"] {
        assert!(told(&format!("registry.{event}")) > 0, "{event} happened");
    }
    assert!(fails(city.command(&arguments)).contains("not empty"), "a demonstration starts fresh");
    city.close().await;
}

async fn services_run_apart_against_a_broker_of_ones_own() {
    // A city that ran once has all certificates, keys and its database; then its parts go on as processes of their own.
    let mut city = City::start(Backend::Sqlite).await;
    city.register(1).await;
    city.settle().await;
    assert!(city.stop().await.success());

    let nats = format!("127.0.0.1:{}", free_port());
    let [registry, subsidies, exchange] = [(); 3].map(|()| format!("127.0.0.1:{}", free_port()));
    let command = |arguments: &[&str], listen: &str| {
        let mut command = city.command(arguments);
        command.env("HUTONG__NATS__LISTEN", &nats).env("HUTONG__SERVER__LISTEN", listen);
        command
    };
    let configuration = city.folder().join("own-nats.conf");
    fs::write(&configuration, done(command(&["contract", "nats-config"], &registry)).stdout).unwrap();
    let server = nats_server().unwrap();
    let broker = [server.as_os_str(), "-c".as_ref(), configuration.as_os_str()];
    let _broker = Kept::spawn(broker, None, &city.folder().join("own-nats.log"), None).unwrap();
    eventually("the broker listens", async || tokio::net::TcpStream::connect(&nats).await.ok()).await;

    assert!(fails(command(&["serve", "registry"], &registry)).contains("nats.url"));
    let serve = |service: &str, listen: &str| {
        let mut command = command(&["serve", service], listen);
        command.env("HUTONG__NATS__URL", format!("tls://{nats}")).stdout(Stdio::null()).stderr(Stdio::null());
        Process(command.spawn().unwrap())
    };
    let mut served = [("registry", &registry), ("subsidies", &subsidies), ("exchange", &exchange)]
        .map(|(service, listen)| serve(service, listen));
    let read = eventually("education reads through the parts", async || {
        let arguments =
            ["mailbox", "tail", "EDU", "--json", "--endpoint", &exchange, "--nats", &format!("tls://{nats}")];
        let output = command(&arguments, &exchange).output().unwrap();
        (output.status.success() && !output.stdout.is_empty()).then_some(output)
    });
    assert_eq!(lines(&read.await).len(), 1);
    assert!(fails(command(&["up"], &registry)).contains("another hutong already runs"));
    for process in &mut served {
        assert!(process.interrupt().success(), "it ends in order");
    }
    city.restart().await;
    city.close().await;
}

#[test]
fn a_command_without_a_city_says_so_and_wrong_usage_is_another_status() {
    let folder = tempfile::tempdir().unwrap();
    let hutong = |arguments: &[&str]| {
        let mut command = Command::new(tests::tools::hutong().unwrap());
        command.args(arguments).current_dir(folder.path());
        command
    };
    assert!(fails(hutong(&["mailbox", "list"])).contains("hutong up"));
    assert!(fails(hutong(&["import", "nothing.xlsx"])).contains("nothing.xlsx"));
    assert!(fails(hutong(&["cert", "issue", "department", "XYZ"])).contains("XYZ"));
    assert!(String::from_utf8(done(hutong(&["contract", "check"])).stdout).unwrap().contains("leaks nothing"));
    assert!(json(&done(hutong(&["contract", "catalogue", "--json"])))["events"].is_array());
    for usage in [&["unknown"][..], &["serve", "nobody"], &["import"]] {
        assert_eq!(hutong(usage).output().unwrap().status.code(), Some(2), "{usage:?}");
    }
    assert!(!Path::new("data").exists(), "looking makes nothing");
}

/// A child of ours, ended with the test.
struct Process(std::process::Child);

impl Process {
    fn interrupt(&mut self) -> std::process::ExitStatus {
        kill(Pid::from_raw(self.0.id().try_into().unwrap()), Signal::SIGINT).unwrap();
        self.0.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
