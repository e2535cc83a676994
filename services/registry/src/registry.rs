//! The registry as one part of a process.

use std::sync::Arc;

use contract::registry::v1::application_service_server::ApplicationServiceServer;
use contract::registry::v1::category_service_server::CategoryServiceServer;
use contract::registry::v1::child_service_server::ChildServiceServer;
use contract::registry::v1::circumstance_service_server::CircumstanceServiceServer;
use contract::registry::v1::guardianship_service_server::GuardianshipServiceServer;
use contract::registry::v1::liaison_service_server::LiaisonServiceServer;
use contract::registry::v1::matching_service_server::MatchingServiceServer;
use contract::registry::v1::migrant_service_server::MigrantServiceServer;
use contract::registry::v1::person_service_server::PersonServiceServer;
use contract::registry::v1::reconciliation_service_server::ReconciliationServiceServer;
use contract::registry::v1::reference_service_server::ReferenceServiceServer;
use contract::registry::v1::roster_service_server::RosterServiceServer;
use contract::registry::v1::statistics_service_server::StatisticsServiceServer;
use contract::registry::v1::support_service_server::SupportServiceServer;
use contract::registry::v1::visit_service_server::VisitServiceServer;
use contract::registry::v1::workbook_service_server::WorkbookServiceServer;
use contract::registry::v1::worker_service_server::WorkerServiceServer;
use kernel::DivisionDirectory;
use messaging::emergency::{Emergencies, EmergencySettings, UnreviewedEmergencies};
use messaging::teller::{Teller, TellerSettings};
use platform::access::Whereabouts;
use platform::config::RegistryConfig;
use platform::error::ServiceError;
use platform::pseudonym::Pseudonyms;
use platform::sweeper::{Sweep, Sweeper, SweeperSettings};
use platform::vault::Vault;

use crate::app::Application;
use crate::domain::visit::DutyRule;
use crate::events::access;
use crate::grpc::{
    ApplicationEndpoint, CategoryEndpoint, ChildEndpoint, CircumstanceEndpoint, GuardianshipEndpoint, LiaisonEndpoint,
    MatchingEndpoint, MigrantEndpoint, PersonEndpoint, ReconciliationEndpoint, ReferenceEndpoint, RosterEndpoint,
    StatisticsEndpoint, SupportEndpoint, VisitEndpoint, WorkbookEndpoint, WorkerEndpoint,
};
use crate::keys::{KeyKeeper, Resealer};
use crate::policy::Policy;
use crate::settings::visit_duty;
use crate::store::{Environment, Migrator, Workspace};
use crate::sweeper::changed_duty_rule::ChangedDutyRule;
use crate::sweeper::overdue_visits::OverdueVisits;
use crate::sweeper::{Adulthood, DueReviews, DueSurveys, LateApplications, MatchKeys, UnfinishedReconciliations};

/// The service's name, in subjects, streams and certificates.
pub const SERVICE: &str = "registry";

/// What the registry works with.
#[derive(Debug)]
pub struct RegistrySettings {
    /// What it stands on.
    pub teller: TellerSettings,
    /// Seals what describes a child.
    pub vault: Arc<Vault>,
    /// The departments' references to children.
    pub pseudonyms: Arc<Pseudonyms>,
    /// The divisions of the city.
    pub divisions: Arc<DivisionDirectory>,
    /// What the city sets.
    pub policy: Arc<Policy>,
    /// The registry's own settings.
    pub registry: RegistryConfig,
}

/// The registry at work.
#[derive(Debug)]
pub struct Registry {
    application: Arc<Application>,
    emergencies: Emergencies,
    pseudonyms: Arc<Pseudonyms>,
    teller: Teller<Workspace>,
    sweeper: Sweeper,
    resealer: Resealer,
}

/// The registry's services, made for a door. Their message limits are the door's to set.
#[derive(Clone, Debug)]
pub struct Services {
    /// Keeps the files of children.
    pub child: ChildServiceServer<ChildEndpoint>,
    /// Decides on categories.
    pub category: CategoryServiceServer<CategoryEndpoint>,
    /// Leads a category from the application to the decision.
    pub application: ApplicationServiceServer<ApplicationEndpoint>,
    /// Finds files of one child.
    pub matching: MatchingServiceServer<MatchingEndpoint>,
    /// Keeps the adults around children.
    pub person: PersonServiceServer<PersonEndpoint>,
    /// Keeps who stands around a child.
    pub guardianship: GuardianshipServiceServer<GuardianshipEndpoint>,
    /// Keeps children's own circumstances.
    pub circumstance: CircumstanceServiceServer<CircumstanceEndpoint>,
    /// Takes in and gives out rosters.
    pub roster: RosterServiceServer<RosterEndpoint>,
    /// Keeps the ledger of migrant children.
    pub migrant: MigrantServiceServer<MigrantEndpoint>,
    /// Compares it with other lists.
    pub reconciliation: ReconciliationServiceServer<ReconciliationEndpoint>,
    /// Keeps the liaison points.
    pub liaison: LiaisonServiceServer<LiaisonEndpoint>,
    /// Turns departments' references.
    pub reference: ReferenceServiceServer<ReferenceEndpoint>,
    /// Tells partners who is supported.
    pub support: SupportServiceServer<SupportEndpoint>,
    /// Counts.
    pub statistics: StatisticsServiceServer<StatisticsEndpoint>,
    /// Takes in and gives out the offices' workbooks.
    pub workbook: WorkbookServiceServer<WorkbookEndpoint>,
    /// Keeps workers and their posts.
    pub worker: WorkerServiceServer<WorkerEndpoint>,
    /// Keeps visits and the duty of them.
    pub visit: VisitServiceServer<VisitEndpoint>,
}

