//! What departments find in their mailboxes: what the contract grants, provably whole, and nothing that tells more.

use contract::exchange::v1::{GetMailboxRequest, MailboxState, RebuildMailboxRequest};
use contract::registry::v1::{Category, CategoryConfirmed, ChildProfile, ChildRegistered, SupportTier};
use messaging::mailbox::MailboxReader;
use messaging::seal::Verifier;
use prost::Message;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Delivered, Samples};
use tests::wait::eventually;

both_databases!(
    every_mailbox_holds_what_the_contract_grants_and_proves_it,
    an_hiv_affected_child_cannot_be_told_from_an_orphan,
    a_county_department_gets_its_county_only,
    a_mailbox_may_be_json,
    a_rebuilt_mailbox_is_the_same_mailbox,
    a_forged_message_is_found_out,
);

/// Children of two counties with categories of every tier and of none.
async fn live(city: &City) {
    let day = Samples::day(2025, 5, 17);
    for number in 0..12 {
        let division = if number % 3 == 0 { "371602" } else { "371621101" };
        let profile = ChildProfile { household_division: division.to_owned(), ..Samples::profile(number) };
        let child = city.register_profile(profile).await;
        let category = match number % 4 {
            0 => Category::InstitutionalOrphan,
            1 => Category::HivAffected,
            2 => Category::KeyDifficulty,
            _ => Category::LeftBehind,
        };
        city.confirm(&child.id, category, day).await;
    }
    city.settle().await;
}

async fn every_mailbox_holds_what_the_contract_grants_and_proves_it(backend: Backend) {
    let city = City::start(backend).await;
    live(&city).await;
    let log = city.event_log().await;
    let granted: Vec<_> = city.mailboxes().iter().map(|entry| entry.code.clone()).collect();
    for code in granted {
        let mailbox = city.mailbox(&code).await;
        let contents: Vec<_> = mailbox.iter().map(|one| (one.subject.clone(), one.payload.clone())).collect();
        assert_eq!(contents, city.expected_mailbox(&code, &log), "{code}");
        prove(&city, &code, &mailbox).await;
        for message in &mailbox {
            let event = contract::event::by_name(message.header("ce-type")).unwrap();
            let logged = log.iter().find(|logged| logged.id.to_string() == message.header("ce-id")).unwrap();
            assert_eq!(message.header("ce-specversion"), "1.0");
            assert_eq!((&logged.kind, logged.subject()), (&event.name, message.subject.clone()));
            assert!(!message.header("ce-source").is_empty() && !message.header("ce-time").is_empty());
            assert_eq!(message.header("content-type"), "application/protobuf");
        }
    }
    for (code, expected) in [("EDU", 12), ("HC", 12), ("FL", 12), ("CRT", 12), ("FIN", 9), ("STA", 0), ("PSB", 0)] {
        assert_eq!(city.mailbox(code).await.len(), expected, "{code}");
    }
    city.close().await;
}

async fn an_hiv_affected_child_cannot_be_told_from_an_orphan(backend: Backend) {
    let city = City::start(backend).await;
    let day = Samples::day(2025, 5, 17);
    let orphan = city.register(1).await.id;
    let affected = city.register(2).await.id;
    city.confirm(&orphan, Category::ScatteredOrphan, day).await;
    city.confirm(&affected, Category::HivAffected, day).await;
    city.settle().await;

    let shape = |messages: &[Delivered], child: &str| -> Vec<_> {
        messages
            .iter()
            .filter(|message| child_of(message) == child)
            .map(|message| {
                let mut headers: Vec<_> = message
                    .headers
                    .iter()
                    .flat_map(|(name, values)| values.iter().map(|value| (name.to_string(), value.as_str().len())))
                    .collect();
                headers.sort();
                (message.subject.clone(), message.payload.len(), headers)
            })
            .collect()
    };
    for code in ["EDU", "HC", "FL", "CRT", "FIN"] {
        let mailbox = city.mailbox(code).await;
        let shapes = [&orphan, &affected].map(|child| shape(&mailbox, &city.reference(code, child)));
        assert_eq!(shapes[0], shapes[1], "{code} can tell them apart by subject, size or headers");
        assert_eq!(shapes[0].len(), 1, "{code} gets one message of each");
    }

    let education = city.mailbox("EDU").await;
    let told: Vec<_> = education.iter().map(|one| ChildRegistered::decode(one.payload.clone()).unwrap()).collect();
    let but_for_the_child = |event: &ChildRegistered| (event.county.clone(), event.birth_month, event.registered_on);
    assert_eq!(but_for_the_child(&told[0]), but_for_the_child(&told[1]));

    let finance = city.mailbox("FIN").await;
    let told: Vec<_> = finance.iter().map(|one| CategoryConfirmed::decode(one.payload.clone()).unwrap()).collect();
    assert!(told.iter().all(|event| event.tier() == SupportTier::B), "finance sees tier B of both");
    for message in education.iter().chain(&finance) {
        assert!(message.payload.windows(3).all(|window| !window.eq_ignore_ascii_case(b"hiv")));
    }
    city.close().await;
}

