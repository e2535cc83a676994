//! Who asked for what of whom: every call has its entry, whatever became of it.

use std::collections::{BTreeMap, BTreeSet};

use contract::audit::v1::audit_service_client::AuditServiceClient;
use contract::audit::v1::{Call, CallTotals, Decision, GetCallRequest, ListCallsRequest, ListCallsResponse};
use contract::exchange::v1::{GetMailboxRequest, ListMailboxesRequest};
use contract::registry::v1::check_support_request::About;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::registry::v1::support_service_client::SupportServiceClient;
use contract::registry::v1::{
    Category, CheckSupportRequest, ExportRosterRequest, GetChildRequest, ListChildrenRequest, UpdateChildRequest,
};
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::command::json;
use tests::nats::{NatsOptions, NatsServer};
use tests::refusal::assert_refused;
use tests::tools::fixture;
use tests::wait::eventually;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

both_databases!(
    every_call_has_its_entry_whatever_became_of_it,
    the_audit_tells_who_saw_a_child_and_what_a_caller_asked,
    each_part_of_an_import_is_recorded_with_the_children_that_it_opened,
    a_service_alone_keeps_its_own_audit,
);

/// Who asks, for the audit's own sake.
const AUDITOR: &str = "CA";

struct Audit(AuditServiceClient<Channel>);

impl Audit {
    async fn of(city: &City, code: &str) -> Self {
        Self(AuditServiceClient::new(city.channel(code).await))
    }

    async fn list(&mut self, request: ListCallsRequest) -> Result<ListCallsResponse, Status> {
        Ok(self.0.list_calls(request).await?.into_inner())
    }

    /// All entries, the oldest first.
    async fn all(&mut self, mut request: ListCallsRequest) -> Vec<Call> {
        let mut calls = Vec::new();
        loop {
            let page = self.list(request.clone()).await.unwrap();
            calls.extend(page.calls);
            if page.next_page_token.is_empty() {
                calls.reverse();
                return calls;
            }
            request.page_token = page.next_page_token;
        }
    }
}

fn by_caller(code: &str) -> ListCallsRequest {
    ListCallsRequest { caller: code.to_owned(), ..Default::default() }
}

fn by_child(child: &str) -> ListCallsRequest {
    ListCallsRequest { child: child.to_owned(), ..Default::default() }
}

/// An entry in a line: the service that keeps it, who asked for what, what became of it, of how many children.
fn line(call: &Call) -> String {
    let method = call.method.rsplit('/').next().unwrap();
    let decision = call.decision().as_str_name().trim_start_matches("DECISION_");
    let parts = [&call.service, &call.caller, &call.actor, method, decision, &call.reason, &call.fields.join(",")];
    let said: Vec<&str> = parts.into_iter().map(|part: &str| part).filter(|part| !part.is_empty()).collect();
    format!("{} {}", said.join(" "), call.child_count)
}

fn lines(calls: &[Call]) -> Vec<String> {
    calls.iter().map(line).collect()
}

/// A request on behalf of somebody.
fn from<T>(actor: &str, request: T) -> Request<T> {
    let mut request = Request::new(request);
    request.metadata_mut().insert("hutong-actor", actor.parse().unwrap());
    request
}

async fn check(city: &City, code: &str, about: About) -> Result<bool, Status> {
    let mut client = SupportServiceClient::new(city.channel(code).await);
    let request = CheckSupportRequest { about: Some(about), month: None };
    Ok(client.check_support(request).await?.into_inner().supported)
}

