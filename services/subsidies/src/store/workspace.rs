//! What a group of use cases works on, loaded together and written together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::{ChildId, Instant, Month, PaymentId, PaymentTaskId, PayrollRunId};
use messaging::journal::{SealedReply, Shelf};
use platform::database::Write;
use platform::error::ServiceError;
use platform::vault::Vault;
use prost::Message;
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};

use super::funds::{self, Funds};
use super::insurance::{self, Insured, PolicyYear};
use super::knowledge::Knowledge;
use super::payee::{Payee, PayeeSince, PayeeVersion};
use super::payment::StateNumber;
use super::{file, payee, payment, run, standard, task};
use crate::SERVICE;
use crate::domain::account::{Claim, ClaimState, Paid};
use crate::domain::{
    Account, ChildFile, Payment, PaymentState, PaymentTask, Rules, Run, RunState, Standard, Standards, TaskKind,
    TaskOutcome,
};

/// What loading, deciding and storing need besides the database.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Seals payees.
    pub vault: Arc<Vault>,
    /// The rules that the city sets.
    pub rules: Arc<Rules>,
    /// Days in which a person is to decide a task.
    pub task_days: u16,
}

/// What a use case must find in its workspace.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// What was learnt of these children.
    pub children: BTreeSet<ChildId>,
    /// What was paid for these children; all runs with it.
    pub accounts: BTreeSet<ChildId>,
    /// To whom the money of these children goes.
    pub payees: BTreeSet<ChildId>,
    /// These payments, with the accounts of their children.
    pub payments: BTreeSet<PaymentId>,
    /// These payments alone.
    pub payments_alone: BTreeSet<PaymentId>,
    /// Whether what was learnt of the children of `payments_alone` is needed.
    pub files_of_payments: bool,
    /// These tasks.
    pub tasks: BTreeSet<PaymentTaskId>,
    /// These runs.
    pub runs: BTreeSet<PayrollRunId>,
    /// All runs.
    pub all_runs: bool,
    /// The standards.
    pub standards: bool,
    /// Funds of these years.
    pub funds: BTreeSet<i32>,
    /// The policy years of these years.
    pub policy_years: BTreeSet<i32>,
    /// These children of the lists of policy years.
    pub insured: BTreeMap<i32, BTreeSet<ChildId>>,
}

/// What a group works on. A use case sees what the ones before it did.
#[derive(Debug)]
pub struct Workspace {
    /// The order of what is known.
    pub knowledge: Knowledge,
    /// What was learnt of children.
    pub files: Shelf<ChildFile>,
    /// Runs.
    pub runs: Shelf<Run>,
    /// Payments.
    pub payments: Shelf<Payment>,
    /// Tasks.
    pub tasks: Shelf<PaymentTask>,
    /// What the standards say.
    pub standards: Standards,
    /// Funds, by year.
    pub funds: Vec<Funds>,
    /// Policy years.
    pub policy_years: Vec<PolicyYear>,
    /// Children of the lists of policy years.
    pub insured: Shelf<Insured>,
    /// What the use cases decide by.
    pub environment: Environment,
    new_funds: Vec<Funds>,
    new_policy_years: Vec<PolicyYear>,
    payees: BTreeMap<ChildId, PayeeSince>,
    /// Payees that are new, and those before them.
    new_payees: BTreeMap<ChildId, Option<PayeeSince>>,
    new_standards: Vec<Standard>,
    /// New payments, which nothing in the group looks at.
    new_payments: Vec<Payment>,
    moves: Vec<(PayrollRunId, Vec<StateNumber>, StateNumber)>,
    thrown_away: Vec<PayrollRunId>,
    erased_payees: BTreeSet<ChildId>,
}

impl Workspace {
    /// To whom the money of a child goes that was needed.
    #[must_use]
    pub fn payee(&self, child: ChildId) -> Option<&Payee> {
        self.payees.get(&child).map(|payee| &payee.payee)
    }

    /// Says to whom the money of a child goes, from now on. Whether that is new.
    pub fn set_payee(&mut self, child: ChildId, payee: Payee, now: Instant) -> bool {
        if self.payee(child) == Some(&payee) {
            return false;
        }
        let since = self.knowledge.next(now);
        let before = self.payees.insert(child, PayeeSince { payee, since });
        // What a use case before this one of the group said has never counted.
        self.new_payees.entry(child).or_insert(before);
        true
    }

