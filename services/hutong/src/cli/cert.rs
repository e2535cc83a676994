use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use kernel::{Clock, Division, SystemClock};
use platform::config::Config;
use serde_json::{Value, json};

use super::arguments::{CertCommand, CertKind, Global, IssueArguments};
use super::say::say;
use super::table::table;
use crate::certificates::{CertificateState, Certificates, Issued, Kept, Lives, RegisteredCertificate, Subject};
use crate::city::{DataDirectory, SERVICES, read_mailboxes, server_subject};

const DAY: Duration = Duration::from_hours(24);

pub(super) fn run(global: &Global, command: &CertCommand) -> anyhow::Result<()> {
    let config = global.settings()?;
    match command {
        CertCommand::Authority { json } => authority(&open(&config)?, *json),
        CertCommand::Issue(arguments) => issue(&config, arguments),
        CertCommand::Renew { json } => renew(&config, *json),
        CertCommand::Revoke { certificates, json } => {
            let revoked = open(&config)?.revoke(certificates)?;
            show(&revoked, *json);
            Ok(())
        }
        CertCommand::List { all, json } => {
            let mut listed = open(&config)?.registered()?;
            listed.retain(|one| *all || one.state == CertificateState::Good);
            show(&listed, *json);
            Ok(())
        }
        CertCommand::Admit { files, json } => {
            let certificates = open(&config)?;
            let admitted: Vec<_> = files.iter().map(|file| certificates.admit(file)).collect::<Result<_, _>>()?;
            show(&admitted, *json);
            Ok(())
        }
    }
}

/// The directory is made by `up`; a certificate may be issued before.
fn open(config: &Config) -> anyhow::Result<Certificates> {
    DataDirectory::at(&config.data.directory)?.create()?;
    let lives = Lives { service: config.tls.service_life, department: config.tls.department_life };
    let directory = config.tls_directory();
    let opened = Certificates::open_or_create(&directory, &config.city.trust_domain, Arc::new(SystemClock))?;
    Ok(opened.with_lives(lives))
}

fn authority(certificates: &Certificates, json: bool) -> anyhow::Result<()> {
    let authority = certificates.authority_info()?;
    let list = certificates.revoked()?;
    let file = certificates.revocations_file();
    let (days, key) = (days_until(authority.not_after), certificates.has_authoritys_key());
    if json {
        say!(
            "{}",
            json!({
                "name": authority.name, "not_after": authority.not_after.to_string(), "days_left": days, "key": key,
                "file": authority.file.display().to_string(), "revoked": list.len(), "list": file.display().to_string(),
            })
        );
        return Ok(());
    }
    say!("authority    {}", authority.name);
    say!("certificate  {}, until {} ({days} days)", authority.file.display(), authority.not_after);
    say!("key          {}", if key { "here: take it offline once all are issued" } else { "not here" });
    say!("revoked      {} certificate(s), {}", list.len(), file.display());
    Ok(())
}

fn issue(config: &Config, arguments: &IssueArguments) -> anyhow::Result<()> {
    let IssueArguments { kind, name, out, days, new_key, json } = arguments;
    let subject = subject(config, *kind, name)?;
    let certificates = open(config)?;
    let life = days.map(|days| DAY * u32::from(days));
    let kept = match (new_key, out) {
        (true, out) => certificates.replace(&subject, out.as_deref(), life)?,
        (false, Some(out)) => certificates.keep_apart(&subject, out, life)?,
        (false, None) => certificates.keep(&subject, life)?,
    };
    if *json {
        say!("{}", kept_json(&subject, &kept));
        return Ok(());
    }
    let Issued { certificate, key, authority } = &kept.issued;
    say!("certificate  {}", certificate.display());
    say!("key          {}", key.display());
    say!("authority    {}", authority.display());
    let until = if kept.renewed { "issued, until" } else { "was there already, until" };
    say!("             {until} {}", kept.not_after);
    Ok(())
}