async fn every_call_has_its_entry_whatever_became_of_it(backend: Backend) {
    let options = CityOptions::default().set("server.partner_calls_per_second", "2");
    let city = City::start_with(backend, options).await;
    let mut children = city.children().await;
    let registration = Samples::registration(1);
    let first = children.register_child(from("clerk-7", registration.clone())).await.unwrap().into_inner();
    let child = first.child.unwrap();
    let again = children.register_child(from("clerk-8", registration)).await.unwrap().into_inner();
    assert_eq!(again.child.unwrap().id, child.id);
    let known = GetChildRequest { child: child.id.clone(), ..Default::default() };
    let unknown = GetChildRequest { child: "0198b2f0-0000-7000-8000-00000000000f".to_owned(), ..known.clone() };
    children.get_child(from("clerk-7", known)).await.unwrap();
    assert_refused(children.get_child(unknown).await, Code::NotFound, "CHILD_NOT_FOUND");
    let stale = UpdateChildRequest {
        request_id: Samples::request_id(),
        child: child.id.clone(),
        etag: "v0".to_owned(),
        profile: Some(Samples::profile(1)),
        update_mask: Some(prost_types::FieldMask { paths: vec!["remarks".to_owned()] }),
        valid_from: None,
    };
    assert_refused(children.update_child(stale).await, Code::Aborted, "ETAG_MISMATCH");
    let broken = ListChildrenRequest { page_size: -1, ..Default::default() };
    assert_refused(children.list_children(broken).await, Code::InvalidArgument, "INVALID_FIELDS");
    city.register(2).await;
    let mut export = city.rosters().await.export_roster(ExportRosterRequest::default()).await.unwrap().into_inner();
    let mut exported = 0;
    while let Some(part) = export.message().await.unwrap() {
        exported += part.children.len();
    }
    assert_eq!(exported, 2);
    assert_refused(
        children.get_child(from("clerk 7", GetChildRequest::default())).await,
        Code::InvalidArgument,
        "ACTOR_MALFORMED",
    );
    city.mailbox_service("CA").await.list_mailboxes(ListMailboxesRequest {}).await.unwrap();

    let mut audit = Audit::of(&city, AUDITOR).await;
    let entries = audit.all(by_caller("CA")).await;
    let expected = [
        "registry CA clerk-7 RegisterChild ALLOWED 1",
        "registry CA clerk-8 RegisterChild ALLOWED 1",
        "registry CA clerk-7 GetChild ALLOWED 1",
        "registry CA GetChild REFUSED CHILD_NOT_FOUND 1",
        "registry CA UpdateChild REFUSED ETAG_MISMATCH 1",
        "registry CA ListChildren REFUSED INVALID_FIELDS 0",
        "registry CA RegisterChild ALLOWED 1",
        "registry CA ExportRoster ALLOWED 2",
        "registry CA GetChild REFUSED ACTOR_MALFORMED 0",
        "exchange CA ListMailboxes ALLOWED 0",
    ];
    assert_eq!(lines(&entries), expected);
    let [registered, replayed] = [&entries[0], &entries[1]];
    assert_eq!((&registered.children, &replayed.children), (&vec![child.id.clone()], &vec![child.id.clone()]));
    assert_ne!(registered.id, replayed.id, "two calls");
    assert_eq!(registered.method, "hutong.registry.v1.ChildService/RegisterChild");
    assert_eq!(registered.purpose, contract::access::callers(&format!("/{}", registered.method)).unwrap().purpose);

    // A partner: by its own reference, which the audit keeps as the registry's id; then more than its share.
    let reference = city.reference("EDU", &child.id);
    assert!(!check(&city, "EDU", About::Child(reference)).await.unwrap());
    let mut education = ChildServiceClient::new(city.channel("EDU").await);
    let forbidden = GetChildRequest { child: child.id.clone(), ..Default::default() };
    assert_refused(education.get_child(forbidden.clone()).await, Code::PermissionDenied, "NOT_PERMITTED");
    let mut limited = 0;
    for _ in 0..20 {
        let status = education.get_child(forbidden.clone()).await.unwrap_err();
        limited += u64::from(status.code() == Code::ResourceExhausted);
    }
    assert!(limited > 0);
    // Those that follow the first within a second are one entry, which comes then.
    let counts = eventually("all limited calls are counted", async || {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for call in Audit::of(&city, AUDITOR).await.all(by_caller("EDU")).await {
            *counts.entry(line(&call)).or_default() += call.calls;
        }
        (counts.values().sum::<u64>() == 22).then_some(counts)
    });
    let counts = counts.await;
    let expected = [
        ("registry EDU CheckSupport ALLOWED 1".to_owned(), 1),
        ("registry EDU GetChild REFUSED NOT_PERMITTED 0".to_owned(), 21 - limited),
        ("registry EDU GetChild REFUSED TOO_MANY_CALLS 0".to_owned(), limited),
    ];
    assert_eq!(counts, BTreeMap::from(expected));

    // Another partner, whose mailbox is the exchange's affair.
    let mailbox = city.mailbox_service("HC").await.get_mailbox(GetMailboxRequest::default()).await;
    assert!(mailbox.is_ok());
    let refused = city.mailbox_service("HC").await.list_mailboxes(ListMailboxesRequest {}).await;
    assert_refused(refused, Code::PermissionDenied, "NOT_PERMITTED");
    let expected = ["exchange HC GetMailbox ALLOWED 0", "exchange HC ListMailboxes REFUSED NOT_PERMITTED 0"];
    assert_eq!(lines(&audit.all(by_caller("HC")).await), expected);
    city.close().await;
}

