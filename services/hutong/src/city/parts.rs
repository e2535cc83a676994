use std::sync::Arc;

use contract::mailboxes::Mailboxes;
use exchange::{EventSource, Exchange, ExchangeSettings, Mailroom};
use kernel::{Clock, DivisionDirectory};
use messaging::audit::unusual::{Watch, WatchSettings};
use messaging::audit::{AuditAlone, AuditHandler, AuditLog};
use messaging::checkpoints::EvidenceHandler;
use messaging::emergency::EmergencyHandler;
use messaging::journal::{Journal, JournalSettings};
use messaging::log::EventLog;
use messaging::seal::{Signer, Verifier};
use platform::audit::{AuditLayer, Recorder, Recorders};
use platform::config::Config;
use platform::database::Database;
use platform::nats;
use platform::pseudonym::Pseudonyms;
use platform::server::Server;
use platform::vault::Vault;
use registry::policy::Policy;
use registry::{Registry, RegistrySettings};
use tokio_util::sync::CancellationToken;

use super::{CityError, DataDirectory, Part};
use crate::certificates::{Certificates, Subject};

/// What the services are started with.
pub(super) struct Ground<'a> {
    pub(super) config: &'a Config,
    pub(super) directory: &'a DataDirectory,
    pub(super) certificates: &'a Certificates,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) pseudonyms: &'a Arc<Pseudonyms>,
    pub(super) broker: &'a str,
    pub(super) shutdown: &'a CancellationToken,
}

impl Ground<'_> {
    async fn connect(&self, service: &str) -> Result<async_nats::Client, CityError> {
        let credentials = self.certificates.ensure(&Subject::service(service))?.credentials()?;
        Ok(nats::connect(self.broker, &credentials, service).await?)
    }

    fn signer(&self, service: &str) -> Result<Signer, CityError> {
        Ok(Signer::open_or_create(&self.directory.signing_key(service))?)
    }

    /// A service that tells events, with the public half of its key. Where that service runs elsewhere, the file is
    /// brought from there.
    fn event_source(&self, service: &str) -> Result<EventSource, CityError> {
        let file = self.directory.public_key(service);
        let text = std::fs::read_to_string(&file).map_err(|source| CityError::PublicKey {
            service: service.to_owned(),
            file,
            source,
        })?;
        Ok(EventSource { service: service.to_owned(), verifier: Verifier::from_hex(text.trim())? })
    }
}

/// The services that run in this process.
#[derive(Default)]
pub(super) struct Parts {
    registry: Option<(Registry, Database)>,
    exchange: Option<(Exchange, ExchangeAudit, Database)>,
    clients: Vec<(&'static str, async_nats::Client)>,
}

/// What the exchange keeps beside its mailboxes.
struct ExchangeAudit {
    journal: Journal<AuditAlone>,
    watch: Watch,
}

impl ExchangeAudit {
    fn start(ground: &Ground<'_>, database: &Database, signer: Signer) -> Self {
        let journal = AuditAlone::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(()),
            clock: Arc::clone(ground.clock),
            signer,
            config: ground.config.journal.clone(),
        });
        let watch = WatchSettings {
            database: database.clone(),
            journal: journal.clone(),
            // It has no stream of events: what is found is an alarm and stands in the list.
            tell: None,
            config: ground.config.unusual.clone(),
            city: ground.config.city.division,
            clock: Arc::clone(ground.clock),
        };
        Self { journal, watch: Watch::start(watch, ground.shutdown.clone()) }
    }

    async fn closed(self) {
        self.journal.recorded().await;
        self.watch.closed().await;
    }
}

impl Parts {
    pub(super) async fn start_registry(
        &mut self,
        ground: &Ground<'_>,
        database: Database,
        divisions: DivisionDirectory,
        policy: Arc<Policy>,
    ) -> Result<(), CityError> {
        let client = ground.connect(Part::Registry.name()).await?;
        let registry = Registry::start(RegistrySettings {
            city: ground.config.city.trust_domain.clone(),
            division: ground.config.city.division,
            database: database.clone(),
            jetstream: async_nats::jetstream::new(client.clone()),
            vault: Arc::new(Vault::open(&ground.directory.vault_key(Part::Registry.name()))?),
            pseudonyms: Arc::clone(ground.pseudonyms),
            signer: ground.signer(Part::Registry.name())?,
            clock: Arc::clone(ground.clock),
            divisions: Arc::new(divisions),
            policy,
            journal: ground.config.journal.clone(),
            relay: ground.config.relay.clone(),
            evidence: ground.config.evidence.clone(),
            unusual: ground.config.unusual.clone(),
            registry: ground.config.registry.clone(),
            shutdown: ground.shutdown.clone(),
        })
        .await
        .map_err(|source| CityError::Service { service: Part::Registry.name(), source })?;
        self.registry = Some((registry, database));
        self.clients.push((Part::Registry.name(), client));
        Ok(())
    }

