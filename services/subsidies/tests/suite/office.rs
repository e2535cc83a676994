//! A payroll office: the service over a temporary database, told of children as the registry tells.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use contract::date::from_date;
use contract::google::r#type::Date as WireDate;
use contract::registry::v1 as registry;
use contract::subsidies::v1;
use contract::subsidies::v1::entitlement_service_server::EntitlementService as _;
use contract::subsidies::v1::payment_task_service_server::PaymentTaskService as _;
use contract::subsidies::v1::payroll_service_server::PayrollService as _;
use contract::subsidies::v1::standard_service_server::StandardService as _;
use futures::TryStreamExt as _;
use kernel::time::{parse_iso, start_of_day_shanghai};
use kernel::{Clock as _, DivisionDirectory, EventId, Id, ManualClock, Tier};
use messaging::inbox::{EventHandler as _, ReceivedEvent};
use messaging::journal::{Context, Journal, JournalSettings, RequestKey, UseCase};
use messaging::log::EventLog;
use messaging::seal::Signer;
use platform::access::Connection;
use platform::audit::{Call, Trail};
use platform::config::Config;
use platform::database::Database;
use platform::error::ServiceError;
use platform::identity::Identity;
use platform::vault::Vault;
use prost::{Message, Name};
use subsidies::app::{Application, Limits};
use subsidies::bank::SimulatedBank;
use subsidies::grpc::{
    BudgetEndpoint, EntitlementEndpoint, InsuranceEndpoint, PaymentTaskEndpoint, PayrollEndpoint, StandardEndpoint,
};
use subsidies::inbox;
use subsidies::store::{Environment, Migrator, Needs, Workspace};
use tempfile::TempDir;
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

pub struct Office {
    pub application: Arc<Application>,
    pub standards: StandardEndpoint,
    pub entitlements: EntitlementEndpoint,
    pub payroll: PayrollEndpoint,
    pub tasks: PaymentTaskEndpoint,
    pub budgets: BudgetEndpoint,
    pub insurance: InsuranceEndpoint,
    pub clock: ManualClock,
    log: EventLog,
    _directory: TempDir,
}

/// An event as the inbox hands it on.
struct Delivery(ReceivedEvent);

impl UseCase<Workspace> for Delivery {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        inbox::Registry.needs(&self.0, needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
        inbox::Registry.decide(&self.0, workspace, context)
    }
}

impl Office {
    pub async fn open(today: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = Config::load(None).unwrap();
        let database = Database::open(&config.database, subsidies::SERVICE, directory.path()).await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        let vault = Arc::new(Vault::open(&directory.path().join("subsidies.vault")).unwrap());
        let clock = ManualClock::on(parse_iso(today).unwrap());
        let rules = Arc::new("2024-1@2024-01+top-up".parse().unwrap());
        let environment = Environment { vault: Arc::clone(&vault), rules: Arc::clone(&rules), task_days: 30 };
        let (journal, _) = Journal::start(JournalSettings {
            database: database.clone(),
            environment: Arc::new(environment),
            clock: Arc::new(clock.clone()),
            signer: Signer::generate().unwrap(),
            config: config.journal,
        });
        let divisions = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/divisions/3716.csv");
        let divisions = DivisionDirectory::from_csv(&std::fs::read_to_string(divisions).unwrap()).unwrap();
        let log = EventLog::new(database.clone());
        let application = Arc::new(Application {
            journal,
            database,
            vault,
            clock: Arc::new(clock.clone()),
            city: config.city.division,
            divisions: Arc::new(divisions),
            rules,
            limits: Limits { children_of_account: 6, jump_percent: 20 },
        });
        Self {
            standards: StandardEndpoint::new(Arc::clone(&application)),
            entitlements: EntitlementEndpoint::new(Arc::clone(&application)),
            payroll: PayrollEndpoint::new(Arc::clone(&application)),
            tasks: PaymentTaskEndpoint::new(Arc::clone(&application)),
            budgets: BudgetEndpoint::new(Arc::clone(&application)),
            insurance: InsuranceEndpoint::new(Arc::clone(&application)),
            application,
            clock,
            log,
            _directory: directory,
        }
    }

    pub fn set(&self, day: &str) {
        self.clock.set(start_of_day_shanghai(parse_iso(day).unwrap()));
    }

    /// Tells what the registry tells.
    pub async fn told<M: Message + Name>(&self, message: M) {
        let event = contract::event::of::<M>();
        let body = message.encode_to_vec();
        let subject = event.subject_of(&body).unwrap();
        let received = ReceivedEvent {
            sequence: 1,
            id: EventId::generate(&self.clock).as_uuid(),
            event,
            aggregate: subject.aggregate,
            county: subject.county,
            occurred_at: self.clock.now(),
            traceparent: None,
            body: body.into(),
        };
        self.application.journal.submit(Delivery(received), RequestKey::none("Test")).await.unwrap();
    }

