//! What changes in a running city's files is in force without a restart: departments come, change and go, certificates are
//! renewed.

use std::fs;

use async_nats::connection::State;
use async_nats::jetstream;
use contract::exchange::v1::{GetMailboxRequest, RebuildMailboxRequest};
use contract::registry::v1::ChildProfile;
use contract::subject::MAILBOX_STREAM;
use serde_json::Value;
use tests::bounded;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::command::{done, fails, json};
use tests::wait::eventually;

bounded!(
    a_department_that_is_added_connects_and_one_that_is_taken_away_is_cut_off,
    a_changed_area_holds_for_what_comes_and_a_rebuild_makes_it_hold_for_all,
    a_merged_office_goes_on_in_the_mailbox_of_the_other,
    a_file_of_departments_with_a_mistake_changes_nothing,
    certificates_that_end_soon_are_renewed_during_traffic_and_nothing_is_lost,
    the_commands_leave_what_is_good_as_it_is,
);

const COUNTY: &str = "[[mailbox]]\ncode = \"EDU-371621\"\n";

async fn a_department_that_is_added_connects_and_one_that_is_taken_away_is_cut_off() {
    let mut city = begin("").await;
    for number in 0..3 {
        register(&city, number, "371621101").await;
    }
    city.settle().await;
    let women = city.nats("FL").await;

    city.change_departments(&format!("{COUNTY}[[mailbox]]\ncode = \"FL\"\nenabled = false\n"));
    let certificate = city.data().join("tls/department/EDU-371621.key");
    eventually("the office gets a certificate", async || certificate.exists().then_some(())).await;
    city.settle().await;
    let told = city.mailbox("EDU-371621").await;
    assert_eq!(told.len(), 3, "what was told before is in it too");
    register(&city, 3, "371621101").await;
    register(&city, 4, "371602").await;
    city.settle().await;
    assert_eq!(city.mailbox("EDU-371621").await.len(), 4);

    eventually("the women's federation is cut off", async || {
        (women.connection_state() != State::Connected).then_some(())
    })
    .await;
    let credentials = city.credentials("FL");
    assert!(platform::nats::connect(&city.endpoints().nats, &credentials, "FL").await.is_err());
    let request = GetMailboxRequest { code: "FL".into() };
    assert!(city.mailbox_service("CA").await.get_mailbox(request).await.is_err(), "there is no such mailbox");

    // Back again, it has all that it may know.
    city.change_departments(COUNTY);
    city.settle().await;
    assert_eq!(city.mailbox("FL").await.len(), 5);
    city.kill();
    city.restart().await;
    city.close().await;
}

async fn a_changed_area_holds_for_what_comes_and_a_rebuild_makes_it_hold_for_all() {
    let mut city = begin("").await;
    register(&city, 0, "371621101").await;
    city.settle().await;
    city.change_departments("[[mailbox]]\ncode = \"EDU\"\narea = \"371602\"\n");
    let mut owner = city.mailbox_service("CA").await;
    eventually("the mailbox has its new area", async || {
        let request = GetMailboxRequest { code: "EDU".into() };
        let mailbox = owner.get_mailbox(request).await.ok()?.into_inner().mailbox?;
        (mailbox.area == "371602").then_some(())
    })
    .await;
    register(&city, 1, "371621101").await;
    register(&city, 2, "371602").await;
    eventually("what is in the area arrives", async || (city.mailbox("EDU").await.len() == 2).then_some(())).await;
    let subjects: Vec<_> = city.mailbox("EDU").await.into_iter().map(|one| one.subject).collect();
    assert!(subjects[0].ends_with(".371621") && subjects[1].ends_with(".371602"), "{subjects:?}");

    owner.rebuild_mailbox(RebuildMailboxRequest { code: "EDU".into() }).await.unwrap();
    city.settle().await;
    let subjects: Vec<_> = city.mailbox("EDU").await.into_iter().map(|one| one.subject).collect();
    assert!(subjects.len() == 1 && subjects[0].ends_with(".371602"), "history under today's rights: {subjects:?}");
    city.close().await;
}

async fn a_merged_office_goes_on_in_the_mailbox_of_the_other() {
    let mut city = begin(COUNTY).await;
    register(&city, 0, "371621101").await;
    city.settle().await;
    let before = city.mailbox("EDU").await;
    let office = city.credentials("EDU-371621");

    city.change_departments("[[mailbox]]\ncode = \"EDU\"\nalso = [\"EDU-371621\"]\n");
    let nats = &city.endpoints().nats;
    let found = eventually("the office's certificate opens the mailbox that goes on", async || {
        let client = platform::nats::connect(nats, &office, "EDU-371621").await.ok()?;
        let stream = jetstream::new(client).get_stream(MAILBOX_STREAM).await.ok()?;
        (stream.cached_info().config.description.as_deref() == Some("mailbox EDU"))
            .then(|| stream.cached_info().state.messages)
    });
    assert_eq!(found.await, 1);
    let mut service = city.mailbox_service("EDU-371621").await;
    let code = eventually("over gRPC too", async || {
        Some(service.get_mailbox(GetMailboxRequest::default()).await.ok()?.into_inner().mailbox?.code)
    });
    assert_eq!(code.await, "EDU");
    assert_eq!(city.mailbox("EDU").await, before, "its numbers and its chain are the same");
    city.close().await;
}

