use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::mailboxes::Mailboxes;
use kernel::Clock;
use messaging::log::EventLog;
use platform::config::Config;
use platform::database::Database;
use platform::identity::Revocations;
use platform::pseudonym::Pseudonyms;
use platform::server::{BoundServer, Server, ServerError};
use platform::shutdown::Shutdown;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::databases::open_databases;
use super::ground::Ground;
use super::keeper::{Keeper, open_revocations};
use super::parts::Parts;
use super::prepare::{Prepared, is_whole, prepare};
use super::{CityError, CitySettings, DataDirectory, DirectoryLock, Endpoints, Part, SERVICES, refusals};
use crate::broker::{Broker, BrokerSettings, RefusalLog};
use crate::certificates::admitted_keys;

/// A running city, or some services of one.
pub struct City {
    pub(super) running: Running,
    pub(super) door: JoinHandle<Result<(), ServerError>>,
    pub(super) door_ended: watch::Receiver<bool>,
    pub(super) shutdown: Shutdown,
    pub(super) lock: DirectoryLock,
    config: Config,
    directory: DataDirectory,
    tls: PathBuf,
    mailboxes: Arc<Mailboxes>,
    pseudonyms: Arc<Pseudonyms>,
    endpoints: Endpoints,
    served: Vec<Part>,
}

impl City {
    /// Starts it: everything is checked before a port binds, and when this returns it serves.
    ///
    /// # Errors
    /// [`CityError`], each one line that says what is wrong. What had been started is stopped again.
    pub async fn start(settings: CitySettings) -> Result<Self, CityError> {
        let CitySettings { config, parts: served, clock, hutong, shutdown } = settings;
        let prepared = prepare(&config, &served, &clock)?;
        let revocations = open_revocations(&prepared.tls)?;
        let databases = open_databases(&config, prepared.directory.root(), &served, is_whole(&config, &served));
        let (broker, databases) =
            tokio::join!(start_broker(&config, hutong, &prepared, &revocations, &*clock), databases);

        let mut running = Running {
            parts: Parts::default(),
            broker: broker?,
            shutdown: CancellationToken::new(),
            watching: Vec::new(),
        };
        let ground = Ground {
            config: &config,
            directory: &prepared.directory,
            certificates: &prepared.certificates,
            clock: &clock,
            pseudonyms: &prepared.pseudonyms,
            broker: &running.broker_url(&config),
            shutdown: &running.shutdown.clone(),
        };
        let opened = match databases {
            Ok(databases) => open(&mut running.parts, &ground, databases, &prepared).await,
            Err(error) => Err(error),
        };
        let (bound, endpoints) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                running.end().await;
                return Err(error);
            }
        };
        let keeper = Keeper {
            config: config.clone(),
            tls: prepared.tls.clone(),
            clock: Arc::clone(&clock),
            served: served.clone(),
            mailboxes: Arc::clone(&prepared.mailboxes),
            revocations,
            broker: running.broker.as_ref().map(Broker::control),
            mailroom: running.parts.mailroom(),
            clients: running.parts.clients(),
            told: None,
        };
        running.watching.push(tokio::spawn(keeper.run(running.shutdown.clone())));
        if let (Some(broker), Some(audit)) = (&running.broker, running.parts.exchanges_audit()) {
            let log = RefusalLog::from_now_on(broker.log(), &config.city.trust_domain);
            let recording = refusals::record(log, audit, Arc::clone(&clock), running.shutdown.clone());
            running.watching.push(tokio::spawn(recording));
        }
        let (ended, door_ended) = watch::channel(false);
        let stopping = shutdown.clone();
        let door = tokio::spawn(async move {
            let outcome = bound.serve(&stopping).await;
            ended.send_replace(true);
            outcome
        });
        let Prepared { mailboxes, pseudonyms, directory, lock, tls, .. } = prepared;
        tracing::info!(grpc = %endpoints.grpc, nats = endpoints.nats, services = names(&served).join(","), "the city is up");
        Ok(Self {
            running,
            door,
            door_ended,
            shutdown,
            lock,
            config,
            directory,
            tls,
            mailboxes,
            pseudonyms,
            endpoints,
            served,
        })
    }

    /// The city's name, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.city.name
    }

    /// Its own division.
    #[must_use]
    pub fn division(&self) -> kernel::Division {
        self.config.city.division
    }

    /// How it is reached.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Where its data lies.
    #[must_use]
    pub fn directory(&self) -> &DataDirectory {
        &self.directory
    }

    /// Where its certificates lie.
    #[must_use]
    pub fn tls_directory(&self) -> &Path {
        &self.tls
    }

    /// The log of its own nats-server.
    #[must_use]
    pub fn broker_log(&self) -> Option<&Path> {
        self.running.broker.as_ref().map(Broker::log)
    }

    /// Its own nats-server's process id; nothing if the broker runs elsewhere or is being started again.
    #[must_use]
    pub fn broker_process(&self) -> Option<i32> {
        self.running.broker.as_ref().and_then(Broker::process_id)
    }

    /// Its mailboxes.
    #[must_use]
    pub fn mailboxes(&self) -> &Mailboxes {
        &self.mailboxes
    }

    /// The departments' references to children.
    #[must_use]
    pub fn pseudonyms(&self) -> &Pseudonyms {
        &self.pseudonyms
    }

    /// The names of the services in this process.
    #[must_use]
    pub fn services(&self) -> Vec<&'static str> {
        names(&self.served)
    }

    /// The payroll, if it runs here.
    #[must_use]
    pub fn subsidies(&self) -> Option<&subsidies::Subsidies> {
        self.running.parts.subsidies()
    }

    /// The registry's event log, if the registry runs here.
    #[must_use]
    pub fn registry_log(&self) -> Option<EventLog> {
        self.running.parts.registry_log()
    }
}

