//! Certificates that are good no more: their connections end at both doors while all else goes on.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use async_nats::connection::State;
use async_nats::jetstream;
use contract::exchange::v1::GetMailboxRequest;
use contract::exchange::v1::mailbox_service_client::MailboxServiceClient;
use contract::subject::MAILBOX_STREAM;
use futures::FutureExt;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use platform::identity::Credentials;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer, KeyIdMethod, KeyPair,
    SerialNumber, date_time_ymd,
};
use serde_json::Value;
use tests::bounded;
use tests::city::{Backend, City};
use tests::command::{done, fails, json, output};
use tests::free_port;
use tests::keeper::Kept;
use tests::tools::nats_server;
use tests::wait::eventually;
use tonic::Streaming;
use tonic::transport::Channel;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

bounded!(
    a_revoked_certificate_is_cut_off_at_both_doors_and_another_of_its_department_goes_on,
    a_list_that_cannot_be_taken_is_refused_and_the_last_good_one_stays_in_force,
    a_city_with_an_authority_of_its_own_brings_the_list_from_there,
    a_broker_that_runs_elsewhere_cuts_when_it_reads_its_configuration_again,
);

async fn a_revoked_certificate_is_cut_off_at_both_doors_and_another_of_its_department_goes_on() {
    let mut city = City::start(Backend::Sqlite).await;
    let (leaked, kept) = (Holder::issue(&city, "leaked"), Holder::issue(&city, "kept"));
    let (mut cut, mut stays) = (leaked.connect(&city).await, kept.connect(&city).await);
    city.register(1).await;

    let begun = Instant::now();
    let revoked = json(city.command(&["cert", "revoke", leaked.certificate(), "--json"]));
    assert_eq!(
        (revoked[0]["holder"].as_str(), revoked[0]["state"].as_str()),
        (Some("department/EDU"), Some("revoked"))
    );
    let commanded = begun.elapsed();
    let nats = eventually("NATS ends the connection", async || {
        (cut.nats.connection_state() != State::Connected).then(|| begun.elapsed())
    });
    let grpc = async {
        while let Ok(Some(_)) = cut.health.message().await {}
        begun.elapsed()
    };
    let (nats, grpc) = tokio::join!(nats, grpc);
    eprintln!("revoked after {commanded:?}; cut off by NATS after {nats:?}, by gRPC after {grpc:?}");

    leaked.is_refused(&city).await;
    assert!(own_mailbox(&cut.channel).await.is_err(), "its old channel does not come back either");
    assert_ne!(cut.nats.connection_state(), State::Connected);

    stays.has_gone_on().await;
    assert_eq!(kept.connect(&city).await.read().await, 1, "and may come anew");
    let again = json(city.command(&["cert", "revoke", leaked.certificate(), "--json"]));
    assert_eq!(again, revoked, "revoking twice is revoking once");
    let serial = revoked[0]["serial"].as_str().unwrap();
    let listed = json(city.command(&["cert", "list", "--json"]));
    assert!(listed.as_array().unwrap().iter().all(|one| one["serial"] != serial && one["state"] == "good"));
    let all = json(city.command(&["cert", "list", "--all", "--json"]));
    assert!(all.as_array().unwrap().contains(&revoked[0]));

    // Over a restart too; and a city that has lost the list does not begin with none.
    assert!(city.stop().await.success());
    let (list, aside) = (city.data().join("tls/revoked.crl"), city.folder().join("aside"));
    fs::rename(&list, &aside).unwrap();
    let gone = fails(city.command(&["up"]));
    assert!(gone.contains("revoked.crl is gone"), "{gone}");
    fs::rename(&aside, &list).unwrap();
    city.restart().await;
    leaked.is_refused(&city).await;
    assert_eq!(kept.connect(&city).await.read().await, 1);
    city.close().await;
}

