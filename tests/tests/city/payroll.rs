//! A month of the payroll over the real city: killed at every step, it pays everybody once.

use std::collections::BTreeMap;

use contract::registry::v1::Category;
use contract::subsidies::v1::entitlement_service_client::EntitlementServiceClient;
use contract::subsidies::v1::payroll_service_client::PayrollServiceClient;
use contract::subsidies::v1::{
    AccrueRunRequest, ApproveRunRequest, BankInstruction, CheckRunRequest, ChildPayee, ExportPaymentsRequest,
    GetEntitlementRequest, GetRunRequest, GetYearTotalsRequest, ListPaymentsRequest, OpenRunRequest, Payee,
    PaymentState, PayrollRun, ReconcileRunRequest, RecordBankResultsRequest, RunState, SetPayeesRequest,
};
use futures::TryStreamExt as _;
use subsidies::bank::{Habits, SimulatedBank};
use tests::both_databases;
use tests::city::{Backend, City, Samples};
use tests::command::{done, fails, json};
use tests::wait::eventually;
use tonic::{Request, Status};

both_databases!(
    a_month_that_is_killed_at_every_step_pays_everybody_once,
    a_month_goes_from_the_command_line_to_the_reconciled_run,
);

const CHILDREN: usize = 30;
const MONTH: (i32, i32) = (2026, 1);
/// Tier B, fen.
const DUE: i64 = 214_000;

/// A city whose children are due tier B, with standards and accounts.
async fn prepared(backend: Backend) -> (City, Vec<String>) {
    let city = City::start(backend).await;
    let mut children = Vec::new();
    for serial in 1..=CHILDREN {
        let child = city.register(u32::try_from(serial).unwrap()).await.id;
        city.confirm(&child, Category::ScatteredOrphan, Samples::day(2025, 5, 17)).await;
        children.push(child);
    }
    done(city.command(&["payroll", "standard", "publish", "--file", &project("deploy/standards.toml")]));
    let payees = children.iter().enumerate().map(|(serial, child)| ChildPayee {
        child: child.clone(),
        payee: Some(Payee {
            holder: format!("监护{serial:05}"),
            bank: "惠民农商行".to_owned(),
            account: format!("6222{serial:012}"),
        }),
    });
    let request = SetPayeesRequest { request_id: Samples::request_id(), payees: payees.collect() };
    let entitlements = EntitlementServiceClient::new(city.channel("CA").await);
    entitlements.clone().set_payees(request).await.unwrap();
    for child in &children {
        let request = GetEntitlementRequest { child: child.clone() };
        let learnt = async || {
            let answer = entitlements.clone().get_entitlement(request.clone()).await.ok()?.into_inner();
            (!answer.entitlements.is_empty()).then_some(())
        };
        eventually("the payroll learns what the child is due", learnt).await;
    }
    (city, children)
}

fn project(path: &str) -> String {
    format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))
}

fn by<M>(actor: &'static str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("hutong-actor", actor.parse().unwrap());
    request
}

/// The steps of a month, each of which may be taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Open,
    Accrue,
    Check,
    Approve,
    Export,
    Results,
    Reconcile,
}

const STEPS: [Step; 7] =
    [Step::Open, Step::Accrue, Step::Check, Step::Approve, Step::Export, Step::Results, Step::Reconcile];

async fn run_of(city: &City) -> Result<PayrollRun, Status> {
    let month = Some(Samples::day(MONTH.0, MONTH.1, 0));
    let request = GetRunRequest { month, ..Default::default() };
    Ok(PayrollServiceClient::new(city.channel("CA").await).get_run(request).await?.into_inner().run.unwrap())
}

/// Takes a step as an office does that does not know whether it was taken before.
async fn take(step: Step, city: &City, bank: &mut SimulatedBank) -> Result<(), Status> {
    let mut payroll = PayrollServiceClient::new(city.channel("CA").await);
    let request_id = Samples::request_id();
    if step == Step::Open {
        if run_of(city).await.is_err() {
            let month = Some(Samples::day(MONTH.0, MONTH.1, 0));
            payroll.open_run(by("li", OpenRunRequest { request_id, month })).await?;
        }
        return Ok(());
    }
    let run = run_of(city).await?;
    let (id, etag, state) = (run.id.clone(), String::new(), run.state());
    match step {
        Step::Open => {}
        Step::Accrue if state == RunState::Open => {
            let answers = payroll.accrue_run(by("li", AccrueRunRequest { run: id, anew: false })).await?;
            answers.into_inner().try_collect::<Vec<_>>().await?;
        }
        Step::Check if state == RunState::Accrued => {
            payroll.check_run(by("li", CheckRunRequest { request_id, run: id, etag })).await?;
        }
        Step::Approve if state == RunState::Checked => {
            payroll.approve_run(by("zhao", ApproveRunRequest { request_id, run: id, etag })).await?;
        }
        Step::Export => bank.take(&export(&mut payroll, id).await?),
        Step::Results => {
            let unknown = unknown(&mut payroll, id).await?;
            let today = Samples::day(MONTH.0, MONTH.1, 10);
            let mut results = bank.answers(today);
            results.extend(bank.query(unknown.iter().map(String::as_str), today));
            if !results.is_empty() {
                payroll.record_bank_results(by("li", RecordBankResultsRequest { request_id, results })).await?;
            }
        }
        Step::Reconcile if state != RunState::Reconciled => {
            payroll.reconcile_run(by("li", ReconcileRunRequest { request_id, run: id, etag })).await?;
        }
        Step::Accrue | Step::Check | Step::Approve | Step::Reconcile => {}
    }
    Ok(())
}

