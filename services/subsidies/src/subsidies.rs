//! The payroll as one part of a process.

use std::sync::Arc;

use contract::subsidies::v1::budget_service_server::BudgetServiceServer;
use contract::subsidies::v1::entitlement_service_server::EntitlementServiceServer;
use contract::subsidies::v1::insurance_service_server::InsuranceServiceServer;
use contract::subsidies::v1::payment_task_service_server::PaymentTaskServiceServer;
use contract::subsidies::v1::payroll_service_server::PayrollServiceServer;
use contract::subsidies::v1::standard_service_server::StandardServiceServer;
use kernel::DivisionDirectory;
use messaging::inbox::{DeadLetters, Inbox, InboxSettings};
use messaging::teller::{Teller, TellerSettings};
use platform::access::Whereabouts;
use platform::config::SubsidiesConfig;
use platform::error::ServiceError;
use platform::vault::Vault;

use crate::app::{Application, Limits};
use crate::domain::Rules;
use crate::grpc::{
    BudgetEndpoint, EntitlementEndpoint, InsuranceEndpoint, PaymentTaskEndpoint, PayrollEndpoint, StandardEndpoint,
};
use crate::store::{Environment, Migrator, Workspace};
use crate::{SERVICE, events, inbox};

/// The service whose events it learns from.
const SOURCE: &str = "registry";
/// Events that are learnt in one transaction.
const EVENTS: usize = 256;

/// What the payroll works with.
#[derive(Debug)]
pub struct SubsidiesSettings {
    /// What it stands on.
    pub teller: TellerSettings,
    /// Seals payees.
    pub vault: Arc<Vault>,
    /// The divisions of the city.
    pub divisions: Arc<DivisionDirectory>,
    /// The rules that the city sets.
    pub rules: Arc<Rules>,
    /// The payroll's own settings.
    pub subsidies: SubsidiesConfig,
}

/// The payroll at work.
#[derive(Debug)]
pub struct Subsidies {
    application: Arc<Application>,
    teller: Teller<Workspace>,
    inbox: Inbox<Workspace, inbox::Registry>,
}

/// The payroll's services, made for a door. Their message limits are the door's to set.
#[derive(Clone, Debug)]
pub struct Services {
    /// Sets what children are paid.
    pub standard: StandardServiceServer<StandardEndpoint>,
    /// Answers what a child is due, and to whom it is paid.
    pub entitlement: EntitlementServiceServer<EntitlementEndpoint>,
    /// Pays, month by month.
    pub payroll: PayrollServiceServer<PayrollEndpoint>,
    /// Decides what is to be done about money.
    pub task: PaymentTaskServiceServer<PaymentTaskEndpoint>,
    /// Keeps what counties have for their payments.
    pub budget: BudgetServiceServer<BudgetEndpoint>,
    /// Buys insurance for children.
    pub insurance: InsuranceServiceServer<InsuranceEndpoint>,
}

impl Subsidies {
    /// Starts writing, reading, relaying and learning.
    ///
    /// # Errors
    /// `FAILED_PRECONDITION` if the database is older or newer than this binary.
    pub async fn start(settings: SubsidiesSettings) -> Result<Self, ServiceError> {
        let SubsidiesSettings { teller: ground, vault, divisions, rules, subsidies: config } = settings;
        let TellerSettings { database, clock, division, jetstream, shutdown, .. } = ground.clone();
        let environment =
            Environment { vault: Arc::clone(&vault), rules: Arc::clone(&rules), task_days: config.task_days };
        let teller = Teller::start::<Migrator>(SERVICE, environment, events::unusual, ground).await?;
        let journal = teller.journal().clone();
        let inbox = Inbox::start(InboxSettings {
            service: SERVICE.to_owned(),
            source: SOURCE.to_owned(),
            types: inbox::types(),
            handler: inbox::Registry,
            journal: journal.clone(),
            database: database.clone(),
            jetstream,
            batch: EVENTS,
            shutdown,
        });
        let limits = Limits { children_of_account: config.children_of_account, jump_percent: config.jump_percent };
        let application =
            Arc::new(Application { journal, database, vault, clock, city: division, divisions, rules, limits });
        Ok(Self { application, teller, inbox })
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
            standard: StandardServiceServer::new(StandardEndpoint::new(application())),
            entitlement: EntitlementServiceServer::new(EntitlementEndpoint::new(application())),
            payroll: PayrollServiceServer::new(PayrollEndpoint::new(application())),
            task: PaymentTaskServiceServer::new(PaymentTaskEndpoint::new(application())),
            budget: BudgetServiceServer::new(BudgetEndpoint::new(application())),
            insurance: InsuranceServiceServer::new(InsuranceEndpoint::new(application())),
        }
    }

    /// The number of the registry's event that was learnt last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn learnt(&self) -> Result<u64, ServiceError> {
        self.inbox.cursor().await
    }

    /// The registry's events that could not be learnt.
    #[must_use]
    pub fn dead_letters(&self) -> &DeadLetters<Workspace, inbox::Registry> {
        self.inbox.dead_letters()
    }

    /// Where the children lie that its requests name.
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
        self.inbox.closed().await;
        self.teller.closed().await;
    }
}
