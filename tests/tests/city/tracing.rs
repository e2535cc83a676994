//! One registration is one trace, from the caller to the last reader, and nothing on the way names anybody.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use contract::registry::v1::{
    Category, ListChildrenRequest, NameAndBirth, RegisterChildRequest, SearchChildrenRequest, UpdateChildRequest,
    search_children_request::Query,
};
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Delivered, Samples};
use tests::otlp::{OtlpReceiver, ReceivedSpan};
use tests::tools::fixture;
use tests::wait::eventually;
use tonic::Request;

both_databases!(one_registration_is_one_trace, nothing_names_anybody);

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

async fn traced_city(backend: Backend, receiver: &OtlpReceiver) -> City {
    let options = CityOptions::default()
        .set("telemetry.otlp_endpoint", receiver.endpoint())
        .set("telemetry.sample_ratio", "1.0")
        .set("telemetry.log", "debug");
    City::start_with(backend, options).await
}

async fn one_registration_is_one_trace(backend: Backend) {
    let receiver = OtlpReceiver::start().await;
    let city = traced_city(backend, &receiver).await;
    let mut request = Request::new(Samples::registration(1));
    request.metadata_mut().insert("traceparent", format!("00-{TRACE}-{CALLER}-01").parse().unwrap());
    city.children().await.register_child(request).await.unwrap();
    city.settle().await;
    let event = city.event_stream().await.remove(0);
    let mut received = Vec::new();
    for code in ["EDU", "HC", "FL", "CRT"] {
        received.push((code, city.mailbox(code).await.remove(0)));
    }
    city.close().await;

    let trace: Vec<ReceivedSpan> = eventually("the receiver gets the trace", async || {
        let spans: Vec<_> = receiver.spans().into_iter().filter(|span| span.trace_id == TRACE).collect();
        (spans.len() >= 6).then_some(spans)
    })
    .await;
    let names: Vec<_> = trace.iter().map(|span| span.name.as_str()).collect();
    let call = trace.iter().find(|span| span.name.contains("RegisterChild")).unwrap_or_else(|| panic!("{names:?}"));
    assert_eq!(call.parent_span_id, CALLER, "the call is the caller's child");
    let relayed: Vec<_> = trace.iter().filter(|span| span.name == "relay event").collect();
    assert_eq!(relayed.len(), 1, "{names:?}");
    let delivered: Vec<_> = trace.iter().filter(|span| span.name == "deliver event").collect();
    assert_eq!(delivered.len(), received.len(), "one for each mailbox: {names:?}");
    let known: BTreeSet<_> = trace.iter().map(|span| span.span_id.as_str()).chain([CALLER]).collect();
    for span in &trace {
        assert!(known.contains(span.parent_span_id.as_str()), "{} hangs in the air: {span:?}", span.name);
    }

    assert_eq!(trace_of(&event), (TRACE, true), "the event carries the trace");
    let (_, parent) = traceparent(&event);
    assert!(known.contains(parent), "the event's parent is a span of the trace");
    for (code, message) in &received {
        assert_eq!(trace_of(message), (TRACE, true), "{code}'s reader goes on with the trace");
        assert!(known.contains(traceparent(message).1), "{code}'s reader knows its parent");
    }
    assert!(receiver.log_records() > 0, "logs come over OTLP too");
    assert!(!receiver.metric_names().is_empty(), "metrics come over OTLP too");
}

