use anyhow::bail;
use contract::catalogue;
use contract::nats::{NatsSettings, server_config};
use kernel::{Clock, SystemClock};
use platform::identity::RevocationList;

use super::arguments::{ContractCommand, Global};
use super::say::say;
use crate::certificates::{Issued, Subject, admitted_keys, revocations_file};
use crate::city::{DataDirectory, SERVICES, read_mailboxes};

pub(super) fn run(global: &Global, command: &ContractCommand) -> anyhow::Result<()> {
    match command {
        ContractCommand::Check => check(),
        ContractCommand::Catalogue { json: true } => {
            say!("{}", serde_json::to_string_pretty(&catalogue::json())?);
            Ok(())
        }
        ContractCommand::Catalogue { json: false } => {
            say!("{}", catalogue::markdown().trim_end());
            Ok(())
        }
        ContractCommand::NatsConfig => nats_config(global),
    }
}

fn check() -> anyhow::Result<()> {
    let findings = contract::check::check(contract::descriptors());
    for finding in &findings {
        say!("{finding}");
    }
    match findings.len() {
        0 => {
            say!("the contract leaks nothing");
            Ok(())
        }
        faults => bail!("the contract has {faults} fault(s)"),
    }
}

/// For a broker that runs elsewhere: its own paths are to be put in.
fn nats_config(global: &Global) -> anyhow::Result<()> {
    let config = global.settings()?;
    let mailboxes = read_mailboxes(&config)?;
    let directory = DataDirectory::at(&config.data.directory)?;
    let tls = std::path::absolute(config.tls_directory())?;
    let certificate = Issued::at(&tls, &Subject::Server { hosts: vec![], addresses: vec![] });
    let nats = directory.nats();
    let authority = std::fs::read(tls.join("authority.pem")).unwrap_or_default();
    let revoked = RevocationList::read(&revocations_file(&tls), &authority)?;
    let keys = admitted_keys(&tls, &config.city.trust_domain, &revoked, SystemClock.now())?;
    if keys.is_empty() {
        bail!("{} holds no certificate that is good: nobody could connect (`hutong cert list`)", tls.display());
    }
    let settings = NatsSettings {
        listen_host: config.nats.listen.ip().to_string(),
        port: match config.nats.listen.port() {
            0 => -1,
            port => port.into(),
        },
        store_directory: nats.join("jetstream"),
        sync_interval: config.nats.sync_interval.to_string(),
        certificate: certificate.certificate,
        key: certificate.key,
        authority: certificate.authority,
        trust_domain: config.city.trust_domain.clone(),
        pid_file: nats.join("nats-server.pid"),
        log_file: nats.join("nats-server.log"),
        services: SERVICES.map(str::to_owned).to_vec(),
        admitted_keys: Some(keys),
    };
    say!("{}", server_config(&settings, &mailboxes).trim_end());
    Ok(())
}
