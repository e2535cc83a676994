//! Forbidden operations by the dozen, with real certificates, at both doors: all denied, and all in the audit.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::{self, consumer::pull};
use bytes::Bytes;
use contract::audit::v1::audit_service_client::AuditServiceClient;
use contract::audit::v1::{Decision, ListCallsRequest};
use contract::registry::v1::CheckSupportRequest;
use contract::registry::v1::check_support_request::About;
use http::uri::PathAndQuery;
use kernel::{Clock as _, SystemClock};
use platform::identity::Credentials;
use prost::Message;
use rcgen::string::Ia5String;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, SanType};
use tests::both_databases;
use tests::city::{Backend, City, CityOptions};
use tests::wait::eventually;
use time::{Duration as Span, OffsetDateTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

both_databases!(
    every_department_is_refused_every_call_that_the_contract_does_not_name_it_for,
    no_trick_opens_the_grpc_door,
    no_trick_opens_anothers_account,
);

const SUPPORT: &str = "/hutong.registry.v1.SupportService/CheckSupport";
const GET_CHILD: &str = "/hutong.registry.v1.ChildService/GetChild";

/// Calls a method, whatever it takes, with these fields and headers.
async fn call(
    channel: &Channel,
    path: &str,
    message: impl Message + 'static,
    headers: &[(&'static str, &str)],
) -> Result<(), Status> {
    let mut request = Request::new(message);
    for (name, value) in headers {
        match name.strip_suffix("-bin") {
            Some(_) => {
                request.metadata_mut().insert_bin(*name, MetadataValue::from_bytes(value.as_bytes()));
            }
            None => {
                request.metadata_mut().insert(*name, value.parse().unwrap());
            }
        }
    }
    let mut client = tonic::client::Grpc::new(channel.clone()).max_encoding_message_size(64 << 20);
    client.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let path: PathAndQuery = path.parse().unwrap();
    client.unary(request, path, ProstCodec::<_, ()>::default()).await.map(drop)
}

/// How many refused calls of a caller stand in the audit.
async fn refused(audit: &mut AuditServiceClient<Channel>, caller: &str, method: Option<&str>) -> u64 {
    let mut request = ListCallsRequest {
        caller: caller.to_owned(),
        decision: Decision::Refused.into(),
        page_size: 500,
        ..Default::default()
    };
    let mut count = 0;
    loop {
        let page = audit.list_calls(request.clone()).await.unwrap().into_inner();
        let counted = page.calls.iter().filter(|call| method.is_none_or(|method| call.method == method));
        count += counted.map(|call| call.calls).sum::<u64>();
        if page.next_page_token.is_empty() {
            return count;
        }
        request.page_token = page.next_page_token;
    }
}

async fn audit(city: &City) -> AuditServiceClient<Channel> {
    AuditServiceClient::new(city.channel("CA").await)
}

/// A city whose partners may knock as fast as they like.
async fn patient_city(backend: Backend) -> City {
    let options = CityOptions::default().set("server.partner_calls_per_second", "1000000");
    City::start_with(backend, options.set("server.partner_calls_at_once", "1000")).await
}

async fn every_department_is_refused_every_call_that_the_contract_does_not_name_it_for(backend: Backend) {
    let city = patient_city(backend).await;
    let mut audit = audit(&city).await;
    let mut paths: Vec<_> = contract::access::methods().iter().collect();
    paths.sort_by_key(|(path, _)| path.as_str());
    for entry in contract::department::all().iter().filter(|entry| !entry.owner) {
        let channel = city.channel(&entry.code).await;
        let mut denied = 0;
        for (path, callers) in &paths {
            if callers.allow_department(entry.department) {
                continue;
            }
            let status = call(&channel, path, (), &[]).await.unwrap_err();
            assert_eq!(status.code(), Code::PermissionDenied, "{} {path}", entry.code);
            denied += 1;
        }
        assert!(denied > 60, "{}: {denied}", entry.code);
        eventually("every refusal is in the audit", async || {
            (refused(&mut audit, &entry.code, None).await == denied).then_some(())
        })
        .await;
    }
    city.close().await;
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(SystemClock.now().as_micros() / 1_000_000).unwrap()
}

/// The city's own authority signs what a careless clerk might have asked it for.
fn careless(city: &City, change: impl FnOnce(&mut CertificateParams)) -> Credentials {
    let read = |name: &str| std::fs::read_to_string(city.data().join("tls").join(name)).unwrap();
    let authority = KeyPair::from_pem(&read("authority.key")).unwrap();
    let issuer = Issuer::from_ca_cert_pem(&read("authority.pem"), authority).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.not_before = now() - Span::days(2);
    params.not_after = now() + Span::days(2);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    Credentials::new(
        certificate.pem().into_bytes(),
        key.serialize_pem().into_bytes(),
        read("authority.pem").into_bytes(),
    )
}

fn uri(text: &str) -> SanType {
    SanType::URI(Ia5String::try_from(text).unwrap())
}

async fn no_trick_opens_the_grpc_door(backend: Backend) {
    let city = patient_city(backend).await;
    let child = city.register(1).await;
    let mut audit = audit(&city).await;
    let education = city.channel("EDU").await;
    let asked = |about: &str| CheckSupportRequest { about: Some(About::Child(about.to_owned())), month: None };
    let own = city.reference("EDU", &child.id);
    let (foreign, raw) = (city.reference("HUD", &child.id), child.id.clone());
    call(&education, SUPPORT, asked(&own), &[]).await.unwrap();

    let mut tricks: Vec<(&str, Status)> = Vec::new();
    let mut tried = async |what, status: Result<(), Status>| tricks.push((what, status.expect_err(what)));
    // References that are another's, or written so that the service might read what the door did not.
    for (what, about) in [
        ("another's reference", foreign.clone()),
        ("the registry's id", raw.clone()),
        ("a reference in capitals", own.to_uppercase()),
        ("a reference without hyphens", own.replace('-', "")),
        ("a reference in braces", format!("{{{own}}}")),
        ("a reference as a URN", format!("urn:uuid:{own}")),
        ("a reference with a space", format!(" {own}")),
        ("no reference", String::new()),
        ("the nil reference", "00000000-0000-0000-0000-000000000000".to_owned()),
        ("an injection", "' OR 1=1 --".to_owned()),
    ] {
        tried(what, call(&education, SUPPORT, asked(&about), &[]).await).await;
    }
    // Twice the same field: the last one counts for the service, both for the door.
    let twice = [asked(&own).encode_to_vec(), asked(&raw).encode_to_vec()].concat();
    let twice = CheckSupportRequest::decode(twice.as_slice()).unwrap();
    tried("two references", call(&education, SUPPORT, twice, &[]).await).await;
    // A person's number that is none, a message of another shape, fields that there are not.
    let number = CheckSupportRequest { about: Some(About::CitizenId("37162120120101000X".into())), month: None };
    tried("a wrong citizen ID", call(&education, SUPPORT, number, &[]).await).await;
    tried("a number for a text", call(&education, SUPPORT, 7_u64, &[]).await).await;
    tried("no message", call(&education, SUPPORT, (), &[]).await).await;
    tried("an oversized message", call(&education, SUPPORT, "x".repeat(5 << 20), &[]).await).await;
    // An emergency that is none of its business, and one that says nothing.
    let emergency = "hutong-emergency-bin";
    tried("an emergency of education", call(&education, GET_CHILD, (), &[(emergency, "急")]).await).await;
    let police = city.channel("PSB").await;
    tried("an emergency without a word", call(&police, GET_CHILD, (), &[(emergency, " ")]).await).await;
    let long = "急".repeat(501);
    tried("an emergency of many words", call(&police, GET_CHILD, (), &[(emergency, &long)]).await).await;
    let update = "/hutong.registry.v1.ChildService/UpdateChild";
    tried("a change in an emergency", call(&police, update, (), &[(emergency, "急")]).await).await;
    // Who one is stands in the certificate, and in no header.
    for (what, name) in [
        ("a caller in a header", "hutong-caller"),
        ("a department in a header", "x-department"),
        ("a certificate in a header", "x-forwarded-client-cert"),
        ("an identity in a header", "x-spiffe-id"),
        ("an authorization", "authorization"),
    ] {
        let headers = [(name, "spiffe://binzhou.hutong/department/CA")];
        tried(what, call(&education, GET_CHILD, (), &headers).await).await;
    }
    let long_actor = "a".repeat(65);
    for (what, actor) in [("an actor with a slash", "a/b"), ("a long actor", &long_actor), ("an actor of two", "a b")] {
        tried(what, call(&education, SUPPORT, asked(&own), &[("hutong-actor", actor)]).await).await;
    }
    // Paths that nearly are one.
    for path in [
        "/hutong.registry.v1.ChildService/",
        "/hutong.registry.v1.ChildService/getchild",
        "/hutong.registry.v1.ChildService/GetChild/",
        "//hutong.registry.v1.SupportService/CheckSupport",
        "/hutong.registry.v1.SupportService/../ChildService/GetChild",
        "/hutong.registry.v1.SupportService%2FCheckSupport",
        "/hutong.registry.v2.ChildService/GetChild",
        "/grpc.health.v1.HealthX/Check",
        "/",
    ] {
        tried(path, call(&education, path, (), &[]).await).await;
    }
    let denied = [Code::PermissionDenied, Code::NotFound, Code::InvalidArgument, Code::OutOfRange];
    for (what, status) in &tricks {
        assert!(denied.contains(&status.code()), "{what}: {status:?}");
        assert!(!status.message().contains(&child.id), "{what} tells the registry's id");
    }
    let by_police = 3;
    let by_education = tricks.len() as u64 - by_police;
    assert_eq!(refused(&mut audit, "EDU", None).await, by_education, "every one is in the audit");
    assert_eq!(refused(&mut audit, "PSB", None).await, by_police);

    // Certificates of our own authority that name nobody, or more than one.
    let nobody: Vec<(&str, Credentials)> = vec![
        (
            "two URIs",
            careless(&city, |it| {
                it.subject_alt_names =
                    ["EDU", "CA"].map(|code| uri(&format!("spiffe://binzhou.hutong/department/{code}"))).into();
            }),
        ),
        ("a name in the subject", careless(&city, |it| it.distinguished_name.push(DnType::CommonName, "CA"))),
        (
            "a URI in the subject",
            careless(&city, |it| {
                it.distinguished_name.push(DnType::CommonName, "spiffe://binzhou.hutong/department/CA");
            }),
        ),
        (
            "a host",
            careless(&city, |it| {
                it.subject_alt_names = vec![SanType::DnsName(Ia5String::try_from("department.CA").unwrap())];
            }),
        ),
        (
            "an address",
            careless(&city, |it| {
                it.subject_alt_names = vec![SanType::Rfc822Name(Ia5String::try_from("CA@binzhou.hutong").unwrap())];
            }),
        ),
        ("another city", careless(&city, |it| it.subject_alt_names = vec![uri("spiffe://other.city/department/CA")])),
        (
            "a longer path",
            careless(&city, |it| {
                it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/department/CA/x")];
            }),
        ),
        (
            "a path that climbs",
            careless(&city, |it| {
                it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/department/../service/registry")];
            }),
        ),
        (
            "small letters",
            careless(&city, |it| it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/department/ca")]),
        ),
        (
            "an escape",
            careless(&city, |it| it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/department/%43A")]),
        ),
        (
            "another scheme",
            careless(&city, |it| it.subject_alt_names = vec![uri("https://binzhou.hutong/department/CA")]),
        ),
        ("neither", careless(&city, |it| it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/person/CA")])),
    ];
    for (what, credentials) in &nobody {
        let channel = platform::client::connect_lazily(&city.endpoints().grpc, credentials).unwrap();
        let status = call(&channel, GET_CHILD, (), &[]).await.expect_err(what);
        assert_eq!(status.code(), Code::Unauthenticated, "{what}: {status:?}");
        // Its key is not among those that were admitted.
        assert!(platform::nats::connect(&city.endpoints().nats, credentials, "EDU").await.is_err(), "{what} at NATS");
    }
    assert_eq!(refused_nobody(&mut audit).await, nobody.len() as u64, "every one is in the audit, of nobody");

    // What does not even get through the handshake names nobody, and is in the log.
    let ended = careless(&city, |it| {
        it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/department/CA")];
        it.not_after = now() - Span::days(1);
    });
    let early = careless(&city, |it| {
        it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/department/CA")];
        it.not_before = now() + Span::days(1);
    });
    let for_servers = careless(&city, |it| {
        it.subject_alt_names = vec![uri("spiffe://binzhou.hutong/department/CA")];
        it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    for (what, credentials) in [("ended", ended), ("not begun", early), ("a server's", for_servers)] {
        let channel = platform::client::connect_lazily(&city.endpoints().grpc, &credentials).unwrap();
        assert!(!speaks(call(&channel, GET_CHILD, (), &[]).await), "{what}");
    }
    let plain = Endpoint::from_shared(format!("http://{}", city.endpoints().grpc)).unwrap().connect_lazy();
    assert!(!speaks(call(&plain, GET_CHILD, (), &[]).await), "in plain text");
    for garbage in
        [&b"GET / HTTP/1.1\r\n\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[0x16, 3, 1, 0xff, 0xff], &[0; 600]]
    {
        let mut stream = tokio::net::TcpStream::connect(&city.endpoints().grpc).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // It is cut, with an alert or without a word.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.len() < 100, "{} bytes in answer to garbage", answer.len());
    }
    // Who says nothing holds up nobody.
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(tokio::net::TcpStream::connect(&city.endpoints().grpc).await.unwrap());
    }
    call(&education, SUPPORT, asked(&own), &[]).await.unwrap();
    drop(silent);
    city.close().await;
}

/// Whether anything of ours answers.
fn speaks(answer: Result<(), Status>) -> bool {
    use tonic_types::StatusExt as _;
    match answer {
        Ok(()) => true,
        Err(status) => status.get_error_details().error_info().is_some_and(|info| info.domain == "hutong"),
    }
}

/// How many refused calls of nobody stand in the audit.
async fn refused_nobody(audit: &mut AuditServiceClient<Channel>) -> u64 {
    let request = ListCallsRequest { decision: Decision::Refused.into(), page_size: 500, ..Default::default() };
    let page = audit.list_calls(request).await.unwrap().into_inner();
    assert_eq!(page.next_page_token, "", "one page holds all");
    page.calls.iter().filter(|call| call.caller.is_empty()).map(|call| call.calls).sum()
}

async fn no_trick_opens_anothers_account(backend: Backend) {
    let city = patient_city(backend).await;
    for number in 0..3 {
        city.register(number).await;
    }
    city.settle().await;
    let before = mailboxes(&city).await;
    let stream = city.event_stream().await;
    let mut audit = audit(&city).await;
    let education = city.nats("EDU").await;

    let mut published = 0;
    let apis = ["STREAM.DELETE", "STREAM.PURGE", "STREAM.UPDATE", "STREAM.INFO", "STREAM.MSG.GET", "STREAM.MSG.DELETE"];
    let accounts = ["$JS.API", "$JS.HC.API", "$JS.EDU.API", "$JS.PLATFORM.API", "to.HC.$JS.API"];
    for api in apis {
        for account in accounts {
            let name = if account.contains("HC") || account.contains("EDU") { "MAILBOX" } else { "EVT_REGISTRY" };
            education.publish(format!("{account}.{api}.{name}"), Bytes::from_static(b"{}")).await.unwrap();
            published += 1;
        }
    }
    for subject in [
        "hutong.v1.registry.child.registered.371621",
        "to.EDU.hutong.v1.registry.child.registered.371621",
        "to.HC.hutong.v1.registry.child.registered.371621",
        "$SYS.REQ.SERVER.PING",
        "$SYS.REQ.ACCOUNT.MAILBOX_HC.CONNZ",
        "$SYS.ACCOUNT.MAILBOX_HC.CONNECT",
        "_INBOX.registry.x",
        "_INBOX.HC.x",
        "$JS.API.ACCOUNT.PURGE.MAILBOX_HC",
        "$JS.API.META.LEADER.STEPDOWN",
        "$JS.API.CONSUMER.CREATE.EVT_REGISTRY.x",
        "$JS.API.STREAM.CREATE.EVIL",
    ] {
        education.publish(subject, Bytes::from_static(b"forged")).await.unwrap();
        published += 1;
    }
    let mut listened = 0;
    for subject in [">", "*", "hutong.>", "to.>", "$JS.>", "$SYS.>", "MAILBOX.>"] {
        drop(education.subscribe(subject).await.unwrap());
        listened += 1;
    }
    education.flush().await.unwrap();
    eventually("every refusal is in the audit", async || {
        let told = [
            refused(&mut audit, "EDU", Some("nats publish")).await,
            refused(&mut audit, "EDU", Some("nats subscribe")).await,
        ];
        (told == [published, listened]).then_some(())
    })
    .await;

    // The reply-subject trick: allowed as it is, answered into the void.
    let own = jetstream::new(education.clone()).get_stream("MAILBOX").await.unwrap();
    let consumer = own.create_consumer(pull::Config::default()).await.unwrap();
    let next = format!("$JS.API.CONSUMER.MSG.NEXT.MAILBOX.{}", consumer.cached_info().name);
    for reply in ["$JS.API.STREAM.DELETE.EVT_REGISTRY", "$JS.HC.API.STREAM.DELETE.MAILBOX", "to.HC.hutong.v1.x"] {
        education
            .publish_with_reply(next.clone(), reply, Bytes::from_static(br#"{"batch":1,"no_wait":true}"#))
            .await
            .unwrap();
    }
    education.flush().await.unwrap();
    // All others go on as they were.
    city.register(9).await;
    eventually("all others have the next event", async || {
        let after = mailboxes(&city).await;
        let others = before.iter().filter(|(code, _)| code.as_str() != "EDU");
        others.into_iter().all(|(code, before)| after[code].0 >= before.0).then_some(())
    })
    .await;
    let after = city.event_stream().await;
    assert_eq!(after[..stream.len()], stream[..], "the event stream is as it was");
    assert_others_cannot_be_reached(&education).await;
    city.close().await;
}

async fn mailboxes(city: &City) -> BTreeMap<String, (u64, u64)> {
    let counts = city.mailbox_counts().await;
    counts.into_iter().map(|(code, state)| (code, state.expect("every mailbox is there"))).collect()
}

/// A request to another account gets no answer of it.
async fn assert_others_cannot_be_reached(education: &Client) {
    for subject in ["$JS.HC.API.STREAM.INFO.MAILBOX", "$JS.API.STREAM.INFO.EVT_REGISTRY"] {
        let answer = tokio::time::timeout(Duration::from_millis(200), education.request(subject, Bytes::new())).await;
        if let Ok(Ok(message)) = answer {
            let text = String::from_utf8_lossy(&message.payload);
            assert!(text.contains("error"), "{subject} answers {text}");
        }
    }
}
