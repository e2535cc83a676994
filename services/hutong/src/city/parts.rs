use std::sync::Arc;

use contract::mailboxes::Mailboxes;
use exchange::{Exchange, ExchangeSettings, Mailroom};
use kernel::{Clock, DivisionDirectory};
use messaging::audit::{AuditHandler, AuditLog};
use messaging::checkpoints::{EvidenceHandler, LogEvidence};
use messaging::emergency::EmergencyHandler;
use messaging::log::EventLog;
use platform::audit::{AuditLayer, Recorder, Recorders};
use platform::database::Database;
use platform::error::ServiceError;
use platform::server::Server;
use registry::policy::Policy;
use registry::{Registry, RegistrySettings};
use subsidies::domain::Rules;
use subsidies::{Subsidies, SubsidiesSettings};

use super::exchange_audit::ExchangeAudit;
use super::ground::Ground;
use super::{CityError, Part};

/// The services that run in this process.
#[derive(Default)]
pub(super) struct Parts {
    registry: Option<Registry>,
    subsidies: Option<Subsidies>,
    exchange: Option<(Exchange, ExchangeAudit)>,
    started: Vec<Started>,
}

/// What every service that was started has.
struct Started {
    part: Part,
    database: Database,
    client: async_nats::Client,
    /// Where its calls are recorded.
    recorder: Arc<dyn Recorder>,
    /// What proves its events, if it tells any.
    evidence: Option<LogEvidence>,
}

/// Adds services to a door, under its message limits.
macro_rules! add {
    ($server:expr, $services:expr, [$($service:ident),+ $(,)?]) => {{
        let (server, services) = ($server, $services);
        let limit = server.max_message_bytes();
        server$(.service(services.$service.max_decoding_message_size(limit).max_encoding_message_size(limit)))+
    }};
}

impl Parts {
    pub(super) async fn start_registry(
        &mut self,
        ground: &Ground<'_>,
        database: Database,
        divisions: Arc<DivisionDirectory>,
        policy: Arc<Policy>,
    ) -> Result<(), CityError> {
        let part = Part::Registry;
        let client = ground.connect(part).await?;
        let registry = Registry::start(RegistrySettings {
            teller: ground.teller(part, &database, &client)?,
            vault: ground.vault(part)?,
            pseudonyms: Arc::clone(ground.pseudonyms),
            divisions,
            policy,
            registry: ground.config.registry.clone(),
        });
        let registry = registry.await.map_err(does_not_start(part))?;
        let (recorder, evidence) = (registry.teller().recorder(), Some(registry.teller().evidence().clone()));
        self.started.push(Started { part, database, client, recorder, evidence });
        self.registry = Some(registry);
        Ok(())
    }

    pub(super) async fn start_subsidies(
        &mut self,
        ground: &Ground<'_>,
        database: Database,
        divisions: Arc<DivisionDirectory>,
        rules: Arc<Rules>,
    ) -> Result<(), CityError> {
        let part = Part::Subsidies;
        let client = ground.connect(part).await?;
        let subsidies = Subsidies::start(SubsidiesSettings {
            teller: ground.teller(part, &database, &client)?,
            vault: ground.vault(part)?,
            divisions,
            rules,
            subsidies: ground.config.subsidies.clone(),
        });
        let subsidies = subsidies.await.map_err(does_not_start(part))?;
        let (recorder, evidence) = (subsidies.teller().recorder(), Some(subsidies.teller().evidence().clone()));
        self.started.push(Started { part, database, client, recorder, evidence });
        self.subsidies = Some(subsidies);
        Ok(())
    }

    pub(super) async fn start_exchange(
        &mut self,
        ground: &Ground<'_>,
        database: Database,
        mailboxes: &Arc<Mailboxes>,
    ) -> Result<(), CityError> {
        let part = Part::Exchange;
        let client = ground.connect(part).await?;
        let signer = ground.signer(part)?;
        let sources = Part::ALL.into_iter().filter(|part| part.fills_mailboxes());
        let exchange = Exchange::start(ExchangeSettings {
            client: client.clone(),
            mailboxes: Arc::clone(mailboxes),
            signer: signer.clone(),
            pseudonyms: Arc::clone(ground.pseudonyms),
            services: sources.map(|part| ground.event_source(part)).collect::<Result<_, _>>()?,
            config: ground.config.exchange.clone(),
            shutdown: ground.shutdown.clone(),
        });
        let exchange = exchange.await.map_err(does_not_start(part))?;
        let audit = ExchangeAudit::start(ground, &database, signer);
        self.started.push(Started { part, database, client, recorder: audit.recorder(), evidence: None });
        self.exchange = Some((exchange, audit));
        Ok(())
    }