    /// A child of a county, with a tier from a month on, and an account.
    pub async fn child(&self, county: &str, tier: Tier, from: &str) -> Child {
        let child = Child { id: new_id(&self.clock), record: new_id(&self.clock), county: county.to_owned() };
        self.told(registry::ChildRegistered {
            child: child.id.clone(),
            county: county.to_owned(),
            ..Default::default()
        })
        .await;
        self.told(child.confirmed(&child.record, tier, from)).await;
        let account = child.id.bytes().filter(u8::is_ascii_digit).map(char::from).collect();
        let payee = v1::Payee { holder: "王某".to_owned(), bank: "农商银行".to_owned(), account };
        let payees = vec![v1::ChildPayee { child: child.id.clone(), payee: Some(payee) }];
        self.entitlements.set_payees(asked("li", v1::SetPayeesRequest { payees, ..Default::default() })).await.unwrap();
        child
    }

    pub async fn publish(&self, tier: Tier, from: &str, yuan: i64) -> v1::Standard {
        let request = v1::PublishStandardRequest {
            tier: tier.number(),
            area: "371600".to_owned(),
            from_month: Some(month(from)),
            monthly_fen: yuan * 100,
            legal_basis: "滨民〔2024〕1号".to_owned(),
            ..Default::default()
        };
        let answer = self.standards.publish_standard(asked("li", request)).await;
        answer.unwrap().into_inner().standard.unwrap()
    }

    /// 2,675 / 2,140 / 1,777 from January 2024 on.
    pub async fn publish_all(&self) {
        for (tier, yuan) in [(Tier::A, 2_675), (Tier::B, 2_140), (Tier::C, 1_777)] {
            self.publish(tier, "2024-01", yuan).await;
        }
    }

    pub async fn open_run(&self, of: &str) -> Result<v1::PayrollRun, Status> {
        let request = v1::OpenRunRequest { month: Some(month(of)), ..Default::default() };
        Ok(self.payroll.open_run(asked("li", request)).await?.into_inner().run.unwrap())
    }

    pub async fn accrue(&self, run: &str, anew: bool) -> Result<v1::PayrollRun, Status> {
        let request = v1::AccrueRunRequest { run: run.to_owned(), anew };
        let answers: Vec<_> = self.payroll.accrue_run(asked("li", request)).await?.into_inner().try_collect().await?;
        Ok(answers.last().unwrap().run.clone().unwrap())
    }

    pub async fn check(&self, run: &str) -> Result<v1::PayrollRun, Status> {
        let request = v1::CheckRunRequest { run: run.to_owned(), ..Default::default() };
        Ok(self.payroll.check_run(asked("li", request)).await?.into_inner().run.unwrap())
    }

    pub async fn approve(&self, run: &str, actor: &str) -> Result<v1::PayrollRun, Status> {
        let request = v1::ApproveRunRequest { run: run.to_owned(), ..Default::default() };
        Ok(self.payroll.approve_run(asked(actor, request)).await?.into_inner().run.unwrap())
    }

    pub async fn reconcile(&self, run: &str) -> Result<v1::PayrollRun, Status> {
        let request = v1::ReconcileRunRequest { run: run.to_owned(), ..Default::default() };
        Ok(self.payroll.reconcile_run(asked("li", request)).await?.into_inner().run.unwrap())
    }

    pub async fn export(&self, run: &str) -> Result<Vec<v1::BankInstruction>, Status> {
        let request = v1::ExportPaymentsRequest { run: run.to_owned() };
        let parts: Vec<_> =
            self.payroll.export_payments(asked("li", request)).await?.into_inner().try_collect().await?;
        Ok(parts.into_iter().flat_map(|part| part.instructions).collect())
    }

    pub async fn results(&self, results: Vec<v1::BankResult>) -> v1::RecordBankResultsResponse {
        if results.is_empty() {
            return v1::RecordBankResultsResponse::default();
        }
        let request = v1::RecordBankResultsRequest { results, ..Default::default() };
        self.payroll.record_bank_results(asked("li", request)).await.unwrap().into_inner()
    }

    /// A run up to its approval, on the 5th of its month.
    pub async fn approved(&self, of: &str) -> v1::PayrollRun {
        self.set(&format!("{of}-05"));
        let run = self.open_run(of).await.unwrap();
        self.accrue(&run.id, false).await.unwrap();
        self.check(&run.id).await.unwrap();
        self.approve(&run.id, "zhao").await.unwrap()
    }

    /// A run of which everything is paid, and what each child got, in fen.
    pub async fn run(&self, of: &str) -> BTreeMap<String, i64> {
        let run = self.approved(of).await;
        let today = from_date(self.clock.today());
        let instructions = self.export(&run.id).await.unwrap();
        let results = instructions.iter().map(|one| v1::BankResult {
            payment: one.payment.clone(),
            outcome: v1::BankOutcome::Settled.into(),
            amount_fen: one.amount_fen,
            settled_on: Some(today),
            reason: String::new(),
        });
        self.results(results.collect()).await;
        self.reconcile(&run.id).await.unwrap();
        let payments = self.payments(&run.id).await;
        payments.into_iter().map(|payment| (payment.child, payment.amount_fen)).collect()
    }