/// What runs behind the door.
pub(super) struct Running {
    parts: Parts,
    broker: Option<Broker>,
    shutdown: CancellationToken,
    /// What looks at files until the shutdown.
    watching: Vec<JoinHandle<()>>,
}

impl Running {
    /// Ends the services, then the broker beneath them.
    pub(super) async fn end(self) {
        self.shutdown.cancel();
        for watching in self.watching {
            // It has panicked otherwise, which is in the log.
            drop(watching.await);
        }
        self.parts.closed().await;
        if let Some(broker) = self.broker {
            broker.stop().await;
        }
    }

    fn broker_url(&self, config: &Config) -> String {
        match &self.broker {
            Some(broker) => broker.url(),
            None => config.nats.url.clone().expect("without a URL our own broker was started"),
        }
    }
}

/// Starts the services and takes the door's port.
async fn open(
    parts: &mut Parts,
    ground: &Ground<'_>,
    databases: BTreeMap<Part, Database>,
    prepared: &Prepared,
) -> Result<(BoundServer, Endpoints), CityError> {
    for (part, database) in databases {
        let divisions = Arc::clone(&prepared.divisions);
        match part {
            Part::Registry => {
                parts.start_registry(ground, database, divisions, Arc::clone(&prepared.policy)).await?;
            }
            Part::Subsidies => {
                parts.start_subsidies(ground, database, divisions, Arc::clone(&prepared.rules)).await?;
            }
            Part::Exchange => parts.start_exchange(ground, database, &prepared.mailboxes).await?,
        }
    }
    let credentials = prepared.server_certificate.credentials()?;
    let domain = &ground.config.city.trust_domain;
    let (pseudonyms, audit) = (Arc::clone(ground.pseudonyms), parts.audit(ground.clock));
    let server = Server::new(&ground.config.server, &credentials, domain, pseudonyms, audit)?
        .revocations(&prepared.certificates.revocations_file())?;
    let bound = parts.add_to(server).bind().await?;
    let endpoints = Endpoints { grpc: bound.address(), nats: ground.broker.to_owned() };
    endpoints
        .write(&prepared.directory)
        .map_err(|source| CityError::File { path: prepared.directory.endpoints(), source })?;
    Ok((bound, endpoints))
}

async fn start_broker(
    config: &Config,
    hutong: PathBuf,
    prepared: &Prepared,
    revocations: &Revocations,
    clock: &dyn Clock,
) -> Result<Option<Broker>, CityError> {
    if config.nats.url.is_some() {
        return Ok(None);
    }
    let domain = &config.city.trust_domain;
    let admitted_keys = admitted_keys(&prepared.tls, domain, revocations.in_force(), clock.now())?;
    let broker = Broker::start(BrokerSettings {
        directory: prepared.directory.nats(),
        config: &config.nats,
        hutong,
        certificate: &prepared.server_certificate,
        trust_domain: &config.city.trust_domain,
        mailboxes: &prepared.mailboxes,
        services: SERVICES.map(str::to_owned).to_vec(),
        admitted_keys,
    });
    Ok(Some(broker.await?))
}

fn names(parts: &[Part]) -> Vec<&'static str> {
    parts.iter().map(|part| part.name()).collect()
}
