use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::mailboxes::Mailboxes;
use messaging::log::EventLog;
use platform::config::Config;
use platform::server::{Server, ServerError};
use platform::shutdown::Shutdown;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::divisions::read_divisions;
use super::parts::{Ground, Parts, open_database};
use super::{CityError, CitySettings, DataDirectory, DirectoryLock, Endpoints, Part, SERVICES, read_mailboxes};
use crate::broker::{Broker, BrokerSettings};
use crate::certificates::{Certificates, Issued, Subject};

/// A running city, or some services of one.
pub struct City {
    pub(super) parts: Parts,
    pub(super) broker: Option<Broker>,
    pub(super) door: JoinHandle<Result<(), ServerError>>,
    pub(super) door_ended: watch::Receiver<bool>,
    pub(super) shutdown: Shutdown,
    pub(super) services_shutdown: CancellationToken,
    pub(super) _lock: DirectoryLock,
    config: Config,
    directory: DataDirectory,
    tls: PathBuf,
    mailboxes: Arc<Mailboxes>,
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
        let mailboxes = Arc::new(read_mailboxes(&config)?);
        let divisions = read_divisions()?;
        let directory = DataDirectory::at(&config.data.directory)?;
        directory.create()?;
        let whole = Part::ALL.iter().all(|part| served.contains(part)) && config.nats.url.is_none();
        let lock = if whole { directory.lock()? } else { directory.lock_for(&names(&served))? };
        let tls = std::path::absolute(config.tls_directory())
            .map_err(|source| CityError::File { path: config.tls_directory(), source })?;
        let certificates = Certificates::open_or_create(&tls, &config.city.trust_domain, Arc::clone(&clock))?;
        let server_certificate = issue_all(&certificates, &config, &mailboxes, whole, &served)?;

        let broker = start_broker(&config, &directory, hutong, &server_certificate, &mailboxes);
        let database = async {
            match served.contains(&Part::Registry) {
                true => open_database(&config, directory.root(), whole).await.map(Some),
                false => Ok(None),
            }
        };
        let (broker, database) = tokio::join!(broker, database);
        let broker = broker?;
        let services_shutdown = CancellationToken::new();
        let mut starting = Starting { parts: Parts::default(), broker, shutdown: services_shutdown.clone() };
        let opened = match database {
            Ok(database) => {
                let url = match (&starting.broker, &config.nats.url) {
                    (Some(broker), _) => broker.url(),
                    (None, Some(url)) => url.clone(),
                    (None, None) => unreachable!("without a URL our own broker was started"),
                };
                let ground = Ground {
                    config: &config,
                    directory: &directory,
                    certificates: &certificates,
                    clock: &clock,
                    broker: &url,
                    shutdown: &services_shutdown,
                };
                let credentials = server_certificate.credentials().map_err(CityError::from);
                async {
                    if let Some(database) = database {
                        starting.parts.start_registry(&ground, database, divisions).await?;
                    }
                    if served.contains(&Part::Exchange) {
                        starting.parts.start_exchange(&ground, &mailboxes).await?;
                    }
                    let server = Server::new(&config.server, &credentials?, &config.city.trust_domain)?;
                    let bound = starting.parts.add_to(server).bind().await?;
                    let endpoints = Endpoints { grpc: bound.address(), nats: url.clone() };
                    endpoints
                        .write(&directory)
                        .map_err(|source| CityError::File { path: directory.endpoints(), source })?;
                    Ok((bound, endpoints))
                }
                .await
            }
            Err(error) => Err(error),
        };
        let (bound, endpoints) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                starting.undo().await;
                return Err(error);
            }
        };
        let (ended, door_ended) = watch::channel(false);
        let stopping = shutdown.clone();
        let door = tokio::spawn(async move {
            let served = bound.serve(&stopping).await;
            ended.send_replace(true);
            served
        });
        tracing::info!(grpc = %endpoints.grpc, nats = endpoints.nats, services = names(&served).join(","), "the city is up");
        Ok(Self {
            parts: starting.parts,
            broker: starting.broker,
            door,
            door_ended,
            shutdown,
            services_shutdown,
            _lock: lock,
            config,
            directory,
            tls,
            mailboxes,
            endpoints,
            served,
        })
    }

    /// The city's name, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.city.name
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
        self.broker.as_ref().map(Broker::log)
    }

    /// Its own nats-server's process id; nothing if the broker runs elsewhere or is being started again.
    #[must_use]
    pub fn broker_process(&self) -> Option<i32> {
        self.broker.as_ref().and_then(Broker::process_id)
    }

    /// Its mailboxes.
    #[must_use]
    pub fn mailboxes(&self) -> &Mailboxes {
        &self.mailboxes
    }

    /// The names of the services in this process.
    #[must_use]
    pub fn services(&self) -> Vec<String> {
        names(&self.served)
    }

    /// The registry's event log, if the registry runs here.
    #[must_use]
    pub fn registry_log(&self) -> Option<EventLog> {
        self.parts.registry_log()
    }
}

/// What runs before the city does.
struct Starting {
    parts: Parts,
    broker: Option<Broker>,
    shutdown: CancellationToken,
}

impl Starting {
    async fn undo(self) {
        self.shutdown.cancel();
        self.parts.closed().await;
        if let Some(broker) = self.broker {
            broker.stop().await;
        }
    }
}

/// All certificates that this process needs; a whole city issues those of everybody.
fn issue_all(
    certificates: &Certificates,
    config: &Config,
    mailboxes: &Mailboxes,
    whole: bool,
    served: &[Part],
) -> Result<Issued, CityError> {
    if whole {
        for service in SERVICES {
            certificates.ensure(&Subject::service(service))?;
        }
        certificates.ensure(&Subject::department(&contract::department::owner().code))?;
        for entry in mailboxes.iter() {
            certificates.ensure(&Subject::department(&entry.code))?;
        }
    } else {
        for part in served {
            certificates.ensure(&Subject::service(part.name()))?;
        }
    }
    let addresses = [config.server.listen, config.nats.listen];
    let subject = Subject::Server {
        hosts: nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).into_iter().collect(),
        addresses: addresses.iter().map(SocketAddr::ip).filter(|ip| !ip.is_unspecified()).collect(),
    };
    Ok(certificates.ensure(&subject)?)
}

async fn start_broker(
    config: &Config,
    directory: &DataDirectory,
    hutong: PathBuf,
    certificate: &Issued,
    mailboxes: &Mailboxes,
) -> Result<Option<Broker>, CityError> {
    if config.nats.url.is_some() {
        return Ok(None);
    }
    let broker = Broker::start(BrokerSettings {
        directory: directory.nats(),
        config: &config.nats,
        hutong,
        certificate,
        trust_domain: &config.city.trust_domain,
        mailboxes,
        services: SERVICES.map(str::to_owned).to_vec(),
    });
    Ok(Some(broker.await?))
}

fn names(parts: &[Part]) -> Vec<String> {
    parts.iter().map(|part| part.name().to_owned()).collect()
}