    /// What a bank said by now, and what it says if it is asked.
    pub async fn ask(&self, bank: &SimulatedBank, run: &str) -> v1::RecordBankResultsResponse {
        let payments = self.payments(run).await;
        let unknown = payments.iter().filter(|one| one.state() == v1::PaymentState::Instructed);
        let results = bank.query(unknown.map(|one| one.id.as_str()), from_date(self.clock.today()));
        self.results(results).await
    }

    pub async fn payments(&self, run: &str) -> Vec<v1::Payment> {
        let mut payments = Vec::new();
        let mut request = v1::ListPaymentsRequest { run: run.to_owned(), page_size: 100, ..Default::default() };
        loop {
            let page = self.payroll.list_payments(asked("li", request.clone())).await.unwrap().into_inner();
            payments.extend(page.payments);
            if page.next_page_token.is_empty() {
                return payments;
            }
            request.page_token = page.next_page_token;
        }
    }

    pub async fn open_tasks(&self) -> Vec<v1::PaymentTask> {
        let request = asked("li", v1::ListPaymentTasksRequest::default());
        self.tasks.list_payment_tasks(request).await.unwrap().into_inner().tasks
    }

    pub async fn decide(&self, task: &str, outcome: v1::PaymentTaskOutcome) -> Result<v1::PaymentTask, Status> {
        let request = v1::DecidePaymentTaskRequest {
            task: task.to_owned(),
            outcome: outcome.into(),
            note: "已核实".to_owned(),
            ..Default::default()
        };
        Ok(self.tasks.decide_payment_task(asked("zhao", request)).await?.into_inner().task.unwrap())
    }

    pub async fn explain(&self, payment: &str) -> v1::Explanation {
        let request = asked("li", v1::ExplainPaymentRequest { payment: payment.to_owned() });
        self.payroll.explain_payment(request).await.unwrap().into_inner().explanation.unwrap()
    }

    pub async fn recompute(&self, run: &str) -> v1::RecomputeRunResponse {
        let request = asked("li", v1::RecomputeRunRequest { run: run.to_owned() });
        let answers: Vec<_> =
            self.payroll.recompute_run(request).await.unwrap().into_inner().try_collect().await.unwrap();
        answers.last().unwrap().clone()
    }

    /// All events of one type, in order.
    pub async fn events<M: Message + Name + Default>(&self) -> Vec<M> {
        let events = self.log.read(0, 100_000).await.unwrap();
        let kind = &contract::event::of::<M>().name;
        let events = events.into_iter().filter(|sealed| sealed.event.event.name == *kind);
        events.map(|sealed| M::decode(sealed.event.body.as_ref()).unwrap()).collect()
    }
}

pub struct Child {
    pub id: String,
    pub record: String,
    pub county: String,
}

impl Child {
    pub fn confirmed(&self, record: &str, tier: Tier, from: &str) -> registry::CategoryConfirmed {
        registry::CategoryConfirmed {
            child: self.id.clone(),
            county: self.county.clone(),
            record: record.to_owned(),
            tier: tier.number(),
            from_month: Some(month(from)),
        }
    }

    pub fn ended(&self, tier: Tier, until: &str) -> registry::CategoryEnded {
        registry::CategoryEnded {
            child: self.id.clone(),
            county: self.county.clone(),
            record: self.record.clone(),
            tier: tier.number(),
            until_month: Some(month(until)),
        }
    }

    pub fn died(&self, on: &str) -> registry::ChildDeceased {
        let (child, county) = (self.id.clone(), self.county.clone());
        registry::ChildDeceased { child, county, deceased_on: Some(from_date(parse_iso(on).unwrap())) }
    }
}

pub fn new_id(clock: &ManualClock) -> String {
    Id::<kernel::id::Child>::generate(clock).to_string()
}

pub fn month(text: &str) -> WireDate {
    contract::date::from_month(text.parse().unwrap())
}

/// A request of civil affairs, on behalf of a person.
pub fn asked<M>(actor: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    let identity = Identity::parse("spiffe://binzhou.hutong/department/CA", "binzhou.hutong").unwrap();
    request.extensions_mut().insert(Connection::of(identity));
    request.extensions_mut().insert(Trail::new(Call {
        id: uuid::Uuid::nil(),
        at: kernel::Instant::EPOCH,
        caller: "CA".to_owned(),
        actor: actor.to_owned(),
        method: "test",
        purpose: "test",
        trace: String::new(),
    }));
    request
}

/// The stable reason of a refusal.
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}