    pub(super) async fn start_exchange(
        &mut self,
        ground: &Ground<'_>,
        database: Database,
        mailboxes: &Arc<Mailboxes>,
    ) -> Result<(), CityError> {
        let client = ground.connect(Part::Exchange.name()).await?;
        let signer = ground.signer(Part::Exchange.name())?;
        let exchange = Exchange::start(ExchangeSettings {
            client: client.clone(),
            mailboxes: Arc::clone(mailboxes),
            signer: signer.clone(),
            pseudonyms: Arc::clone(ground.pseudonyms),
            services: Part::ALL
                .into_iter()
                .filter(|part| part.tells_events())
                .map(|part| ground.event_source(part.name()))
                .collect::<Result<_, _>>()?,
            config: ground.config.exchange.clone(),
            shutdown: ground.shutdown.clone(),
        })
        .await
        .map_err(|source| CityError::Service { service: Part::Exchange.name(), source })?;
        let audit = ExchangeAudit::start(ground, &database, signer);
        self.exchange = Some((exchange, audit, database));
        self.clients.push((Part::Exchange.name(), client));
        Ok(())
    }

    /// Adds what runs to a door.
    pub(super) fn add_to(&self, mut server: Server) -> Server {
        let limit = server.max_message_bytes();
        if let Some((registry, _)) = &self.registry {
            let services = registry.services();
            server = server
                .service(services.child.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.application.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.category.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.matching.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.person.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.guardianship.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.circumstance.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.roster.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.migrant.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.reconciliation.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.liaison.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.reference.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.support.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.statistics.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.workbook.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.worker.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(services.visit.max_decoding_message_size(limit).max_encoding_message_size(limit));
            let evidence = EvidenceHandler::service(vec![registry.evidence().clone()]);
            let emergencies = registry.emergencies();
            let review = EmergencyHandler::service(vec![emergencies.clone()]);
            server = server
                .emergency_desk(emergencies.service(), Arc::new(emergencies.clone()))
                .whereabouts(Part::Registry.name(), registry.whereabouts())
                .service(review.max_decoding_message_size(limit).max_encoding_message_size(limit))
                .service(evidence.max_decoding_message_size(limit).max_encoding_message_size(limit));
        }
        if let Some((exchange, _, _)) = &self.exchange {
            server =
                server.service(exchange.service().max_decoding_message_size(limit).max_encoding_message_size(limit));
        }
        let audits = self.databases().map(|database| AuditLog::new(database.clone())).collect();
        let audit = AuditHandler::service(audits);
        server.service(audit.max_decoding_message_size(limit).max_encoding_message_size(limit))
    }

    /// Sees to it that calls are recorded, each by the service whose it is.
    pub(super) fn audit(&self, clock: &Arc<dyn Clock>) -> AuditLayer {
        let registry = self.registry.as_ref().map(|(registry, _)| (Part::Registry, registry.recorder()));
        let exchange = self.exchanges_audit().map(|recorder| (Part::Exchange, recorder));
        let recorders = registry.into_iter().chain(exchange);
        let recorders = recorders.map(|(part, recorder)| (part.name().to_owned(), recorder)).collect();
        AuditLayer::new(Recorders::new(recorders), Arc::clone(clock))
    }

    /// Where the exchange's calls are recorded, where it runs here.
    pub(super) fn exchanges_audit(&self) -> Option<Arc<dyn Recorder>> {
        self.exchange.as_ref().map(|(_, audit, _)| Arc::new(audit.journal.clone()) as Arc<dyn Recorder>)
    }

    fn databases(&self) -> impl Iterator<Item = &Database> {
        let registry = self.registry.as_ref().map(|(_, database)| database);
        registry.into_iter().chain(self.exchange.as_ref().map(|(_, _, database)| database))
    }

    /// What takes other mailboxes, where the exchange runs here.
    pub(super) fn mailroom(&self) -> Option<Mailroom> {
        self.exchange.as_ref().map(|(exchange, _, _)| exchange.mailroom())
    }

    /// The services' connections to the broker.
    pub(super) fn clients(&self) -> Vec<(&'static str, async_nats::Client)> {
        self.clients.clone()
    }

    /// The registry's event log.
    pub(super) fn registry_log(&self) -> Option<EventLog> {
        self.registry.as_ref().map(|(_, database)| EventLog::new(database.clone()))
    }

    /// Waits until the services have ended, after their shutdown was asked for.
    pub(super) async fn closed(self) {
        if let Some((registry, database)) = self.registry {
            registry.closed().await;
            database.close().await;
        }
        if let Some((exchange, audit, database)) = self.exchange {
            exchange.closed().await;
            audit.closed().await;
            database.close().await;
        }
        for (_, client) in self.clients {
            // It is away already when the broker is: nothing of ours is unsent, the log has it.
            drop(client.drain().await);
        }
    }
}
