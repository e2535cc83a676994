//! What callers get, as the contract shapes it.

use contract::date::{from_date, from_month, timestamp};
use contract::subsidies::v1;
use kernel::{Fen, Instant, Month};

use crate::domain::file::OtherGrant;
use crate::domain::payment::{HoldReason, Return};
use crate::domain::run::{Finding, Run};
use crate::domain::{Entitlement, Line, Payment, PaymentState, PaymentTask, Standard, TaskKind, TierRecord};
use crate::store::payee::Payee;
use crate::store::payment::StateNumber;

/// A count for the wire.
#[must_use]
pub fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A version of a standard.
#[must_use]
pub fn standard(standard: &Standard) -> v1::Standard {
    v1::Standard {
        id: standard.id.to_string(),
        tier: standard.tier.number(),
        area: standard.area.padded(),
        from_month: Some(from_month(standard.from)),
        monthly_fen: standard.monthly.as_fen(),
        legal_basis: standard.legal_basis.clone(),
        published_at: Some(timestamp(standard.published)),
        previous_fen: standard.previous.map_or(0, Fen::as_fen),
        growth_permille: standard.growth_permille(),
    }
}

/// Months in which a child is due one tier.
#[must_use]
pub fn entitlement(entitlement: &Entitlement) -> v1::Entitlement {
    v1::Entitlement {
        tier: entitlement.tier.number(),
        county: entitlement.county.to_string(),
        from_month: Some(from_month(entitlement.from)),
        until_month: entitlement.until.map(from_month),
    }
}

/// A category as it was learnt.
#[must_use]
pub fn tier_fact(record: &TierRecord) -> v1::TierFact {
    v1::TierFact {
        record: record.record.to_string(),
        tier: record.tier.number(),
        from_month: Some(from_month(record.from)),
        until_month: record.until.map(from_month),
        learnt_at: Some(timestamp(record.learnt)),
        end_learnt_at: record.end_learnt.map(timestamp),
    }
}

/// Another grant.
#[must_use]
pub fn other_grant(grant: &OtherGrant, recorded: Instant) -> v1::OtherGrant {
    v1::OtherGrant {
        monthly_fen: grant.monthly.as_fen(),
        from_month: Some(from_month(grant.from)),
        until_month: grant.until.map(from_month),
        source: grant.source.clone(),
        recorded_at: Some(timestamp(recorded)),
    }
}

/// To whom money goes.
#[must_use]
pub fn payee(payee: Payee) -> v1::Payee {
    let Payee { holder, bank, account } = payee;
    v1::Payee { holder, bank, account }
}

/// The etag of a run as it stands.
#[must_use]
pub fn etag(run: &Run) -> String {
    format!("v{:x}", run.revision)
}

/// A run, with the outcomes of its payments where they were counted.
#[must_use]
pub fn run(run: &Run, counts: impl IntoIterator<Item = (StateNumber, (u64, Fen))>) -> v1::PayrollRun {
    let (current, arrears) = run
        .totals
        .values()
        .fold((0, 0), |(current, arrears), total| (current + total.current, arrears + total.arrears));
    v1::PayrollRun {
        id: run.id.to_string(),
        month: Some(from_month(run.month)),
        state: run.state.number(),
        etag: etag(run),
        known_at: Some(timestamp(run.known)),
        rules: run.rules.to_string(),
        opened_by: run.opened.0.clone(),
        approved_by: run.approved.as_ref().map(|(by, _)| by.clone()).unwrap_or_default(),
        children: count(run.progress.children),
        payments: count(run.progress.payments),
        total_fen: current + arrears,
        arrears_fen: arrears,
        counts: counts
            .into_iter()
            .map(|(state, (payments, fen))| v1::PaymentCount {
                state: state.number(),
                payments: count(payments),
                total_fen: fen.as_fen(),
            })
            .collect(),
        findings: run.findings.iter().map(finding).collect(),
        opened_at: Some(timestamp(run.opened.1)),
        approved_at: run.approved.as_ref().map(|(_, at)| timestamp(*at)),
        reconciled_at: run.reconciled.map(timestamp),
    }
}

