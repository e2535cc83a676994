use contract::subsidies::v1;
use std::collections::BTreeMap;

use kernel::{Division, Fen, PayrollRunId, Tier};
use messaging::journal::{Context, SealedReply, UseCase};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use tonic::{Response, Status};

use super::holds::{Holds, apply};
use super::open_run::step;
use crate::app::budget::{ALERT_MONTHS, Standing};
use crate::app::{Application, answer, refusal};
use crate::domain::{Budget, ChildFile, LineKind, Payment, PaymentState, Run};
use crate::events;
use crate::events::Arrears;
use crate::store::payment::{PaymentFilter, StateNumber};
use crate::store::{Needs, Workspace, payment};

/// Approves a checked run: its payments count from now on.
struct ApproveRun {
    run: PayrollRunId,
    etag: String,
    actor: String,
    holds: Holds,
    /// How counties stand before it.
    standings: BTreeMap<(Division, Tier), Standing>,
    /// What the run makes up for, by payment.
    arrears: Vec<(kernel::PaymentId, Arrears)>,
}

impl UseCase<Workspace> for ApproveRun {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.runs.insert(self.run);
        needs.payments_alone.extend(self.holds.before.iter().chain(self.holds.held.keys()));
        needs.files_of_payments = true;
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        if workspace.knowledge.last() != self.holds.known {
            return Err(ServiceError::aborted("RUN_OUTDATED", "something was learnt meanwhile: try again"));
        }
        let run = workspace.runs.get(self.run).cloned().ok_or_else(refusal::run_not_found)?;
        let at = workspace.knowledge.next(context.now());
        run.approve(&self.actor, run.totals.clone(), at).map_err(refusal::step)?;
        if !self.etag.is_empty() && self.etag != answer::etag(&run) {
            return Err(ServiceError::aborted_etag());
        }
        let totals = apply(&self.holds, &run, workspace);
        let run = step(workspace, self.run, "", |run| run.approve(&self.actor, totals, at))?;
        // What this run leaves unpaid the next one looks for.
        let held: Vec<_> = self.holds.held.keys().filter_map(|id| Some(workspace.payments.get(*id)?.child)).collect();
        for child in held {
            if let Some(file) = workspace.files.get(child).cloned() {
                workspace.files.put(ChildFile { changed: at, ..file });
            }
        }
        workspace.move_payments(self.run, &[StateNumber::Accrued], StateNumber::Instructed);
        for id in self.holds.before.iter().filter(|id| !self.holds.held.contains_key(id)) {
            if let Some(payment) = workspace.payments.get(*id).cloned() {
                workspace.payments.put(Payment { state: PaymentState::Instructed, ..payment });
            }
        }
        events::approved(&run, context);
        for (_, arrears) in self.arrears.iter().filter(|(id, _)| !self.holds.held.contains_key(id)) {
            events::arrears(self.run, arrears, context);
        }
        self.alert(&run, context);
        let reply = v1::ApproveRunResponse { run: Some(answer::run(&run, [])) };
        workspace.seal(&reply)
    }
}

impl ApproveRun {
    /// Tells of funds that do not last.
    fn alert(&self, run: &Run, context: &mut Context<'_>) {
        for (key, standing) in &self.standings {
            let Some(received) = standing.received else { continue };
            let total = run.totals.get(key).copied().unwrap_or_default();
            let committed = Fen::new(standing.committed + total.current + total.arrears);
            let budget = Budget::after(run.month, Fen::new(received), committed, Fen::new(total.current));
            if budget.is_short_within(ALERT_MONTHS, run.month) {
                events::budget_alert(run, *key, &budget, context);
            }
        }
    }
}

impl Application {
    /// Approves a checked run. What changed since it was checked is held back.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`); `FAILED_PRECONDITION` (`RUN_STATE`); `PERMISSION_DENIED` (`SAME_ACTOR`); ABORTED
    /// (`ETAG_MISMATCH`, `RUN_OUTDATED`).
    pub async fn approve_run(
        &self,
        run: PayrollRunId,
        etag: String,
        actor: String,
        mutation: Mutation<Self>,
    ) -> Result<Response<v1::ApproveRunResponse>, Status> {
        let frame = self.frame(run).await?;
        let holds = self.holds(&frame).await?;
        let filter = PaymentFilter { run: Some(run), with_arrears: true, ..PaymentFilter::default() };
        let (standings, _) = self.standings(frame.run.month.year().into()).await?;
        let mut arrears = Vec::new();
        payment::each(self.database.reader(), &filter, |payment| {
            let months = payment.lines.iter().filter(|line| line.kind == LineKind::Arrears).count();
            let told = Arrears {
                child: payment.child,
                county: crate::domain::run::newest(&payment.lines).county,
                amount: payment.arrears(),
                months: i32::try_from(months).unwrap_or(i32::MAX),
            };
            arrears.push((payment.id, told));
        })
        .await?;
        mutation.submit(ApproveRun { run, etag, actor, holds, standings, arrears }).await
    }
}
