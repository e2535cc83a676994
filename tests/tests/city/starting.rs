//! A city that cannot start, or run out of room, says so in one clear line, loses nothing and never panics.

use std::fs;
use std::process::{Command, Output};

use contract::registry::v1::{ListChildrenRequest, RegisterChildRequest};
use sea_orm::{ConnectionTrait, Statement};
use tests::city::{Backend, City, CityOptions, Samples};
use tests::postgres::{Durability, PostgresServer};
use tests::refusal::refusal;
use tests::{both_databases, bounded};
use tonic::Code;

both_databases!(
    a_second_city_on_one_directory_is_refused,
    a_database_newer_than_the_binary_is_refused,
    a_city_goes_on_where_it_was_stopped,
);

bounded!(
    a_port_in_use_is_named,
    a_wrong_setting_is_refused_by_name,
    garbage_on_disk_is_refused_and_left_alone,
    a_city_whose_database_has_gone_stops_when_asked,
    a_full_disk_refuses_all_that_cannot_be_recorded_and_loses_nothing
);

async fn a_second_city_on_one_directory_is_refused(backend: Backend) {
    let city = City::start(backend).await;
    city.register(1).await;
    let sentence = refuses(city.command(&["up"]));
    assert!(sentence.contains("another hutong already runs on"), "{sentence}");
    city.register(2).await;
    city.close().await;
}

async fn a_database_newer_than_the_binary_is_refused(backend: Backend) {
    let mut city = City::start(backend).await;
    city.register(1).await;
    city.settle().await;
    assert!(city.stop().await.success());
    let change = async |sql: &str| {
        let database = city.registry_database().await;
        database.execute_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
        database.close().await.unwrap();
    };
    change("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_from_the_future', 0)").await;
    let sentence = refuses(city.command(&["up"]));
    assert!(sentence.contains("newer"), "{sentence}");
    change("DELETE FROM seaql_migrations WHERE version = 'm29991231_000001_from_the_future'").await;
    city.restart().await;
    city.register(2).await;
    assert_eq!(city.event_log().await.len(), 2);
    city.close().await;
}

async fn a_city_goes_on_where_it_was_stopped(backend: Backend) {
    let mut city = City::start(backend).await;
    let child = city.register(1).await;
    assert!(city.stop().await.success());
    city.restart().await;
    let listed = city.children().await.list_children(ListChildrenRequest::default()).await.unwrap().into_inner();
    assert!(listed.children == [child], "the file is as it was");
    city.close().await;
}

async fn a_port_in_use_is_named() {
    let city = City::start(Backend::Sqlite).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let directory = elsewhere.path().join("data").display().to_string();
    let nats = city.endpoints().nats.trim_start_matches("tls://").to_owned();
    for (variable, address) in [("HUTONG__SERVER__LISTEN", &city.endpoints().grpc), ("HUTONG__NATS__LISTEN", &nats)] {
        let mut command = city.command(&["up", "--directory", &directory]);
        command.env(variable, address);
        let sentence = refuses(command);
        let port = address.rsplit_once(':').unwrap().1;
        assert!(sentence.contains(port) && sentence.contains("in use"), "{sentence}");
    }
    city.close().await;
}

async fn a_wrong_setting_is_refused_by_name() {
    let city = City::start(Backend::Sqlite).await;
    for (variable, value, named) in [
        ("HUTONG__SERVER__LISTEN", "everywhere", "server.listen"),
        ("HUTONG__SERVER__DRAIN_SECONDS", "-1", "server.drain_seconds"),
        ("HUTONG__SERVER__COLOUR", "red", "server.colour"),
        ("HUTONG__RELAY__IN_FLIGHT", "257", "relay.in_flight"),
        ("HUTONG__NATS__SERVER_BINARY", "/nowhere/nats-server", "nats-server"),
    ] {
        let mut command = city.command(&["up", "--directory", "elsewhere"]);
        command.env(variable, value);
        let sentence = refuses(command);
        assert!(sentence.contains(variable) || sentence.contains(named), "{variable}={value}: {sentence}");
    }
    let file = city.folder().join("garbage.toml");
    fs::write(&file, b"\x00\xff not toml").unwrap();
    let sentence = refuses(city.command(&["up", "--config", file.to_str().unwrap()]));
    assert!(sentence.contains("garbage.toml"), "{sentence}");
    city.close().await;
}

