//! The word of a third party on what the logs were: taken, kept, proved offline, missed loudly.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::evidence::v1::evidence_service_client::EvidenceServiceClient;
use contract::evidence::v1::{Checkpoint, ListCheckpointsRequest, TimeStamp};
use kernel::{Clock as _, ManualClock, SystemClock};
use messaging::checkpoints::{CheckpointSettings, Checkpointer, LogEvidence};
use messaging::seal::Signer;
use messaging::time_stamps::TimeStamper;
use platform::config::{Config, EvidenceConfig, TimeStampConfig};
use tests::both_databases;
use tests::city::{Backend, City, CityOptions};
use tests::evidence::refit;
use tests::time_stamp_authority::{Conduct, TimeStampAuthority, run};
use tests::wait::eventually;
use tokio_util::sync::CancellationToken;

use crate::evidence::{Court, lines};
use crate::small_service::{SmallService, child};

both_databases!(
    what_an_authority_has_stamped_is_proved_offline_by_its_certificate,
    a_city_whose_authority_is_silent_goes_on_and_tells_it_once,
    the_authority_is_asked_now_and_then_and_after_a_failure_again,
    nothing_but_the_authoritys_word_is_kept,
    an_authority_behind_https_is_asked_if_the_machine_trusts_its_server,
    an_authority_that_cannot_be_asked_is_a_wrong_setting,
);

fn stamped_by(authority: &TimeStampAuthority) -> CityOptions {
    CityOptions::default()
        .set("evidence.checkpoint_seconds", "1")
        .set("evidence.time_stamp.url", authority.url())
        .set("evidence.time_stamp.authority", authority.certificate().to_str().unwrap())
        .set("evidence.time_stamp.interval_seconds", "1")
}

/// The registry's checkpoints, once the last one of so many events has a time-stamp.
async fn stamped(city: &City, events: u64) -> Vec<Checkpoint> {
    let mut logs = EvidenceServiceClient::new(city.channel("CA").await);
    eventually("the last checkpoint is stamped", async || {
        let request = ListCheckpointsRequest { log: "registry".into(), page_size: 1000, page_token: String::new() };
        let checkpoints = logs.list_checkpoints(request).await.ok()?.into_inner().checkpoints;
        let is_stamped = checkpoints.last().is_some_and(|last| last.size == events && last.time_stamp.is_some());
        is_stamped.then_some(checkpoints)
    })
    .await
}

