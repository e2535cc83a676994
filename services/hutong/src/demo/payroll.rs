use contract::date::from_date;
use contract::registry::v1::Child;
use contract::subsidies::v1;
use contract::subsidies::v1::entitlement_service_client::EntitlementServiceClient;
use contract::subsidies::v1::payment_task_service_client::PaymentTaskServiceClient;
use contract::subsidies::v1::payroll_service_client::PayrollServiceClient;
use contract::subsidies::v1::standard_service_client::StandardServiceClient;
use futures::TryStreamExt;
use kernel::{Clock, Month, SystemClock};
use platform::audit::ACTOR;
use serde::Serialize;
use subsidies::bank::{Habits, SimulatedBank};
use tonic::Request;
use tonic::metadata::AsciiMetadataKey;
use tonic::transport::Channel;

use super::DemoError;
use super::life::{refused, request_id};
use crate::payroll::{STANDARDS, payee_by_file, read_standards};

/// Who opens runs, and who approves them: two persons.
const OPENS: &str = "li";
const APPROVES: &str = "zhao";
/// The bank that accounts in children's files are of.
const BANK: &str = "社保卡开户行";
/// What banks do, in a thousand payments.
const HABITS: Habits = Habits { lost: 20, twice: 20, returned: 10, delayed: 20, seed: 1 };
/// Payees, and results, in one call.
const PART: usize = 1_000;

/// What a year's payroll paid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearPaid {
    /// The year.
    pub year: i16,
    /// Fen that the year's runs committed.
    pub committed_fen: i64,
    /// Fen of it that the bank has paid, by the payroll's books.
    pub settled_fen: i64,
    /// Fen that the bank says it has paid.
    pub bank_fen: i64,
    /// Payments that the bank gave back, and that a person had paid again.
    pub returned: i32,
    /// Month by month, for the table.
    #[serde(skip)]
    pub totals: v1::GetYearTotalsResponse,
}

impl YearPaid {
    /// Whether the books and the bank agree to the fen.
    #[must_use]
    pub fn reconciles(&self) -> bool {
        self.settled_fen == self.bank_fen
    }
}

/// A payroll office.
pub(super) struct Payroll {
    payroll: PayrollServiceClient<Channel>,
    tasks: PaymentTaskServiceClient<Channel>,
    bank: SimulatedBank,
    returned: i32,
}

impl Payroll {
    /// Publishes standards and says to whom children's money goes.
    pub(super) async fn open(channel: Channel, city: &str, children: Vec<Child>) -> Result<Self, DemoError> {
        let mut standards = StandardServiceClient::new(channel.clone());
        for standard in read_standards(STANDARDS, city)? {
            standards.publish_standard(standard).await.map_err(refused("PublishStandard"))?;
        }
        let payees: Vec<_> = children.into_iter().filter_map(|child| payee_by_file(child, BANK)).collect();
        let mut entitlements = EntitlementServiceClient::new(channel.clone());
        for part in payees.chunks(PART) {
            let request = v1::SetPayeesRequest { request_id: request_id(), payees: part.to_vec() };
            entitlements.set_payees(request).await.map_err(refused("SetPayees"))?;
        }
        let (payroll, tasks) = (PayrollServiceClient::new(channel.clone()), PaymentTaskServiceClient::new(channel));
        Ok(Self { payroll, tasks, bank: SimulatedBank::new(HABITS), returned: 0 })
    }

    /// Pays the last whole year, month by month, by a bank that loses answers, answers twice, returns and delays.
    pub(super) async fn pay_a_year(mut self) -> Result<YearPaid, DemoError> {
        let year = SystemClock.today().year() - 1;
        let months = (1..=12).filter_map(|month| Month::new(year.into(), month).ok());
        for month in months {
            self.pay(month).await?;
        }
        let request = v1::GetYearTotalsRequest { year: year.into() };
        let totals = self.payroll.get_year_totals(request).await.map_err(refused("GetYearTotals"))?.into_inner();
        Ok(YearPaid {
            year,
            committed_fen: totals.committed_fen,
            settled_fen: totals.settled_fen,
            bank_fen: self.bank.paid().values().sum(),
            returned: self.returned,
            totals,
        })
    }