    /// Forgets to whom the money of a child goes.
    pub fn erase_payee(&mut self, child: ChildId) {
        self.payees.remove(&child);
        self.new_payees.remove(&child);
        self.erased_payees.insert(child);
    }

    /// Adds a version that was published to the standards.
    pub fn publish(&mut self, standard: Standard) {
        self.new_standards.push(standard);
    }

    /// Adds funds.
    pub fn add_funds(&mut self, funds: Funds) {
        self.funds.push(funds.clone());
        self.new_funds.push(funds);
    }

    /// Adds a policy year.
    pub fn add_policy_year(&mut self, policy: PolicyYear) {
        self.policy_years.push(policy.clone());
        self.new_policy_years.push(policy);
    }

    /// A reply as the journal keeps it.
    ///
    /// # Errors
    /// INTERNAL if the vault has no randomness.
    pub fn seal(&self, reply: &impl Message) -> Result<SealedReply, ServiceError> {
        SealedReply::of(SERVICE, reply, &self.environment.vault)
    }

    /// Adds a run's new payments.
    pub fn add_payments(&mut self, payments: impl IntoIterator<Item = Payment>) {
        self.new_payments.extend(payments);
    }

    /// Changes the state of all payments of a run that stand in one of `from`, before anything else is written.
    pub fn move_payments(&mut self, run: PayrollRunId, from: &[StateNumber], to: StateNumber) {
        self.moves.push((run, from.to_vec(), to));
    }

    /// Throws a run's payments away.
    pub fn throw_payments_away(&mut self, run: PayrollRunId) {
        self.thrown_away.push(run);
    }

    /// What was paid for a child whose account was needed.
    #[must_use]
    pub fn account(&self, child: ChildId) -> Account {
        account(
            self.payments.all().filter(|payment| payment.child == child),
            self.tasks.all().filter(|task| task.child == child),
            |run| self.runs.get(run),
        )
    }

    /// The month of the first run of all: what was due before was not ours to pay.
    #[must_use]
    pub fn first_month(&self) -> Option<Month> {
        first_month(self.runs.all())
    }
}

/// The month of the first run that was approved or may be.
pub fn first_month<'a>(runs: impl Iterator<Item = &'a Run>) -> Option<Month> {
    runs.filter(|run| run.state != RunState::Cancelled).map(|run| run.month).min()
}

/// What payments and tasks of one child make of its account. Payments of runs that are not approved do not count yet.
pub fn account<'a, 'b>(
    payments: impl Iterator<Item = &'a Payment>,
    tasks: impl Iterator<Item = &'a PaymentTask>,
    run: impl Fn(PayrollRunId) -> Option<&'b Run>,
) -> Account {
    let mut account = Account::default();
    for payment in payments {
        let Some(run) = run(payment.run) else { continue };
        let Some((_, approved)) = &run.approved else { continue };
        if matches!(payment.state, PaymentState::Accrued | PaymentState::Held(_)) {
            continue;
        }
        let released = match payment.state {
            PaymentState::Released(_, at) => Some(at),
            _ => None,
        };
        let is_with_child = matches!(payment.state, PaymentState::Instructed | PaymentState::Settled { .. });
        account.paid.extend(payment.lines.iter().map(|line| Paid {
            payment: payment.id,
            run_month: run.month,
            month: line.month,
            amount: line.amount,
            approved: *approved,
            released,
            is_with_child,
        }));
    }
    for task in tasks {
        let TaskKind::Overpaid(month) = task.kind else { continue };
        let state = match task.decision.as_ref().map(|decision| (decision.outcome, decision.at)) {
            None => ClaimState::Open,
            Some((TaskOutcome::Recovered, at)) => ClaimState::Recovered(at),
            Some((TaskOutcome::Waived, _)) => ClaimState::Waived,
            Some(_) => ClaimState::Withdrawn,
        };
        account.claims.push(Claim { task: task.id, month, amount: task.amount, state });
    }
    account.paid.sort_by_key(|paid| (paid.approved, paid.month));
    account
}

#[async_trait::async_trait]
impl messaging::journal::Workspace for Workspace {
    type Needs = Needs;
    type Environment = Environment;