async fn what_an_authority_has_stamped_is_proved_offline_by_its_certificate(backend: Backend) {
    let authority = TimeStampAuthority::start().await;
    let city = City::start_with(backend, stamped_by(&authority)).await;
    let mut children = Vec::new();
    for number in 1..=3 {
        children.push(city.register(number).await.id);
    }
    stamped(&city, 3).await;
    for number in 4..=6 {
        children.push(city.register(number).await.id);
    }
    let checkpoints = stamped(&city, 6).await;
    city.settle().await;
    let court = Court::of(&city);
    for checkpoint in &checkpoints {
        if let Some(time_stamp) = &checkpoint.time_stamp {
            openssl_agrees(&court.folder, &checkpoint.note, time_stamp, &authority.certificate());
        }
    }

    let file = court.folder.join("edu.evidence");
    let exported = court.export(&city, &file, &[]);
    assert_eq!((&exported["messages"], &exported["in_log"]), (&6.into(), &6.into()));
    let trusting = |certificate: &Path| ["--time-stamp-authority".to_owned(), certificate.to_str().unwrap().to_owned()];
    let report = court.verify_with(&file, &trusting(&authority.certificate()), 0);
    let written = lines(&file);
    let in_file = written.iter().filter(|line| line.get("time_stamp").is_some()).count();
    assert!(in_file >= 2, "one for the first three messages, one for the others: {in_file}");
    assert_eq!((&report["stamped"], &report["time_stamps"]), (&6.into(), &in_file.into()));
    assert_eq!(report["authorities"], serde_json::json!(["CN=stamps,O=Test"]));
    let last = checkpoints.last().unwrap().time_stamp.as_ref().unwrap();
    let time = contract::date::instant(last.time.as_ref().unwrap());
    assert_eq!(report["existed_by"], time.to_string());
    let told = court.told(&file, &trusting(&authority.certificate()));
    let sentence = format!("the events of 6 message(s) existed by {time} according to CN=stamps,O=Test");
    assert!(told.contains(&sentence), "{told}");
    let unchecked = court.verify(&file, 0);
    assert_eq!((&unchecked["time_stamps_checked"], &unchecked["stamped"]), (&false.into(), &0.into()));
    let of_another = court.verify_with(&file, &trusting(&authority.impostors_certificate()), 1);
    assert_eq!(of_another["faults"][0]["reason"], "TIME_STAMP");

    // Of one child: the others are withheld, and its time-stamp is there.
    let one = court.folder.join("one.evidence");
    court.export(&city, &one, &["--child", &children[1]]);
    let report = court.verify_with(&one, &trusting(&authority.certificate()), 0);
    assert_eq!((&report["stamped"], &report["time_stamps"]), (&1.into(), &1.into()));

    let whole = std::fs::read_to_string(&file).unwrap();
    let forged = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = whole.lines().map(|line| format!("{line}\n")).collect();
        change(&mut lines);
        let mut bytes = lines.concat().into_bytes();
        refit(&mut bytes);
        std::fs::write(court.folder.join("forged.evidence"), bytes).unwrap();
        let report = court.verify(&court.folder.join("forged.evidence"), 1);
        report["faults"][0]["reason"].as_str().unwrap().to_owned()
    };
    let place = written.iter().position(|line| line.get("time_stamp").is_some()).unwrap();
    let token = written[place]["time_stamp"]["token"].as_str().unwrap();
    let other = STANDARD.encode([1; 100]);
    assert_eq!(forged(&|lines| lines[place] = lines[place].replace(token, &other)), "TIME_STAMP_NOT_KEPT");
    assert_eq!(forged(&|lines| lines.swap(place, place - 1)), "MOVED_LINE");
    assert_eq!(forged(&|lines| lines[0] = lines[0].replace("\"version\":4", "\"version\":3")), "MOVED_LINE");
    city.close().await;
}

/// OpenSSL, which is not ours, says the same of a token.
fn openssl_agrees(folder: &Path, note: &str, time_stamp: &TimeStamp, certificate: &Path) {
    std::fs::write(folder.join("note"), note).unwrap();
    std::fs::write(folder.join("token"), &time_stamp.token).unwrap();
    let certificate = certificate.to_str().unwrap();
    run(folder, &["ts", "-verify", "-data", "note", "-in", "token", "-token_in", "-CAfile", certificate]);
    for file in ["note", "token"] {
        std::fs::remove_file(folder.join(file)).unwrap();
    }
}

async fn a_city_whose_authority_is_silent_goes_on_and_tells_it_once(backend: Backend) {
    let authority = TimeStampAuthority::start().await;
    authority.behave(Conduct::Down);
    let city = City::start_with(backend, stamped_by(&authority).set("evidence.time_stamp.stale_seconds", "2")).await;
    city.register(1).await;
    let log = city.data().join("logs/hutong.log");
    let told = |what: &str| std::fs::read_to_string(&log).unwrap().matches(what).count();
    eventually("the alarm", async || (told("TIME_STAMP_STALE") > 0).then_some(())).await;
    city.register(2).await;
    city.settle().await;
    let asked = authority.asked();
    eventually("it is asked again", async || (authority.asked() > asked).then_some(())).await;
    authority.behave(Conduct::Honest);
    eventually("its end", async || (told("time-stamped again") > 0).then_some(())).await;
    assert_eq!((told("TIME_STAMP_STALE"), told("no time-stamp was to be had")), (1, 1));
    stamped(&city, 2).await;
    city.close().await;
}

