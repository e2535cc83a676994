use contract::department;
use platform::config::Config;
use platform::shutdown::Shutdown;
use platform::telemetry::{self, LogWriter, TelemetryGuard};

use super::arguments::Global;
use super::say::say;
use crate::certificates::{Issued, Subject};
use crate::city::{City, CitySettings, DataDirectory};

pub(super) async fn run(global: Global) -> anyhow::Result<()> {
    let config = global.settings()?;
    let shutdown = Shutdown::on_signals()?;
    let telemetry = telemetry(&config)?;
    let city = City::start(CitySettings::new(config, shutdown.clone())).await?;
    say!("{} is up. Ctrl-C stops it.\n", city.name());
    print_ways_in(&city);
    until_shutdown(city, &shutdown).await?;
    telemetry.shutdown().await;
    Ok(())
}

/// Logs into the data directory.
pub(super) fn telemetry(config: &Config) -> anyhow::Result<TelemetryGuard> {
    let directory = DataDirectory::at(&config.data.directory)?;
    directory.create()?;
    Ok(telemetry::start("hutong", &config.telemetry, &LogWriter::File(directory.log_file()))?)
}

/// Serves until told to stop, or until something that cannot be mended happens.
pub(super) async fn until_shutdown(city: City, shutdown: &Shutdown) -> anyhow::Result<()> {
    tokio::select! {
        () = shutdown.requested() => {}
        () = city.ended() => {}
    }
    Ok(city.stop().await?)
}

/// Where things are, and commands to paste.
pub(super) fn print_ways_in(city: &City) {
    let directory = city.directory();
    let tls = city.tls_directory();
    let endpoints = city.endpoints();
    say!("  gRPC          {}  (mutual TLS; {})", endpoints.grpc, city.services().join(", "));
    say!("  NATS          {}  (mutual TLS; an account with one stream, MAILBOX, for each department)", endpoints.nats);
    say!("  data          {}", directory.root().display());
    say!("  certificates  {}", tls.display());
    say!("  logs          {}", directory.log_file().display());
    if let Some(log) = city.broker_log() {
        say!("                {}", log.display());
    }
    let education = Issued::at(tls, &Subject::department("EDU"));
    let owner = Issued::at(tls, &Subject::department(&department::owner().code));
    say!("\nHow the education department's mailbox stands (grpcurl):\n");
    say!("{}", grpcurl(&education, &endpoints.grpc.to_string(), "hutong.exchange.v1.MailboxService/GetMailbox", "{}"));
    say!("\nA page of children, as civil affairs sees them:\n");
    let request = r#"{"page_size": 5}"#;
    say!("{}", grpcurl(&owner, &endpoints.grpc.to_string(), "hutong.registry.v1.ChildService/ListChildren", request));
    say!("\nThe education department's mailbox (nats CLI): look at it, read it from the start:\n");
    say!("{}", nats(&education, &endpoints.nats, "stream info MAILBOX"));
    say!("{}", nats(&education, &endpoints.nats, "stream view MAILBOX"));
    say!(
        "{}",
        nats(&education, &endpoints.nats, "consumer add MAILBOX reader --pull --deliver all --ack explicit --defaults")
    );
    say!("{}", nats(&education, &endpoints.nats, "consumer next MAILBOX reader --count 10"));
    say!("\nThe same, with chain and signature verified:\n");
    say!("hutong mailbox tail EDU --directory '{}'\n", directory.root().display());
}

fn grpcurl(certificate: &Issued, address: &str, method: &str, request: &str) -> String {
    let Issued { certificate, key, authority } = certificate;
    format!(
        "grpcurl -cacert '{}' -cert '{}' -key '{}' -d '{request}' {address} {method}",
        authority.display(),
        certificate.display(),
        key.display(),
    )
}

fn nats(certificate: &Issued, url: &str, command: &str) -> String {
    let Issued { certificate, key, authority } = certificate;
    format!(
        "nats --server {url} --tlsca '{}' --tlscert '{}' --tlskey '{}' {command}",
        authority.display(),
        certificate.display(),
        key.display(),
    )
}