/// Whether a code is that of the department that owns the system, or of an office of it: they have no mailbox.
fn is_of_the_owner(code: &str) -> bool {
    let (department, office) = code.split_once('-').map_or((code, None), |(department, area)| (department, Some(area)));
    department == contract::department::owner().code && office.is_none_or(|area| area.parse::<Division>().is_ok())
}

fn subject(config: &Config, kind: CertKind, name: &str) -> anyhow::Result<Subject> {
    Ok(match kind {
        CertKind::Department => {
            if !is_of_the_owner(name) && read_mailboxes(config)?.opened_by(name).is_none() {
                bail!("{name} has no mailbox in this city: see `hutong contract catalogue` and departments.file");
            }
            Subject::department(name)
        }
        CertKind::Service => {
            if !SERVICES.contains(&name) {
                bail!("{name} is no service: one of {}", SERVICES.join(", "));
            }
            Subject::service(name)
        }
        CertKind::Server => server_subject(config).with_name(name),
    })
}

/// Those that lie there: the authority's key may have been brought to a city whose departments got theirs long ago.
fn renew(config: &Config, json: bool) -> anyhow::Result<()> {
    let certificates = open(config)?;
    let mut subjects = vec![server_subject(config)];
    subjects.extend(SERVICES.map(Subject::service));
    subjects.push(Subject::department(&contract::department::owner().code));
    subjects.extend(read_mailboxes(config)?.iter().map(|entry| Subject::department(&entry.code)));
    let directory = config.tls_directory();
    let there = |subject: &Subject| {
        let Issued { certificate, key, .. } = Issued::at(&directory, subject);
        [certificate, key].iter().all(|file: &PathBuf| file.exists())
    };
    let mut rows = Vec::new();
    let mut away = 0;
    for subject in subjects.into_iter().filter(there) {
        let kept = certificates.keep(&subject, None)?;
        away += usize::from(kept.due);
        rows.push((subject, kept));
    }
    if json {
        let rows: Vec<_> = rows.iter().map(|(subject, kept)| kept_json(subject, kept)).collect();
        say!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        let mut table = table(["holder", "", "until", "days left"], &[3]);
        for (subject, kept) in &rows {
            let says = if kept.renewed {
                "renewed"
            } else if kept.due {
                "DUE"
            } else {
                "good"
            };
            let days = days_until(kept.not_after).to_string();
            table.add_row([subject.to_string(), says.to_owned(), kept.not_after.to_string(), days]);
        }
        say!("{table}");
    }
    if away > 0 {
        bail!("{away} certificate(s) end soon and the authority's key is not here: bring it, or new certificates");
    }
    Ok(())
}

fn kept_json(subject: &Subject, kept: &Kept) -> Value {
    json!({
        "holder": subject.to_string(), "renewed": kept.renewed, "due": kept.due,
        "not_after": kept.not_after.to_string(), "days_left": days_until(kept.not_after),
        "certificate": kept.issued.certificate.display().to_string(), "key": kept.issued.key.display().to_string(),
        "authority": kept.issued.authority.display().to_string(),
    })
}

fn show(certificates: &[RegisteredCertificate], json: bool) {
    let state = |one: &RegisteredCertificate| match one.state {
        CertificateState::Good => "good",
        CertificateState::Expired => "expired",
        CertificateState::Revoked => "revoked",
    };
    if json {
        let rows = certificates.iter().map(|one| {
            json!({
                "serial": one.serial, "holder": one.holder, "state": state(one), "key": one.key,
                "not_before": one.not_before.to_string(), "not_after": one.not_after.to_string(),
                "days_left": days_until(one.not_after),
            })
        });
        say!("{}", Value::Array(rows.collect()));
        return;
    }
    let mut table = table(["holder", "serial", "", "until", "days left"], &[4]);
    for one in certificates {
        let days = days_until(one.not_after).to_string();
        table.add_row([&one.holder, &one.serial, state(one), &one.not_after.to_string(), &days]);
    }
    say!("{table}");
}

/// Whole days from now.
fn days_until(instant: kernel::Instant) -> u64 {
    instant.saturating_duration_since(SystemClock.now()).as_secs() / DAY.as_secs()
}