fn finding(finding: &Finding) -> v1::RunFinding {
    v1::RunFinding {
        kind: finding.kind as i32,
        county: finding.county.to_string(),
        now_fen: finding.now.as_fen(),
        compared_fen: finding.compared.as_fen(),
    }
}

/// What a run pays for each county and tier.
#[must_use]
pub fn totals(run: &Run) -> Vec<v1::CountyTotal> {
    let totals = run.totals.iter().filter(|(_, total)| total.current != 0 || total.arrears != 0);
    totals
        .map(|((county, tier), total)| v1::CountyTotal {
            county: county.to_string(),
            tier: tier.number(),
            children: count(total.children),
            current_fen: total.current,
            arrears_fen: total.arrears,
        })
        .collect()
}

/// A payment of a month's run.
#[must_use]
pub fn payment(payment: &Payment, month: Month) -> v1::Payment {
    let back = match &payment.state {
        PaymentState::Returned(back) | PaymentState::Released(back, _) | PaymentState::WrittenOff(back) => Some(back),
        _ => None,
    };
    let hold = match payment.state {
        PaymentState::Held(reason) => Some(reason),
        _ => None,
    };
    let settled_on = match (&payment.state, back) {
        (PaymentState::Settled { on }, _) | (_, Some(Return { on, .. })) => Some(*on),
        _ => None,
    };
    v1::Payment {
        id: payment.id.to_string(),
        run: payment.run.to_string(),
        child: payment.child.to_string(),
        month: Some(from_month(month)),
        county: crate::domain::run::newest(&payment.lines).county.to_string(),
        amount_fen: payment.amount.as_fen(),
        state: StateNumber::of(&payment.state).number(),
        hold_reason: hold.map_or(0, HoldReason::number),
        settled_on: settled_on.map(from_date),
        return_reason: back.map(|back| back.reason.clone()).unwrap_or_default(),
        lines: payment.lines.iter().map(line).collect(),
    }
}

/// A line of a payment.
#[must_use]
pub fn line(line: &Line) -> v1::PaymentLine {
    v1::PaymentLine {
        month: Some(from_month(line.month)),
        kind: line.kind.number(),
        county: line.county.to_string(),
        tier: line.tier.number(),
        standard: line.standard.to_string(),
        standard_fen: line.by_standard.as_fen(),
        other_grant_fen: line.other_grant.as_fen(),
        due_fen: line.due.as_fen(),
        paid_before_fen: line.before.as_fen(),
        amount_fen: line.amount.as_fen(),
    }
}

/// A task.
#[must_use]
pub fn task(task: &PaymentTask) -> v1::PaymentTask {
    let (kind, payment, month) = match task.kind {
        TaskKind::Returned(payment) => (v1::PaymentTaskKind::Returned, payment.to_string(), None),
        TaskKind::Overpaid(month) => (v1::PaymentTaskKind::Overpaid, String::new(), Some(from_month(month))),
    };
    let decision = task.decision.clone();
    v1::PaymentTask {
        id: task.id.to_string(),
        kind: kind.into(),
        child: task.child.to_string(),
        county: task.county.to_string(),
        payment,
        month,
        amount_fen: task.amount.as_fen(),
        opened_at: Some(timestamp(task.opened)),
        due_on: Some(from_date(task.due_on)),
        outcome: decision.as_ref().map_or(0, |decision| decision.outcome.number()),
        decided_by: decision.as_ref().map(|decision| decision.by.clone()).unwrap_or_default(),
        decided_at: decision.as_ref().map(|decision| timestamp(decision.at)),
        note: decision.map(|decision| decision.note).unwrap_or_default(),
    }
}