/// A small service's log with an authority, by a clock of our own.
struct Stamped {
    service: SmallService,
    authority: TimeStampAuthority,
    clock: ManualClock,
    evidence: LogEvidence,
    stamper: TimeStamper,
    shutdown: CancellationToken,
}

impl Stamped {
    async fn open(backend: Backend) -> Self {
        let service = SmallService::open(backend, "registry").await;
        let authority = TimeStampAuthority::start().await;
        let clock = ManualClock::new(SystemClock.now());
        let shutdown = CancellationToken::new();
        let settings = CheckpointSettings {
            city: "city.test".to_owned(),
            service: "registry".to_owned(),
            database: service.database.clone(),
            journal: service.journal.clone(),
            signer: Signer::generate().unwrap(),
            clock: Arc::new(clock.clone()),
            evidence: EvidenceConfig { checkpoint: Duration::from_hours(24), ..Config::default().evidence },
            shutdown: shutdown.clone(),
        };
        let evidence = Checkpointer::start(settings).unwrap().evidence().clone();
        let stamper = Self::stamper(&evidence, &clock, &authority);
        Self { service, authority, clock, evidence, stamper, shutdown }
    }

    fn stamper(evidence: &LogEvidence, clock: &ManualClock, authority: &TimeStampAuthority) -> TimeStamper {
        let config = TimeStampConfig {
            url: Some(authority.url().to_owned()),
            authority: Some(authority.certificate()),
            timeout: Duration::from_secs(1),
            ..Config::default().evidence.time_stamp
        };
        TimeStamper::new(evidence.clone(), Arc::new(clock.clone()), &config).unwrap().unwrap()
    }

    async fn checkpoint(&self) {
        self.service.tell(child(), true).await;
        self.evidence.make().await.unwrap();
    }

    /// How often the authority was asked by then, and for how many events there is a time-stamp.
    async fn look(&mut self) -> (usize, u64) {
        self.stamper.look().await.unwrap();
        let stamped = self.evidence.last_stamped().await.unwrap();
        (self.authority.asked(), stamped.map_or(0, |checkpoint| checkpoint.size))
    }

    fn later(&self, by: Duration) {
        self.clock.advance(by);
    }
}

async fn the_authority_is_asked_now_and_then_and_after_a_failure_again(backend: Backend) {
    let mut log = Stamped::open(backend).await;
    let hour = Duration::from_hours(1);
    assert_eq!(log.look().await, (0, 0), "there is nothing to stamp");
    log.checkpoint().await;
    assert_eq!(log.look().await, (1, 1), "the first at once");
    log.checkpoint().await;
    assert_eq!(log.look().await, (1, 1), "the next after an hour");
    log.later(hour);
    log.checkpoint().await;
    assert_eq!(log.look().await, (2, 3), "the latest covers the others");
    log.later(hour * 5);
    assert_eq!(log.look().await, (2, 3), "for nothing new nobody is asked");

    log.checkpoint().await;
    log.authority.behave(Conduct::Down);
    assert_eq!(log.look().await, (3, 3));
    assert_eq!(log.look().await, (3, 3), "not at once again");
    for (wait, asked) in [(15, 4), (30, 5), (60, 6)] {
        log.later(Duration::from_secs(wait - 1));
        assert_eq!(log.look().await.0, asked - 1);
        log.later(Duration::from_secs(1));
        assert_eq!(log.look().await.0, asked, "after {wait} s");
    }
    log.authority.behave(Conduct::Honest);
    log.later(Duration::from_secs(120));
    assert_eq!(log.look().await, (7, 4));

    // Whoever starts anew goes on from what is kept.
    log.checkpoint().await;
    let kept = log.evidence.last_stamped().await.unwrap().unwrap().time_stamp.unwrap();
    // If the authority's clock is ahead of ours, not for longer than the interval.
    for now in [kept.time, kept.time.saturating_sub(hour * 5)] {
        log.stamper = Stamped::stamper(&log.evidence, &log.clock, &log.authority);
        log.clock.set(now);
        assert_eq!(log.look().await, (7, 4));
    }
    log.later(hour);
    assert_eq!(log.look().await, (8, 5));
    let proofs = log.evidence.prove(&[1, 2, 4], messaging::checkpoints::Wanted { known: 0, time_stamps: true });
    let sizes: Vec<_> =
        proofs.await.unwrap().checkpoints.iter().map(|(it, _)| (it.size, it.time_stamp.is_some())).collect();
    assert_eq!(sizes, [(1, true), (2, false), (3, true), (4, true)], "the second event is stamped with the third");
    log.shutdown.cancel();
}

