//! Which payments of a run are held back, and what that leaves.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Division, Fen, Instant, PaymentId, Tier};
use platform::error::ServiceError;

use super::runs::RunFrame;
use crate::app::budget::Standing;
use crate::app::{Application, refusal};
use crate::domain::accrual::total;
use crate::domain::payment::{HoldReason, Payment, PaymentState};
use crate::domain::run::{Finding, FindingKind, Totals, count};
use crate::store::payment::{PaymentFilter, StateNumber};
use crate::store::{Workspace, file, knowledge, payment};

/// What a check found.
#[derive(Clone, Debug)]
pub struct Holds {
    /// Payments that are held back, and why.
    pub held: BTreeMap<PaymentId, HoldReason>,
    /// Payments that were held back before.
    pub before: BTreeSet<PaymentId>,
    /// What was known.
    pub known: Instant,
}

/// Rows read at once.
const PART: u64 = 1_000;

impl Application {
    /// Looks for payments that must not be paid as they stand.
    pub(super) async fn holds(&self, frame: &RunFrame) -> Result<Holds, ServiceError> {
        let reader = self.database.reader();
        let run = frame.run.id;
        let known = knowledge::last(reader).await?;
        let mut held: BTreeMap<_, _> =
            payment::without_account(reader, run, self.limits.children_of_account).await?.into_iter().collect();
        let changed = file::changed_since(reader, frame.run.known).await?;
        let now = frame.known_by(known);
        for children in chunks(&changed) {
            let payments = payment::of_run_and_children(reader, run, &children).await?;
            let children: BTreeSet<_> = payments.iter().map(|payment| payment.child).collect();
            let accounts = self.accounts(&children, frame).await?;
            let files = file::load(reader, &children).await?;
            for payment in payments {
                let file = files.iter().find(|file| file.child == payment.child);
                let due = match file.zip(accounts.get(&payment.child)) {
                    None => Fen::ZERO,
                    Some((file, account)) => total(&now.accrue(file, account).map_err(refusal::standard_missing)?),
                };
                if due != payment.amount {
                    held.insert(payment.id, HoldReason::Changed);
                }
            }
        }
        let mut before = BTreeSet::new();
        let filter = PaymentFilter { run: Some(run), state: Some(StateNumber::Held), ..PaymentFilter::default() };
        payment::each(reader, &filter, |payment| {
            before.insert(payment.id);
        })
        .await?;
        Ok(Holds { held, before, known })
    }

    /// What there is to say of a run as a whole.
    pub(super) fn findings(
        &self,
        frame: &RunFrame,
        standings: &BTreeMap<(Division, Tier), Standing>,
        totals: &Totals,
    ) -> Vec<Finding> {
        let mut findings = self.jumps(frame, totals);
        for ((county, tier), standing) in standings {
            let Some(received) = standing.received else { continue };
            let left = received - standing.committed;
            let now = totals.get(&(*county, *tier)).map_or(0, |total| total.current + total.arrears);
            if now > left {
                let (now, compared) = (Fen::new(now), Fen::new(left));
                findings.push(Finding { kind: FindingKind::BudgetShort, county: *county, now, compared });
            }
        }
        findings
    }

    fn jumps(&self, frame: &RunFrame, totals: &Totals) -> Vec<Finding> {
        let Some(previous) = frame.previous() else { return Vec::new() };
        let by_county = |totals: &Totals| {
            let mut sums: BTreeMap<_, i64> = BTreeMap::new();
            for ((county, _), total) in totals {
                *sums.entry(*county).or_default() += total.current + total.arrears;
            }
            sums
        };
        let (now, before) = (by_county(totals), by_county(&previous.totals));
        let counties: BTreeSet<_> = now.keys().chain(before.keys()).copied().collect();
        let jumps = counties.into_iter().filter_map(|county| {
            let amounts = [&now, &before].map(|sums| sums.get(&county).copied().unwrap_or_default());
            let [now, before] = amounts;
            let allowed = i128::from(before) * i128::from(self.limits.jump_percent);
            let jumped = i128::from((now - before).abs()) * 100 > allowed;
            let (now, compared) = (Fen::new(now), Fen::new(before));
            jumped.then_some(Finding { kind: FindingKind::SumJumped, county, now, compared })
        });
        jumps.collect()
    }
}

/// Holds payments back, frees those that need it no more, and tells what the run pays then.
pub(super) fn apply(holds: &Holds, run: &crate::domain::Run, workspace: &mut Workspace) -> Totals {
    let mut totals = run.totals.clone();
    for id in holds.before.union(&holds.held.keys().copied().collect()) {
        let Some(payment) = workspace.payments.get(*id).cloned() else { continue };
        let was_held = matches!(payment.state, PaymentState::Held(_));
        let (state, is_held) = match holds.held.get(id) {
            Some(reason) => (PaymentState::Held(*reason), true),
            None => (PaymentState::Accrued, false),
        };
        match (was_held, is_held) {
            (false, true) => count(&mut totals, &payment, -1),
            (true, false) => count(&mut totals, &payment, 1),
            _ => {}
        }
        workspace.payments.put(Payment { state, ..payment });
    }
    totals
}

fn chunks<T: Ord + Copy>(all: &BTreeSet<T>) -> Vec<BTreeSet<T>> {
    let all: Vec<_> = all.iter().copied().collect();
    all.chunks(usize::try_from(PART).unwrap_or(usize::MAX)).map(|chunk| chunk.iter().copied().collect()).collect()
}