async fn a_county_department_gets_its_county_only(backend: Backend) {
    let departments = "[[mailbox]]\ncode = \"EDU-371621\"\n[[mailbox]]\ncode = \"FL\"\nenabled = false\n";
    let city = City::start_with(backend, CityOptions::default().departments(departments)).await;
    live(&city).await;
    let county = city.mailbox("EDU-371621").await;
    assert_eq!(county.len(), 8);
    assert!(county.iter().all(|message| message.subject.ends_with(".371621")));
    prove(&city, "EDU-371621", &county).await;
    assert_eq!(city.mailbox("EDU").await.len(), 12);
    city.close().await;
}

async fn a_mailbox_may_be_json(backend: Backend) {
    let departments = "[[mailbox]]\ncode = \"EDU\"\nformat = \"json\"\n";
    let city = City::start_with(backend, CityOptions::default().departments(departments)).await;
    let child = city.register(1).await.id;
    city.settle().await;
    let mailbox = city.mailbox("EDU").await;
    let event: serde_json::Value = serde_json::from_slice(&mailbox[0].payload).unwrap();
    assert_eq!((&event["child"], &event["county"]), (&city.reference("EDU", &child).into(), &"371621".into()));
    assert_eq!(mailbox[0].header("content-type"), "application/json");
    prove(&city, "EDU", &mailbox).await;
    city.close().await;
}

async fn a_rebuilt_mailbox_is_the_same_mailbox(backend: Backend) {
    let city = City::start(backend).await;
    live(&city).await;
    let before = city.mailbox("EDU").await;
    let mut owner = city.mailbox_service("CA").await;
    owner.rebuild_mailbox(RebuildMailboxRequest { code: "EDU".into() }).await.unwrap();
    eventually("the mailbox is rebuilt", async || {
        let request = GetMailboxRequest { code: "EDU".into() };
        let mailbox = owner.get_mailbox(request).await.ok()?.into_inner().mailbox?;
        (mailbox.state() == MailboxState::Following && mailbox.messages == 12).then_some(())
    })
    .await;
    assert_eq!(city.mailbox("EDU").await, before, "same numbers, headers and bytes");
    city.close().await;
}

async fn a_forged_message_is_found_out(backend: Backend) {
    let city = City::start(backend).await;
    live(&city).await;
    let mailbox = city.mailbox("EDU").await;
    let fails = async |what: &str, forge: fn(&mut Vec<Delivered>)| {
        let mut forged = mailbox.clone();
        forge(&mut forged);
        let mut reader = reader(&city, "EDU").await;
        let result = forged.iter().try_fold(0, |missing, one| {
            let verified = reader.check(&one.headers, &one.subject, &one.payload, one.sequence)?;
            Ok::<_, messaging::mailbox::Forged>(missing + verified.missing)
        });
        assert!(!matches!(result, Ok(0)), "not found out: {what}");
    };
    fails("a changed body", |all| {
        let mut body = all[3].payload.to_vec();
        body[10] ^= 1;
        all[3].payload = body.into();
    })
    .await;
    fails("another subject", |all| all[3].subject = all[3].subject.replace("registered", "updated")).await;
    fails("another county", |all| all[3].subject = all[3].subject.replace(".3716", ".3717")).await;
    fails("another time", |all| all[3].headers.insert("ce-time", "2020-01-01T00:00:00.000000Z")).await;
    fails("a removed message", |all| drop(all.remove(3))).await;
    fails("two exchanged messages", |all| all.swap(3, 4)).await;
    fails("a repeated message", |all| all.insert(3, all[3].clone())).await;
    city.close().await;
}

/// Chain, numbers and signatures from the first message to the last, with nothing missing.
async fn prove(city: &City, code: &str, mailbox: &[Delivered]) {
    let mut reader = reader(city, code).await;
    for message in mailbox {
        let verified = reader.check(&message.headers, &message.subject, &message.payload, message.sequence);
        let verified = verified.unwrap_or_else(|forged| panic!("{code} {}: {forged}", message.sequence));
        assert_eq!(verified.missing, 0, "{code} misses messages before {}", message.sequence);
    }
}

async fn reader(city: &City, code: &str) -> MailboxReader {
    let request = GetMailboxRequest { code: code.to_owned() };
    let mailbox = city.mailbox_service("CA").await.get_mailbox(request).await.unwrap().into_inner().mailbox.unwrap();
    MailboxReader::new(code, Verifier::from_hex(&mailbox.signing_key).unwrap())
}

fn child_of(message: &Delivered) -> String {
    let event = contract::event::by_name(message.header("ce-type")).unwrap();
    event.subject_of(&message.payload).unwrap().aggregate.to_string()
}