impl Registry {
    /// Starts writing, reading and relaying.
    ///
    /// # Errors
    /// `FAILED_PRECONDITION` if the database is older or newer than this binary, or a setting names what does not exist.
    pub async fn start(settings: RegistrySettings) -> Result<Self, ServiceError> {
        let RegistrySettings { teller: ground, vault, pseudonyms, divisions, policy, registry: config } = settings;
        let TellerSettings { database, clock, shutdown, .. } = ground.clone();
        let visit_duty = Arc::new(visit_duty(&config.visit_duty)?);
        let environment = Environment {
            vault: Arc::clone(&vault),
            visit_duty: Arc::clone(&visit_duty),
            migrant_rules: Arc::clone(&policy.migrant_rules),
        };
        let teller = Teller::start::<Migrator>(SERVICE, environment, access::record, ground).await?;
        let journal = teller.journal().clone();
        let keeper = KeyKeeper { journal: journal.clone(), database: database.clone(), vault: Arc::clone(&vault) };
        let resealer = Resealer::start(keeper, shutdown.clone());
        let emergencies = Emergencies::new(EmergencySettings {
            service: SERVICE,
            database: database.clone(),
            journal: journal.clone(),
            vault: Arc::clone(&vault),
            calendar: policy.calendar.clone(),
            clock: Arc::clone(&clock),
        });
        let mut sweeps = sweeps(&visit_duty);
        sweeps.push(Box::new(UnreviewedEmergencies(emergencies.clone())));
        let application = Arc::new(Application::new(journal, database, vault, Arc::clone(&clock), divisions, policy));
        let sweeper = Sweeper::start(SweeperSettings {
            application: Arc::clone(&application),
            clock,
            sweeps,
            interval: config.sweep,
            shutdown,
        });
        Ok(Self { application, emergencies, pseudonyms, teller, sweeper, resealer })
    }

    /// The use cases, for calls inside the process.
    #[must_use]
    pub fn application(&self) -> &Arc<Application> {
        &self.application
    }

    /// The services of the contract, to be added to a door.
    #[must_use]
    pub fn services(&self) -> Services {
        let application = || Arc::clone(&self.application);
        Services {
            child: ChildServiceServer::new(ChildEndpoint::new(application())),
            category: CategoryServiceServer::new(CategoryEndpoint::new(application())),
            application: ApplicationServiceServer::new(ApplicationEndpoint::new(application())),
            matching: MatchingServiceServer::new(MatchingEndpoint::new(application())),
            person: PersonServiceServer::new(PersonEndpoint::new(application())),
            guardianship: GuardianshipServiceServer::new(GuardianshipEndpoint::new(application())),
            circumstance: CircumstanceServiceServer::new(CircumstanceEndpoint::new(application())),
            roster: RosterServiceServer::new(RosterEndpoint::new(application())),
            migrant: MigrantServiceServer::new(MigrantEndpoint::new(application())),
            reconciliation: ReconciliationServiceServer::new(ReconciliationEndpoint::new(application())),
            liaison: LiaisonServiceServer::new(LiaisonEndpoint::new(application())),
            reference: ReferenceServiceServer::new(ReferenceEndpoint::new(application(), Arc::clone(&self.pseudonyms))),
            support: SupportServiceServer::new(SupportEndpoint::new(application())),
            statistics: StatisticsServiceServer::new(StatisticsEndpoint::new(application())),
            workbook: WorkbookServiceServer::new(WorkbookEndpoint::new(application())),
            worker: WorkerServiceServer::new(WorkerEndpoint::new(application())),
            visit: VisitServiceServer::new(VisitEndpoint::new(application())),
        }
    }

    /// The calls that were made in an emergency.
    #[must_use]
    pub fn emergencies(&self) -> &Emergencies {
        &self.emergencies
    }

    /// Where the things lie that its requests name.
    #[must_use]
    pub fn whereabouts(&self) -> Arc<dyn Whereabouts> {
        Arc::clone(&self.application) as Arc<dyn Whereabouts>
    }

    /// What proves its events and records its calls.
    #[must_use]
    pub fn teller(&self) -> &Teller<Workspace> {
        &self.teller
    }

    /// Waits until all of it has ended after the shutdown: see [`Teller::closed`].
    pub async fn closed(self) {
        self.sweeper.closed().await;
        self.resealer.closed().await;
        self.teller.closed().await;
    }
}

/// Every kind of deadline that the registry keeps.
#[must_use]
pub fn sweeps(visit_duty: &Arc<DutyRule>) -> Vec<Box<dyn Sweep<Application>>> {
    let rule = Arc::clone(visit_duty);
    vec![
        Box::new(LateApplications),
        Box::new(DueReviews),
        Box::new(DueSurveys),
        Box::new(UnfinishedReconciliations),
        Box::new(Adulthood),
        Box::new(MatchKeys),
        // The rule comes first: a month that is over keeps the duty that it had.
        Box::new(ChangedDutyRule { rule }),
        Box::new(OverdueVisits::default()),
    ]
}