async fn a_list_that_cannot_be_taken_is_refused_and_the_last_good_one_stays_in_force() {
    let city = City::start(Backend::Sqlite).await;
    let (leaked, kept) = (Holder::issue(&city, "leaked"), Holder::issue(&city, "kept"));
    let mut stays = kept.connect(&city).await;
    let mut cut = leaked.connect(&city).await;
    let file = city.data().join("tls/revoked.crl");
    let older = fs::read_to_string(&file).unwrap();
    done(city.command(&["cert", "revoke", leaked.certificate()]));
    cut.ends().await;
    let good = fs::read_to_string(&file).unwrap();

    let half = good[..good.len() / 2].to_owned();
    let foreign = foreign_list(&city);
    for (what, list) in [
        ("no list", Some("nonsense".to_owned())),
        ("half a list", Some(half)),
        ("another authority's list under our authority's name", Some(foreign)),
        ("an older list", Some(older)),
        ("nothing", None),
    ] {
        let before = refusals(&city);
        match list {
            Some(list) => fs::write(&file, list).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        // The gRPC door and the keeper of the broker's configuration say so, each for itself.
        eventually("both doors refuse the list", async || (refusals(&city) >= before + 2).then_some(())).await;
        leaked.is_refused(&city).await;
        stays.has_gone_on().await;
        eprintln!("refused: {what}");
    }
    fs::write(&file, "nonsense").unwrap();
    let refused = fails(city.command(&["cert", "revoke", kept.certificate()]));
    assert!(refused.contains("holds no certificate revocation list as PEM"), "{refused}");
    fs::write(&file, good).unwrap();
    done(city.command(&["cert", "revoke", kept.certificate()]));
    stays.ends().await;
    kept.is_refused(&city).await;
    city.close().await;
}

async fn a_city_with_an_authority_of_its_own_brings_the_list_from_there() {
    let mut city = City::start(Backend::Sqlite).await;
    assert!(city.stop().await.success());
    // From now on the authority is elsewhere: its key, and whatever it issues.
    let (tls, elsewhere) = (city.data().join("tls"), city.folder().join("authority"));
    fs::create_dir(&elsewhere).unwrap();
    for file in ["authority.pem", "authority.key", "revoked.crl"] {
        fs::copy(tls.join(file), elsewhere.join(file)).unwrap();
    }
    fs::remove_file(tls.join("authority.key")).unwrap();
    city.restart().await;
    let at_authority = |arguments: &[&str]| {
        let mut command = city.command(arguments);
        command.env("HUTONG__TLS__DIRECTORY", &elsewhere);
        done(command)
    };
    let issue = |name: &str| {
        let holder = Holder::at(&city, name);
        at_authority(&["cert", "issue", "department", "EDU", "--out", &holder.folder()]);
        holder
    };
    let (leaked, kept) = (issue("leaked"), issue("kept"));
    leaked.is_refused_by_nats(&city).await;
    done(city.command(&["cert", "admit", leaked.certificate(), kept.certificate()]));
    let (mut cut, mut stays) = (leaked.connect(&city).await, kept.connect(&city).await);

    let refused = fails(city.command(&["cert", "revoke", leaked.certificate()]));
    assert!(refused.contains("bring revoked.crl here"), "{refused}");
    at_authority(&["cert", "revoke", leaked.certificate()]);
    fs::copy(elsewhere.join("revoked.crl"), tls.join("revoked.crl")).unwrap();
    cut.ends().await;
    leaked.is_refused(&city).await;
    stays.has_gone_on().await;
    city.close().await;
}

async fn a_broker_that_runs_elsewhere_cuts_when_it_reads_its_configuration_again() {
    let mut city = City::start(Backend::Sqlite).await;
    let (leaked, kept) = (Holder::issue(&city, "leaked"), Holder::issue(&city, "kept"));
    assert!(city.stop().await.success());
    let (address, configuration) = (format!("127.0.0.1:{}", free_port()), city.folder().join("own-nats.conf"));
    let configure = || {
        let mut command = city.command(&["contract", "nats-config"]);
        command.env("HUTONG__NATS__LISTEN", &address);
        fs::write(&configuration, output(command).stdout).unwrap();
    };
    configure();
    let server = nats_server().unwrap();
    let program = [server.as_os_str(), "-c".as_ref(), configuration.as_os_str()];
    let broker = Kept::spawn(program, None, &city.folder().join("own-nats.log"), None).unwrap();
    let url = format!("tls://{address}");
    let connect = async |holder: &Holder| platform::nats::connect(&url, &holder.credentials(), "EDU").await.ok();
    let cut = eventually("the broker takes the certificate", async || connect(&leaked).await).await;
    let stays = connect(&kept).await.unwrap();

    done(city.command(&["cert", "revoke", leaked.certificate()]));
    configure();
    kill(Pid::from_raw(city.nats_pid().unwrap()), Signal::SIGHUP).unwrap();
    eventually("it is cut", async || (cut.connection_state() != State::Connected).then_some(())).await;
    assert!(connect(&leaked).await.is_none(), "and does not come back");
    stays.flush().await.unwrap();
    assert_eq!(stays.statistics().connects.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert!(connect(&kept).await.is_some());
    drop(broker);
    city.restart().await;
    city.close().await;
}

/// One of the education department's systems, with a certificate of its own.
struct Holder {
    folder: PathBuf,
    certificate: String,
}

/// Its connections.
struct Connected {
    nats: async_nats::Client,
    channel: Channel,
    health: Streaming<HealthCheckResponse>,
}

impl Holder {
    fn at(city: &City, name: &str) -> Self {
        let folder = city.folder().join(name);
        let certificate = folder.join("EDU.pem").display().to_string();
        Self { folder, certificate }
    }

    fn issue(city: &City, name: &str) -> Self {
        let holder = Self::at(city, name);
        done(city.command(&["cert", "issue", "department", "EDU", "--out", &holder.folder()]));
        holder
    }

    fn folder(&self) -> String {
        self.folder.display().to_string()
    }

    fn certificate(&self) -> &str {
        &self.certificate
    }

    fn credentials(&self) -> Credentials {
        let file = |name: &str| self.folder.join(name);
        Credentials::load(&file("EDU.pem"), &file("EDU.key"), &file("authority.pem")).unwrap()
    }

    async fn connect(&self, city: &City) -> Connected {
        let credentials = self.credentials();
        let nats = eventually("nats-server takes the certificate", async || {
            platform::nats::connect(&city.endpoints().nats, &credentials, "EDU").await.ok()
        });
        let nats = nats.await;
        let channel = platform::client::connect(&city.endpoints().grpc, &credentials).await.unwrap();
        let request = HealthCheckRequest::default();
        let mut health = HealthClient::new(channel.clone()).watch(request).await.unwrap().into_inner();
        health.message().await.unwrap().expect("the door says how it is");
        Connected { nats, channel, health }
    }

    async fn is_refused(&self, city: &City) {
        let credentials = self.credentials();
        let channel = platform::client::connect_lazily(&city.endpoints().grpc, &credentials).unwrap();
        let status = own_mailbox(&channel).await.unwrap_err();
        assert!(status.details().is_empty(), "the handshake is refused, no service answers: {status:?}");
        self.is_refused_by_nats(city).await;
    }

    async fn is_refused_by_nats(&self, city: &City) {
        let nats = platform::nats::connect(&city.endpoints().nats, &self.credentials(), "EDU").await;
        assert!(nats.is_err(), "nats-server refuses the handshake");
    }
}

impl Connected {
    /// Waits until both have ended.
    async fn ends(&mut self) {
        while let Ok(Some(_)) = self.health.message().await {}
        eventually("NATS ends the connection", async || {
            (self.nats.connection_state() != State::Connected).then_some(())
        })
        .await;
    }

    /// Proves that neither has ever ended.
    async fn has_gone_on(&mut self) {
        self.read().await;
        let connects = self.nats.statistics().connects.load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!(connects, 1, "the connection to NATS is the first one");
        own_mailbox(&self.channel).await.unwrap();
        assert!(self.health.message().now_or_never().is_none(), "the stream over gRPC goes on");
    }

    /// Messages in the mailbox.
    async fn read(&self) -> u64 {
        let stream = jetstream::new(self.nats.clone()).get_stream(MAILBOX_STREAM).await.unwrap();
        stream.cached_info().state.messages
    }
}

async fn own_mailbox(channel: &Channel) -> Result<(), tonic::Status> {
    let request = GetMailboxRequest { code: String::new() };
    MailboxServiceClient::new(channel.clone()).get_mailbox(request).await.map(drop)
}

/// How often a list or a certificate was refused, as the log says.
fn refusals(city: &City) -> usize {
    let log = fs::read_to_string(city.data().join("logs/hutong.log")).unwrap();
    log.matches("CERTIFICATE_FILES_REFUSED").count()
}

/// A list by an authority that has the name of the city's, and another key.
fn foreign_list(city: &City) -> String {
    let shown: Value = json(city.command(&["cert", "authority", "--json"]));
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    for part in shown["name"].as_str().unwrap().split(", ") {
        let (kind, value) = part.split_once('=').unwrap();
        let kind = if kind == "O" { DnType::OrganizationName } else { DnType::CommonName };
        params.distinguished_name.push(kind, value);
    }
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2024, 1, 1),
        next_update: date_time_ymd(2100, 1, 1),
        crl_number: SerialNumber::from(1000),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    list.signed_by(&Issuer::new(params, KeyPair::generate().unwrap())).unwrap().pem().unwrap()
}