async fn a_file_of_departments_with_a_mistake_changes_nothing() {
    let city = begin(COUNTY).await;
    let client = city.nats("EDU-371621").await;
    let file = city.folder().join("departments.toml");
    for mistake in ["[[mailbox]]\ncode = \"XYZ\"\n", "[[mailbox", "[[mailbox]]\ncode = \"EDU\"\nalso = [\"HC\"]\n"] {
        let before = said(&city, "DEPARTMENTS_REFUSED");
        fs::write(&file, mistake).unwrap();
        eventually("it is refused", async || (said(&city, "DEPARTMENTS_REFUSED") > before).then_some(())).await;
    }
    register(&city, 0, "371621101").await;
    city.settle().await;
    assert_eq!(client.connection_state(), State::Connected);
    assert_eq!(client.statistics().connects.load(std::sync::atomic::Ordering::Relaxed), 1);
    city.close().await;
}

async fn certificates_that_end_soon_are_renewed_during_traffic_and_nothing_is_lost() {
    let city = City::start(Backend::Sqlite).await;
    let subscriber = city.nats("EDU").await;
    for round in 0..2 {
        let issue = async {
            for (kind, name) in [("service", "registry"), ("service", "exchange"), ("server", "localhost")] {
                let command = city.command(&["cert", "issue", kind, name, "--new-key", "--days", "1"]);
                tokio::task::spawn_blocking(move || done(command)).await.unwrap();
            }
        };
        let traffic = async {
            for number in 0..60 {
                city.register(round * 100 + number).await;
            }
        };
        tokio::join!(issue, traffic);
        eventually("the city renews what ends tomorrow", async || {
            let listed = json(city.command(&["cert", "renew", "--json"]));
            let holders = ["service/registry", "service/exchange", "the server"];
            let good = |holder: &str| {
                let is = |one: &&Value| one["holder"] == holder;
                listed.as_array().unwrap().iter().find(is).is_some_and(|one| one["days_left"].as_u64() > Some(20))
            };
            holders.into_iter().all(good).then_some(())
        })
        .await;
        city.settle().await;
    }
    eventually("both services show their new certificates", async || {
        (said(&city, "connecting to the broker with the new certificate") >= 2).then_some(())
    })
    .await;
    city.register(999).await;
    city.settle().await;
    assert_eq!(subscriber.connection_state(), State::Connected, "nobody else was cut off");
    assert_eq!(subscriber.statistics().connects.load(std::sync::atomic::Ordering::Relaxed), 1);
    city.close().await;
}

async fn the_commands_leave_what_is_good_as_it_is() {
    let city = City::start(Backend::Sqlite).await;
    let out = city.folder().join("given").display().to_string();
    let issue = |more: &[&str]| {
        json(city.command(&[&["cert", "issue", "department", "EDU", "--out", &out, "--json"], more].concat()))
    };
    let (first, second) = (issue(&[]), issue(&["--days", "5"]));
    assert_eq!((&first["renewed"], &second["renewed"]), (&true.into(), &false.into()));
    assert_eq!(first["days_left"], 89);
    let third = issue(&["--new-key", "--days", "5"]);
    assert_eq!((&third["renewed"], &third["days_left"]), (&true.into(), &4.into()));

    let authority = json(city.command(&["cert", "authority", "--json"]));
    assert_eq!((&authority["key"], &authority["revoked"]), (&true.into(), &0.into()));
    assert_eq!(json(city.command(&["cert", "authority", "--json"])), authority);
    let listed = json(city.command(&["cert", "list", "--json"]));
    let of = |holder: &str| listed.as_array().unwrap().iter().filter(|one| one["holder"] == holder).count();
    assert_eq!((of("department/EDU"), of("department/HC"), of("service/exchange"), of("server")), (3, 1, 1, 1));

    let unknown = fails(city.command(&["cert", "revoke", "5f3ac02b"]));
    assert!(unknown.contains("hutong cert list --all"), "{unknown}");
    let nobody = fails(city.command(&["cert", "issue", "department", "EDU-371621"]));
    assert!(nobody.contains("has no mailbox in this city"), "{nobody}");
    let garbage = city.folder().join("garbage.pem");
    fs::write(&garbage, "garbage").unwrap();
    let refused = fails(city.command(&["cert", "admit", garbage.to_str().unwrap()]));
    assert!(refused.contains("holds no certificate as PEM"), "{refused}");
    city.close().await;
}

async fn begin(departments: &str) -> City {
    City::start_with(Backend::Sqlite, CityOptions::default().departments(departments)).await
}

async fn register(city: &City, number: u32, division: &str) {
    let profile = ChildProfile { household_division: division.to_owned(), ..Samples::profile(number) };
    city.register_profile(profile).await;
}

/// How often the city's log says so.
fn said(city: &City, words: &str) -> usize {
    fs::read_to_string(city.data().join("logs/hutong.log")).unwrap().matches(words).count()
}