type Payroll = PayrollServiceClient<tonic::transport::Channel>;

async fn export(payroll: &mut Payroll, run: String) -> Result<Vec<BankInstruction>, Status> {
    let parts: Vec<_> =
        payroll.export_payments(by("li", ExportPaymentsRequest { run })).await?.into_inner().try_collect().await?;
    Ok(parts.into_iter().flat_map(|part| part.instructions).collect())
}

async fn unknown(payroll: &mut Payroll, run: String) -> Result<Vec<String>, Status> {
    let request =
        ListPaymentsRequest { run, state: PaymentState::Instructed.into(), page_size: 500, ..Default::default() };
    let payments = payroll.list_payments(request).await?.into_inner().payments;
    Ok(payments.into_iter().map(|payment| payment.id).collect())
}

async fn a_month_that_is_killed_at_every_step_pays_everybody_once(backend: Backend) {
    let (mut city, children) = prepared(backend).await;
    let mut bank = SimulatedBank::new(Habits { lost: 200, twice: 200, returned: 0, delayed: 200, seed: 3 });
    for step in STEPS {
        // Killed somewhere within the step, then after it, when nobody knows whether it was taken.
        for patience in [200, 1_000, 4_000] {
            let mut attempt = Box::pin(take(step, &city, &mut bank));
            for _ in 0..patience {
                if futures::poll!(&mut attempt).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(attempt);
            city.kill();
            city.restart().await;
        }
        take(step, &city, &mut bank).await.unwrap_or_else(|refused| panic!("{step:?}: {refused}"));
        city.kill();
        city.restart().await;
        take(step, &city, &mut bank).await.unwrap_or_else(|refused| panic!("{step:?} again: {refused}"));
    }
    let run = run_of(&city).await.unwrap();
    assert_eq!((run.state(), run.payments, run.total_fen), (RunState::Reconciled, 30, 30 * DUE));
    assert!(bank.faults().is_empty());
    let paid: BTreeMap<_, _> =
        children.iter().enumerate().map(|(serial, _)| (format!("6222{serial:012}"), DUE)).collect();
    assert_eq!(bank.paid(), paid, "everybody is paid once");
    let mut payroll = PayrollServiceClient::new(city.channel("CA").await);
    let year = payroll.get_year_totals(GetYearTotalsRequest { year: MONTH.0 }).await.unwrap().into_inner();
    assert_eq!((year.committed_fen, year.settled_fen), (30 * DUE, 30 * DUE));
    let audits = json(city.command(&["audit", "verify", "--json"]));
    assert!(audits.as_array().unwrap().iter().all(|audit| audit["fault"].is_null()), "{audits}");
    city.close().await;
}

async fn a_month_goes_from_the_command_line_to_the_reconciled_run(backend: Backend) {
    let (city, _) = prepared(backend).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let payroll = |arguments: &[&str]| city.command(&[&["payroll"], arguments].concat());
    let checked = json(payroll(&["run", "2026-01", "--actor", "li", "--json"]));
    assert_eq!(
        (&checked["run"]["state"], &checked["run"]["total_fen"]),
        (&"RUN_STATE_CHECKED".into(), &(30 * DUE).into())
    );
    assert!(fails(payroll(&["approve", "2026-01", "--actor", "li"])).contains("SAME_ACTOR"));
    assert!(fails(payroll(&["approve", "2026-01"])).contains("ACTOR_MISSING"));
    done(payroll(&["approve", "2026-01", "--actor", "zhao"]));
    for ending in ["csv", "xlsx"] {
        done(payroll(&["file", "2026-01", &at(&format!("january.{ending}"))]));
    }
    let bank = ["--state", &at("bank.json"), "--lost", "200", "--twice", "200"];
    let asked = |file: &str| [&["bank", &at(file), &at("answers.csv")], bank.as_slice()].concat().join("\n");
    done(payroll(&asked("january.xlsx").split('\n').collect::<Vec<_>>()));
    done(payroll(&["result", &at("answers.csv")]));
    assert!(fails(payroll(&["reconcile", "2026-01"])).contains("OUTCOMES_UNKNOWN"));
    done(payroll(&["unknown", "2026-01", &at("ask.csv")]));
    done(payroll(&["bank", &at("ask.csv"), &at("late.xlsx"), "--state", &at("bank.json"), "--ask"]));
    done(payroll(&["result", &at("late.xlsx")]));
    let reconciled = json(payroll(&["reconcile", "2026-01", "--json"]));
    assert_eq!(reconciled["run"]["state"], "RUN_STATE_RECONCILED");
    let recomputed = json(payroll(&["recompute", "2026-01", "--json"]));
    assert_eq!((&recomputed["agreeing"], recomputed["differing"].as_array().unwrap().len()), (&30.into(), 0));
    std::fs::write(at("garbage.csv"), "付款编号,结果\n").unwrap();
    assert!(fails(payroll(&["result", &at("garbage.csv")])).contains("no column 金额(元)"));
    city.close().await;
}