async fn the_audit_tells_who_saw_a_child_and_what_a_caller_asked(backend: Backend) {
    let city = City::start(backend).await;
    let (one, other) = (city.register(1).await, city.register(2).await);
    let mut children = city.children().await;
    let read = |child: &str| GetChildRequest { child: child.to_owned(), ..Default::default() };
    for actor in ["ann", "bob", "ann"] {
        children.get_child(from(actor, read(&one.id))).await.unwrap();
    }
    children.get_child(read(&other.id)).await.unwrap();
    children.list_children(ListChildrenRequest::default()).await.unwrap();
    check(&city, "HUD", About::CitizenId(one.profile.clone().unwrap().citizen_id)).await.unwrap();
    check(&city, "EDU", About::Child(city.reference("HUD", &one.id))).await.unwrap_err();
    // Health may look, in an emergency, and not see the category.
    city.confirm(&one.id, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
    let mut looking = Request::new(read(&city.reference("HC", &one.id)));
    looking.metadata_mut().insert_bin("hutong-emergency-bin", MetadataValue::from_bytes("孩子失联".as_bytes()));
    ChildServiceClient::new(city.channel("HC").await).get_child(looking).await.unwrap();

    let mut audit = Audit::of(&city, AUDITOR).await;
    let seen = audit.list(ListCallsRequest { with_totals: true, ..by_child(&one.id) }).await.unwrap();
    let expected = [
        "registry HC GetChild REDACTED child.categories.category 1",
        "registry CA ConfirmCategory ALLOWED 1",
        "registry HUD CheckSupport ALLOWED 1",
        "registry CA ListChildren ALLOWED 2",
        "registry CA ann GetChild ALLOWED 1",
        "registry CA bob GetChild ALLOWED 1",
        "registry CA ann GetChild ALLOWED 1",
        "registry CA RegisterChild ALLOWED 1",
    ];
    assert_eq!(lines(&seen.calls), expected, "whom somebody meant by another's reference, nobody knows");
    assert!(seen.calls.iter().all(|call| call.children == [one.id.clone()]), "of another child it tells nothing");
    assert_eq!(seen.totals, Some(CallTotals { allowed: 7, redacted: 1, children: 1, ..Default::default() }));
    // That it was read is the next entry.
    let again = audit.list(ListCallsRequest { page_size: 1, ..by_child(&one.id) }).await.unwrap();
    assert_eq!(lines(&again.calls), ["registry CA ListCalls ALLOWED 1"]);
    let ann = audit.all(ListCallsRequest { actor: "ann".to_owned(), ..by_child(&one.id) }).await;
    assert_eq!(ann.len(), 2);

    let refused = ListCallsRequest { decision: Decision::Refused.into(), with_totals: true, ..by_caller("EDU") };
    let refused = audit.list(refused).await.unwrap();
    assert_eq!(lines(&refused.calls), ["registry EDU CheckSupport REFUSED CHILD_NOT_FOUND 1"]);
    assert_eq!(refused.totals, Some(CallTotals { refused: 1, children: 1, ..Default::default() }));
    let at = ann[1].time.unwrap();
    let until = audit.all(ListCallsRequest { until: Some(at), ..by_child(&one.id) }).await;
    let since = audit.all(ListCallsRequest { from: Some(at), ..by_child(&one.id) }).await;
    assert_eq!(until.len(), 3, "RegisterChild, ann, bob");
    assert_eq!(line(&since[0]), "registry CA ann GetChild ALLOWED 1");

    // Page by page over both services' audits, each entry once.
    city.mailbox_service("CA").await.list_mailboxes(ListMailboxesRequest {}).await.unwrap();
    let until = Some(prost_types::Timestamp { seconds: at.seconds + 3_600, nanos: 0 });
    let whole = ListCallsRequest { page_size: 500, until, ..by_caller("CA") };
    let first = audit.list(whole.clone()).await.unwrap().calls;
    let paged = ListCallsRequest { page_size: 3, ..whole.clone() };
    let mut found = audit.all(paged.clone()).await;
    found.retain(|call| first.iter().any(|one| (&one.service, one.sequence) == (&call.service, call.sequence)));
    found.reverse();
    assert_eq!(found, first);
    let services: BTreeSet<&str> = first.iter().map(|call| call.service.as_str()).collect();
    assert_eq!(services, BTreeSet::from(["exchange", "registry"]));
    let token = audit.list(paged.clone()).await.unwrap().next_page_token;
    for (page_token, caller) in [(token.clone(), "EDU"), (format!("{token}A"), "CA"), ("nothing".to_owned(), "CA")] {
        let request = ListCallsRequest { page_token, caller: caller.to_owned(), ..paged.clone() };
        let mut client = audit.0.clone();
        assert_refused(client.list_calls(request).await, Code::InvalidArgument, "PAGE_TOKEN_INVALID");
    }

    let get = |service: &str, sequence| GetCallRequest { service: service.to_owned(), sequence };
    let listed = &seen.calls[3];
    let call = audit.0.get_call(get("registry", listed.sequence)).await.unwrap().into_inner().call.unwrap();
    assert_eq!(call.children.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&one.id, &other.id]));
    for (service, sequence) in [("registry", 0), ("registry", 100_000), ("court", 1)] {
        assert_refused(audit.0.get_call(get(service, sequence)).await, Code::NotFound, "ENTRY_NOT_FOUND");
    }
    let mut stranger = Audit::of(&city, "EDU").await;
    assert_refused(stranger.0.list_calls(by_caller("EDU")).await, Code::PermissionDenied, "NOT_PERMITTED");
    city.close().await;
}

