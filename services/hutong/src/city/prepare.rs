use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use contract::mailboxes::Mailboxes;
use kernel::{Clock, DivisionDirectory};
use platform::config::Config;
use platform::pseudonym::Pseudonyms;
use registry::policy::Policy;
use subsidies::domain::Rules;

use super::divisions::read_divisions;
use super::{CityError, DataDirectory, DirectoryLock, Part, SERVICES, read_mailboxes};
use crate::certificates::{CertificateError, Certificates, Issued, Lives, Subject};

/// All that is read, checked and made before anything runs.
pub(super) struct Prepared {
    pub(super) mailboxes: Arc<Mailboxes>,
    pub(super) divisions: Arc<DivisionDirectory>,
    pub(super) policy: Arc<Policy>,
    pub(super) rules: Arc<Rules>,
    pub(super) pseudonyms: Arc<Pseudonyms>,
    pub(super) directory: DataDirectory,
    pub(super) lock: DirectoryLock,
    pub(super) tls: PathBuf,
    pub(super) certificates: Certificates,
    pub(super) server_certificate: Issued,
}

/// Whether a process is a city of its own: all services, and the broker its child.
pub(super) fn is_whole(config: &Config, served: &[Part]) -> bool {
    Part::ALL.iter().all(|part| served.contains(part)) && config.nats.url.is_none()
}

pub(super) fn prepare(config: &Config, served: &[Part], clock: &Arc<dyn Clock>) -> Result<Prepared, CityError> {
    let mailboxes = Arc::new(read_mailboxes(config)?);
    let divisions = Arc::new(read_divisions()?);
    let policy = Arc::new(read_policy(config)?);
    let rules = Arc::new(read_rules(config)?);
    let directory = DataDirectory::at(&config.data.directory)?;
    directory.create()?;
    let whole = is_whole(config, served);
    let lock = if whole { directory.lock()? } else { directory.lock_for(served)? };
    let pseudonyms = Arc::new(open_pseudonyms(&directory, served)?);
    let tls = std::path::absolute(config.tls_directory())
        .map_err(|source| CityError::File { path: config.tls_directory(), source })?;
    let certificates =
        Certificates::open_or_create(&tls, &config.city.trust_domain, Arc::clone(clock))?.with_lives(lives(config));
    for subject in certificate_holders(config, served, &mailboxes) {
        match certificates.ensure(&subject) {
            // Departments have their own; the copy here is for operators.
            Err(CertificateError::KeyAway { .. }) if subject.is_department() => {}
            ensured => drop(ensured?),
        }
    }
    let server_certificate = certificates.ensure(&server_subject(config))?;
    Ok(Prepared {
        mailboxes,
        divisions,
        policy,
        rules,
        pseudonyms,
        directory,
        lock,
        tls,
        certificates,
        server_certificate,
    })
}

/// The key is made where the registry runs, and brought from there to wherever else a process serves: one of its own would
/// give every department other references.
fn open_pseudonyms(directory: &DataDirectory, served: &[Part]) -> Result<Pseudonyms, CityError> {
    let file = directory.references_key();
    if !served.contains(&Part::Registry)
        && let Err(source) = std::fs::metadata(&file)
    {
        return Err(CityError::ReferencesKey { file, source });
    }
    Ok(Pseudonyms::open(&file)?)
}

/// What the city sets for its registry, or what comes with Hutong.
pub(super) fn read_policy(config: &Config) -> Result<Policy, CityError> {
    Ok(match &config.registry.policy_directory {
        None => Policy::built_in()?,
        Some(directory) => Policy::read(directory)?,
    })
}

/// What the city sets for its payroll, or what comes with Hutong.
fn read_rules(config: &Config) -> Result<Rules, CityError> {
    Ok(match &config.subsidies.rules_file {
        None => subsidies::policy::built_in()?,
        Some(file) => subsidies::policy::read(file)?,
    })
}

/// How long the city's certificates are good.
pub(super) fn lives(config: &Config) -> Lives {
    Lives { service: config.tls.service_life, department: config.tls.department_life }
}

/// Whose certificates a process keeps in its directory: everybody's in a city of its own, else those of its services.
pub(super) fn certificate_holders(config: &Config, served: &[Part], mailboxes: &Mailboxes) -> Vec<Subject> {
    if !is_whole(config, served) {
        return served.iter().map(|part| Subject::service(part.name())).collect();
    }
    let services = SERVICES.into_iter().map(Subject::service);
    let owner = Subject::department(&contract::department::owner().code);
    let departments = mailboxes.iter().map(|entry| Subject::department(&entry.code));
    services.chain([owner]).chain(departments).collect()
}

/// The doors' names: this machine's, and the addresses that they listen at.
#[must_use]
pub fn server_subject(config: &Config) -> Subject {
    let host = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
    let addresses = [config.server.listen, config.nats.listen];
    Subject::Server {
        hosts: host.into_iter().collect(),
        addresses: addresses.iter().map(SocketAddr::ip).filter(|ip| !ip.is_unspecified()).collect(),
    }
}