    async fn load(write: &Write, mut needs: Needs, environment: &Environment) -> Result<Self, ServiceError> {
        environment.vault.refresh();
        let mut payments = payment::load(write, &needs.payments).await?;
        // What is decided of a payment or a task changes what its child is owed.
        let tasks = task::load(write, &needs.tasks, &BTreeSet::new()).await?;
        needs.accounts.extend(tasks.iter().map(|task| task.child));
        needs.accounts.extend(payments.iter().map(|payment| payment.child));
        needs.children.extend(&needs.accounts);
        let alone = payment::load(write, &needs.payments_alone).await?;
        if needs.files_of_payments {
            needs.children.extend(alone.iter().map(|payment| payment.child));
        }
        payments.extend(alone);
        payments.extend(payment::of_children(write, &needs.accounts).await?);
        let tasks = task::load(write, &BTreeSet::new(), &needs.accounts).await?;
        let runs = if needs.all_runs || !needs.accounts.is_empty() {
            run::all_runs(write).await?
        } else {
            run::load(write, &needs.runs).await?
        };
        let standards = if needs.standards || !needs.accounts.is_empty() {
            standard::load(write).await?
        } else {
            Standards::default()
        };
        let (mut funds, mut policy_years, mut insured) = (Vec::new(), Vec::new(), Vec::new());
        for year in needs.funds {
            funds.extend(funds::of_year(write, year).await?);
        }
        for year in needs.policy_years {
            policy_years.extend(insurance::policy_year(write, year).await?);
        }
        for (year, children) in needs.insured {
            insured.extend(insurance::load(write, year, &children).await?);
        }
        Ok(Self {
            knowledge: Knowledge::load(write).await?,
            files: Shelf::of(file::load(write, &needs.children).await?),
            runs: Shelf::of(runs),
            payments: Shelf::of(payments),
            tasks: Shelf::of(tasks),
            standards,
            payees: payee::load(write, &environment.vault, &needs.payees, None).await?,
            environment: environment.clone(),
            funds,
            policy_years,
            insured: Shelf::of(insured),
            new_funds: Vec::new(),
            new_policy_years: Vec::new(),
            new_payees: BTreeMap::new(),
            new_standards: Vec::new(),
            new_payments: Vec::new(),
            moves: Vec::new(),
            thrown_away: Vec::new(),
            erased_payees: BTreeSet::new(),
        })
    }

    fn store(self, write: &mut Write, environment: &Environment) -> Result<(), ServiceError> {
        let backend = write.get_database_backend();
        for run in &self.thrown_away {
            write.first(&payment::delete_all(*run));
        }
        for (run, from, to) in &self.moves {
            write.first(&payment::move_all(backend, *run, from, *to));
        }
        self.knowledge.store(write);
        file::rows(&self.files.changes().map(|change| change.now).collect::<Vec<_>>()).upsert(write, "id");
        run::rows(&self.runs.changes().map(|change| change.now).collect::<Vec<_>>()).upsert(write, "id");
        let changed = self.payments.changes().map(|change| change.now).chain(&self.new_payments);
        payment::rows(&changed.collect::<Vec<_>>()).upsert(write, "id");
        task::rows(&self.tasks.changes().map(|change| change.now).collect::<Vec<_>>()).upsert(write, "id");
        standard::rows(&self.new_standards).insert(write);
        funds::rows(&self.new_funds).insert(write);
        insurance::policy_rows(&self.new_policy_years).insert(write);
        insurance::rows(&self.insured.changes().map(|change| change.now).collect::<Vec<_>>())
            .upsert(write, "year, child_id");
        let mut versions = Vec::new();
        for (child, before) in &self.new_payees {
            let now = &self.payees[child];
            let ended = before.iter().map(|payee| PayeeVersion { child: *child, payee, until: Some(now.since) });
            versions.extend(ended);
            versions.push(PayeeVersion { child: *child, payee: now, until: None });
        }
        payee::rows(&environment.vault, &versions).map_err(ServiceError::internal)?.upsert(write, "child_id, since");
        for child in &self.erased_payees {
            let gone = Expr::col("child_id").eq(child.as_uuid());
            write.last(&Query::delete().from_table("payee").and_where(gone).to_owned());
        }
        Ok(())
    }
}