async fn nothing_names_anybody(backend: Backend) {
    let receiver = OtlpReceiver::start().await;
    let mut city = traced_city(backend, &receiver).await;
    live(&city).await;
    let output = city.command(&["import", fixture("roster.xlsx").to_str().unwrap(), "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    city.kill_nats();
    city.register(3).await;
    city.settle().await;

    let mut places: Vec<(String, Vec<u8>)> = vec![("the import's answer".into(), output.stdout)];
    places.push(("the import's errors".into(), output.stderr));
    for message in city.event_stream().await {
        places.push(("an event's subject and headers".into(), envelope(&message)));
    }
    for code in ["EDU", "HC", "FL", "CRT", "FIN"] {
        for message in city.mailbox(code).await {
            places.push((format!("{code}'s message"), [envelope(&message), message.payload.to_vec()].concat()));
        }
    }
    let data = city.data();
    let status = city.stop().await;
    assert!(status.success(), "{}", city.output());
    places.push(("the process's output".into(), city.output().into_bytes()));
    places.push(("OTLP".into(), receiver.bytes()));
    files(&data, &mut places);
    assert!(places.iter().any(|(name, bytes)| name.ends_with("hutong.log") && !bytes.is_empty()));

    let mut needles = roster_needles();
    for number in 1..4 {
        let profile = Samples::profile(number);
        needles.extend([
            profile.full_name,
            profile.citizen_id,
            profile.guardian_name,
            profile.phone,
            profile.bank_account,
        ]);
    }
    needles.extend(["受艾滋病影响", "CATEGORY_HIV", "HivAffected"].map(str::to_owned));
    assert!(needles.len() > 5_000, "the sweep looks for {} texts only", needles.len());
    let places: Vec<_> = places.into_iter().filter(|(name, _)| !name.contains("the import's answer")).collect();
    let found = sweep(&places, &needles);
    assert!(found.is_empty(), "personal data in {found:?}");
    city.abandon();
}

/// All kinds of calls, refused ones too: an error must not name anybody either.
async fn live(city: &City) {
    let mut children = city.children().await;
    let first = city.register(1).await;
    let second = city.register(2).await;
    city.confirm(&first.id, Category::HivAffected, Samples::day(2025, 5, 17)).await;
    let again = RegisterChildRequest { request_id: Samples::request_id(), profile: Some(Samples::profile(1)) };
    children.register_child(again.clone()).await.unwrap_err();
    let mut malformed = again;
    malformed.profile.as_mut().unwrap().household_division = Samples::profile(1).full_name;
    children.register_child(malformed).await.unwrap_err();
    let update = UpdateChildRequest {
        child: second.id,
        profile: Some(Samples::profile(1)),
        update_mask: Some(prost_types::FieldMask { paths: vec!["citizen_id".into(), "birth_date".into()] }),
        ..Default::default()
    };
    children.update_child(update).await.unwrap_err();
    children
        .list_children(ListChildrenRequest { category: Category::HivAffected.into(), ..Default::default() })
        .await
        .unwrap();
    let profile = Samples::profile(1);
    for query in [
        Query::CitizenId(profile.citizen_id),
        Query::NameAndBirth(NameAndBirth { full_name: profile.full_name, birth_date: profile.birth_date }),
    ] {
        children.search_children(SearchChildrenRequest { query: Some(query), ..Default::default() }).await.unwrap();
    }
}

/// Names, citizen IDs, phones and accounts of the roster, as written.
fn roster_needles() -> Vec<String> {
    let roster = registry::workbook::read::<contract::registry::v1::RosterRow>(&fixture("roster.xlsx")).unwrap();
    let mut needles: BTreeSet<String> = BTreeSet::new();
    for row in roster.rows {
        let texts = [row.full_name, row.citizen_id, row.guardian_name, row.phone, row.bank_account];
        needles.extend(texts.into_iter().filter(|text| text.len() >= 6));
    }
    needles.into_iter().collect()
}

/// Where any of the texts stands; the texts themselves are not repeated.
fn sweep(places: &[(String, Vec<u8>)], needles: &[String]) -> BTreeSet<String> {
    // A table by the first six bytes: every needle has as many.
    let mut by_start: std::collections::HashMap<[u8; 6], Vec<&[u8]>> = std::collections::HashMap::new();
    for needle in needles {
        let start = needle.as_bytes()[..6].try_into().unwrap();
        by_start.entry(start).or_default().push(needle.as_bytes());
    }
    let mut found = BTreeSet::new();
    for (name, bytes) in places {
        for (at, window) in bytes.windows(6).enumerate() {
            let candidates = by_start.get(window).into_iter().flatten();
            if candidates.into_iter().any(|needle| bytes[at..].starts_with(needle)) {
                found.insert(name.clone());
                break;
            }
        }
    }
    found
}

fn envelope(message: &Delivered) -> Vec<u8> {
    let mut bytes = message.subject.clone().into_bytes();
    for (name, values) in message.headers.iter() {
        for value in values {
            bytes.extend(format!("\n{name}: {}", value.as_str()).into_bytes());
        }
    }
    bytes
}

/// Every file of the city: logs, configuration, the broker's store, and the database, in which all of it is sealed.
fn files(folder: &Path, places: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files(&entry, places);
        } else if let Ok(bytes) = fs::read(&entry) {
            places.push((entry.display().to_string(), bytes));
        }
    }
}

fn traceparent(message: &Delivered) -> (&str, &str) {
    let mut parts = message.header("traceparent").split('-').skip(1);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

fn trace_of(message: &Delivered) -> (&str, bool) {
    (traceparent(message).0, message.header("traceparent").ends_with("-01"))
}