async fn nothing_but_the_authoritys_word_is_kept(backend: Backend) {
    let mut log = Stamped::open(backend).await;
    log.checkpoint().await;
    for (asked, conduct) in (1..).zip([
        Conduct::OtherNonce,
        Conduct::OtherImprint,
        Conduct::SelfMade,
        Conduct::OtherPurpose,
        Conduct::Rejecting,
        Conduct::Garbage,
        Conduct::Oversized,
        Conduct::WebPage,
        Conduct::Silent,
        Conduct::Down,
    ]) {
        log.authority.behave(conduct);
        assert_eq!(log.look().await, (asked, 0), "{conduct:?}");
        log.later(Duration::from_hours(1));
    }
    log.authority.behave(Conduct::Honest);
    assert_eq!(log.look().await, (11, 1), "it was nothing of ours");
    log.shutdown.cancel();
}

async fn an_authority_behind_https_is_asked_if_the_machine_trusts_its_server(backend: Backend) {
    let authority = TimeStampAuthority::start_behind_https().await;
    let trusting = |certificate| move |options: CityOptions| options.environment("SSL_CERT_FILE", certificate);
    let options = trusting(authority.impostors_certificate())(stamped_by(&authority));
    let mut city = City::start_with(backend, options).await;
    city.register(1).await;
    let log = city.data().join("logs/hutong.log");
    eventually("it is told", async || {
        std::fs::read_to_string(&log).unwrap().contains("no time-stamp was to be had").then_some(())
    })
    .await;
    assert_eq!(authority.asked(), 0, "a stranger is told nothing");
    assert!(city.stop().await.success());
    city.restart_with(trusting(authority.certificate())).await;
    stamped(&city, 1).await;
    city.close().await;
}

async fn an_authority_that_cannot_be_asked_is_a_wrong_setting(backend: Backend) {
    let log = Stamped::open(backend).await;
    let refused = |config: TimeStampConfig| {
        let refusal = TimeStamper::new(log.evidence.clone(), Arc::new(log.clock.clone()), &config).unwrap_err();
        assert_eq!(refusal.reason, "TIME_STAMP_SETTINGS");
        refusal.message
    };
    let usual = || Config::default().evidence.time_stamp;
    let naming = |url: &str, authority| TimeStampConfig { url: Some(url.to_owned()), authority, ..usual() };
    let (url, certificate) = (log.authority.url(), log.authority.certificate());
    assert!(refused(naming(url, None)).contains("needs evidence.time_stamp.authority"));
    assert!(refused(naming(url, Some("absent.pem".into()))).contains("cannot read absent.pem"));
    let no_certificate = certificate.with_file_name("openssl.cnf");
    assert!(refused(naming(url, Some(no_certificate))).contains("expected the certificate of a time-stamp authority"));
    for no_address in ["http://", "http://name:word@localhost/tsr"] {
        let refusal = refused(naming(no_address, Some(certificate.clone())));
        assert!(refusal.contains("evidence.time_stamp.url: it is no address"), "{no_address}: {refusal}");
    }
    let stale = usual().interval;
    let always_late = TimeStampConfig { stale, ..naming(url, Some(certificate)) };
    assert!(refused(always_late).contains("stale_seconds must be more than interval_seconds"));
    let nobodys = TimeStamper::new(log.evidence.clone(), Arc::new(log.clock.clone()), &usual());
    assert!(nobodys.unwrap().is_none());
    log.shutdown.cancel();
}