async fn each_part_of_an_import_is_recorded_with_the_children_that_it_opened(backend: Backend) {
    let city = City::start(backend).await;
    let roster = fixture("roster.xlsx");
    let imported = json(city.command(&["import", roster.to_str().unwrap(), "--json"]));
    let mut audit = Audit::of(&city, AUDITOR).await;
    let entries = audit.all(by_caller("CA")).await;
    let parts: Vec<&Call> = entries.iter().filter(|call| call.method.ends_with("/ImportRoster")).collect();
    assert!(parts.len() > 1 && parts.iter().all(|part| part.id == parts[0].id), "one call in several parts");
    let mut opened = BTreeSet::new();
    for part in parts {
        let request = GetCallRequest { service: part.service.clone(), sequence: part.sequence };
        let children = audit.0.get_call(request).await.unwrap().into_inner().call.unwrap().children;
        assert_eq!(children.len(), usize::try_from(part.child_count).unwrap());
        opened.extend(children);
    }
    let registered = city.event_log().await.into_iter().filter(|event| event.kind == "registry.child.registered");
    let registered: BTreeSet<String> = registered.map(|event| event.aggregate.to_string()).collect();
    assert_eq!(registered.len() as u64, imported["recorded"].as_u64().unwrap());
    assert_eq!(opened, registered);
    city.close().await;
}

/// A bare broker behind the city's TLS.
async fn broker_elsewhere(city: &City) -> NatsServer {
    let tls = city.data().join("tls");
    let files = ["server.pem", "server.key", "authority.pem"].map(|name| tls.join(name));
    let client = ["service/operator.pem", "service/operator.key", "authority.pem"].map(|name| tls.join(name));
    NatsServer::start(NatsOptions { sync_always: false, tls: Some(files), client: Some(client) }).await
}

async fn a_service_alone_keeps_its_own_audit(backend: Backend) {
    let mut city = City::start(backend).await;
    let child = city.register(1).await.id;
    let broker = broker_elsewhere(&city).await;
    assert!(city.stop().await.success());
    city.restart_with(|options| options.only(&["exchange"], &broker.url())).await;
    city.mailbox_service("CA").await.list_mailboxes(ListMailboxesRequest {}).await.unwrap();
    let refused = city.children().await.get_child(GetChildRequest { child, ..Default::default() }).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unimplemented);
    let entries = Audit::of(&city, AUDITOR).await.all(by_caller("CA")).await;
    let expected = ["exchange CA ListMailboxes ALLOWED 0", "exchange CA GetChild REFUSED UNIMPLEMENTED 0"];
    assert_eq!(lines(&entries), expected, "a method whose service is elsewhere is nobody's");
    city.abandon();
}