    /// Adds what runs to a door.
    pub(super) fn add_to(&self, mut server: Server) -> Server {
        let limit = server.max_message_bytes();
        if let Some(registry) = &self.registry {
            server = add!(
                server,
                registry.services(),
                [
                    child,
                    application,
                    category,
                    matching,
                    person,
                    guardianship,
                    circumstance,
                    roster,
                    migrant,
                    reconciliation,
                    liaison,
                    reference,
                    support,
                    statistics,
                    workbook,
                    worker,
                    visit,
                ]
            );
            let emergencies = registry.emergencies();
            let review = EmergencyHandler::service(vec![emergencies.clone()]);
            server = server
                .emergency_desk(emergencies.service(), Arc::new(emergencies.clone()))
                .whereabouts(Part::Registry.name(), registry.whereabouts())
                .service(review.max_decoding_message_size(limit).max_encoding_message_size(limit));
        }
        if let Some(subsidies) = &self.subsidies {
            server = add!(server, subsidies.services(), [standard, entitlement, payroll, task, budget, insurance])
                .whereabouts(Part::Subsidies.name(), subsidies.whereabouts());
        }
        if let Some((exchange, _)) = &self.exchange {
            let mailboxes = exchange.service();
            server = server.service(mailboxes.max_decoding_message_size(limit).max_encoding_message_size(limit));
        }
        let logs: Vec<_> = self.started.iter().filter_map(|started| started.evidence.clone()).collect();
        if !logs.is_empty() {
            let evidence = EvidenceHandler::service(logs);
            server = server.service(evidence.max_decoding_message_size(limit).max_encoding_message_size(limit));
        }
        let audits = self.started.iter().map(|started| AuditLog::new(started.database.clone())).collect();
        let audit = AuditHandler::service(audits);
        server.service(audit.max_decoding_message_size(limit).max_encoding_message_size(limit))
    }

    /// Sees to it that calls are recorded, each by the service whose it is.
    pub(super) fn audit(&self, clock: &Arc<dyn Clock>) -> AuditLayer {
        let recorder = |started: &Started| (started.part.name().to_owned(), Arc::clone(&started.recorder));
        AuditLayer::new(Recorders::new(self.started.iter().map(recorder).collect()), Arc::clone(clock))
    }

    /// Where the exchange's calls are recorded, where it runs here.
    pub(super) fn exchanges_audit(&self) -> Option<Arc<dyn Recorder>> {
        self.exchange.as_ref().map(|(_, audit)| audit.recorder())
    }

    /// What takes other mailboxes, where the exchange runs here.
    pub(super) fn mailroom(&self) -> Option<Mailroom> {
        self.exchange.as_ref().map(|(exchange, _)| exchange.mailroom())
    }

    /// The services' connections to the broker.
    pub(super) fn clients(&self) -> Vec<(&'static str, async_nats::Client)> {
        self.started.iter().map(|started| (started.part.name(), started.client.clone())).collect()
    }

    /// The registry's event log.
    pub(super) fn registry_log(&self) -> Option<EventLog> {
        let registry = self.started.iter().find(|started| started.part == Part::Registry);
        registry.map(|started| EventLog::new(started.database.clone()))
    }

    /// The payroll, where it runs here.
    pub(super) fn subsidies(&self) -> Option<&Subsidies> {
        self.subsidies.as_ref()
    }

    /// Waits until the services have ended, after their shutdown was asked for.
    pub(super) async fn closed(self) {
        if let Some(registry) = self.registry {
            registry.closed().await;
        }
        if let Some(subsidies) = self.subsidies {
            subsidies.closed().await;
        }
        if let Some((exchange, audit)) = self.exchange {
            exchange.closed().await;
            audit.closed().await;
        }
        for Started { database, client, .. } in self.started {
            database.close().await;
            // It is away already when the broker is: nothing of ours is unsent, the log has it.
            drop(client.drain().await);
        }
    }
}

fn does_not_start(part: Part) -> impl FnOnce(ServiceError) -> CityError {
    move |source| CityError::Service { service: part.name(), source }
}