async fn garbage_on_disk_is_refused_and_left_alone() {
    let mut city = City::start(Backend::Sqlite).await;
    city.register(1).await;
    city.settle().await;
    assert!(city.stop().await.success());
    for name in ["databases/registry.db", "tls/authority.pem", "keys/registry.vault", "keys/registry.ed25519"] {
        let file = city.data().join(name);
        let kept = fs::read(&file).unwrap();
        fs::write(&file, b"garbage").unwrap();
        refuses(city.command(&["up"]));
        assert_eq!(fs::read(&file).unwrap(), b"garbage", "{name} is not written over");
        fs::write(&file, kept).unwrap();
    }
    city.restart().await;
    city.register(2).await;
    assert_eq!(city.event_log().await.len(), 2);
    city.close().await;
}

async fn a_city_whose_database_has_gone_stops_when_asked() {
    let server = PostgresServer::start(Durability::Memory);
    let mut city = City::start_on(&server, CityOptions::default()).await;
    city.register(1).await;
    city.settle().await;
    drop(server);
    let mut children = city.children().await;
    // The first call of each kind meets a connection that has gone, the second finds none.
    for _ in 0..2 {
        let request = RegisterChildRequest { request_id: Samples::request_id(), profile: Some(Samples::profile(2)) };
        assert_eq!(children.register_child(request).await.unwrap_err().code(), Code::Unavailable);
        assert_eq!(children.list_children(ListChildrenRequest::default()).await.unwrap_err().code(), Code::Unavailable);
    }
    assert!(city.stop().await.success());
    city.abandon();
}

async fn a_full_disk_refuses_all_that_cannot_be_recorded_and_loses_nothing() {
    let city = City::start_with(Backend::Sqlite, CityOptions::default().database_disk_megabytes(16)).await;
    let first = city.register(1).await;
    let ballast = city.database_directory().join("ballast");
    // Fails at the last byte that fits: the disk is full then.
    fs::write(&ballast, vec![7; 16 * 1024 * 1024]).unwrap_err();
    let mut children = city.children().await;
    let mut registered = vec![first.id];
    let mut number = 2;
    let refused = loop {
        // What is preallocated may take a few more.
        assert!(number < 50_000, "a full disk takes whatever it is given");
        match children.register_child(Samples::registration(number)).await {
            Ok(answer) => registered.push(answer.into_inner().child.unwrap().id),
            refused => break refusal(refused),
        }
        number += 1;
    };
    assert_eq!((refused.code, refused.reason.as_str()), (Code::Unavailable, "STORAGE_FULL"), "{}", refused.message);
    let read = ListChildrenRequest { page_size: 1, ..Default::default() };
    // What is preallocated may take a few entries of the audit, too.
    let refused = loop {
        if let Err(status) = children.list_children(read.clone()).await {
            break refusal::<()>(Err(status));
        }
    };
    assert_eq!((refused.code, refused.reason.as_str()), (Code::Unavailable, "STORAGE_FULL"), "nobody reads unrecorded");

    fs::remove_file(&ballast).unwrap();
    assert_eq!(children.list_children(read).await.unwrap().into_inner().children.len(), 1);
    let again = children.register_child(Samples::registration(number)).await.unwrap();
    registered.push(again.into_inner().child.unwrap().id);
    let log = city.event_log().await;
    assert_eq!(log.iter().map(|event| event.aggregate.to_string()).collect::<Vec<_>>(), registered);
    city.close().await;
}

/// The command fails with one line on standard error, which is given back.
fn refuses(mut command: Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (said, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert_eq!(status.code(), Some(1), "it must fail in order: {status}\n{said}\n{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    let lines: Vec<_> = stderr.lines().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(lines.len(), 1, "one clear line: {stderr}");
    lines[0].to_owned()
}