    async fn pay(&mut self, month: Month) -> Result<(), DemoError> {
        let open = v1::OpenRunRequest { request_id: request_id(), month: Some(contract::date::from_month(month)) };
        let run = self.payroll.open_run(by(OPENS, open)).await.map_err(refused("OpenRun"))?.into_inner();
        let run = run.run.unwrap_or_default().id;
        let accrue = v1::AccrueRunRequest { run: run.clone(), anew: false };
        let computed = self.payroll.accrue_run(by(OPENS, accrue)).await.map_err(refused("AccrueRun"))?.into_inner();
        computed.try_collect::<Vec<_>>().await.map_err(refused("AccrueRun"))?;
        let check = v1::CheckRunRequest { request_id: request_id(), run: run.clone(), etag: String::new() };
        self.payroll.check_run(by(OPENS, check)).await.map_err(refused("CheckRun"))?;
        let approve = v1::ApproveRunRequest { request_id: request_id(), run: run.clone(), etag: String::new() };
        self.payroll.approve_run(by(APPROVES, approve)).await.map_err(refused("ApproveRun"))?;
        let export = v1::ExportPaymentsRequest { run: run.clone() };
        let file = self.payroll.export_payments(by(OPENS, export)).await.map_err(refused("ExportPayments"))?;
        let parts: Vec<_> = file.into_inner().try_collect().await.map_err(refused("ExportPayments"))?;
        for part in parts {
            self.bank.take(&part.instructions);
        }
        let today = from_date(SystemClock.today());
        let answers = self.bank.answers(today);
        self.record(answers).await?;
        let unknown = self.unknown(&run).await?;
        let answers = self.bank.query(unknown.iter().map(String::as_str), today);
        self.record(answers).await?;
        let reconcile = v1::ReconcileRunRequest { request_id: request_id(), run, etag: String::new() };
        self.payroll.reconcile_run(by(OPENS, reconcile)).await.map_err(refused("ReconcileRun"))?;
        self.pay_again().await
    }

    async fn record(&mut self, results: Vec<v1::BankResult>) -> Result<(), DemoError> {
        for part in results.chunks(PART) {
            let request = v1::RecordBankResultsRequest { request_id: request_id(), results: part.to_vec() };
            let told = self.payroll.record_bank_results(by(OPENS, request)).await;
            self.returned += told.map_err(refused("RecordBankResults"))?.into_inner().returned;
        }
        Ok(())
    }

    /// Payments of which the bank has said nothing yet.
    async fn unknown(&mut self, run: &str) -> Result<Vec<String>, DemoError> {
        let (mut unknown, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = v1::ListPaymentsRequest {
                run: run.to_owned(),
                state: v1::PaymentState::Instructed.into(),
                page_size: 500,
                page_token,
                ..Default::default()
            };
            let page = self.payroll.list_payments(request).await.map_err(refused("ListPayments"))?.into_inner();
            unknown.extend(page.payments.into_iter().map(|payment| payment.id));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(unknown);
            }
        }
    }

    /// What came back is owed by the next run: a person says so.
    async fn pay_again(&mut self) -> Result<(), DemoError> {
        let request = v1::ListPaymentTasksRequest { page_size: 500, ..Default::default() };
        let open = self.tasks.list_payment_tasks(request).await.map_err(refused("ListPaymentTasks"))?.into_inner();
        for task in open.tasks.into_iter().filter(|task| task.kind() == v1::PaymentTaskKind::Returned) {
            let request = v1::DecidePaymentTaskRequest {
                request_id: request_id(),
                task: task.id,
                outcome: v1::PaymentTaskOutcome::PayAgain.into(),
                note: "账户已更正".to_owned(),
            };
            self.tasks.decide_payment_task(by(APPROVES, request)).await.map_err(refused("DecidePaymentTask"))?;
        }
        Ok(())
    }
}

/// A call on behalf of a person.
fn by<M>(actor: &'static str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    let key = AsciiMetadataKey::from_bytes(ACTOR.as_str().as_bytes()).expect("a header's name is a key");
    request.metadata_mut().insert(key, actor.parse().expect("a short name is a value"));
    request
}
