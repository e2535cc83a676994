//! Decided facts in the shape of the contract.

use contract::date::{from_date, from_month, timestamp};
use contract::subsidies::v1;
use kernel::{ChildId, Date, Division, Fen, PaymentId, PayrollRunId, Tier};
use messaging::audit::unusual::Unusual;
use messaging::journal::Context;

use crate::domain::entitlement::Difference;
use crate::domain::run::Run;
use crate::domain::{Budget, Payment, PaymentTask, Standard, TaskKind};
use crate::store::insurance::Insured;

/// A version of a standard was published.
pub fn published(standard: &Standard, context: &mut Context<'_>) {
    context.record(&v1::StandardPublished {
        standard: standard.id.to_string(),
        area: standard.area.padded(),
        tier: standard.tier.number(),
        from_month: Some(from_month(standard.from)),
        monthly_fen: standard.monthly.as_fen(),
        previous_fen: standard.previous.map_or(0, Fen::as_fen),
        legal_basis: standard.legal_basis.clone(),
    });
}

/// What a child is due changed.
pub fn entitlement(child: ChildId, differences: &[Difference], context: &mut Context<'_>) {
    let child = child.to_string();
    for difference in differences {
        let child = child.clone();
        match difference {
            Difference::Started(now) => context.record(&v1::EntitlementStarted {
                child,
                county: now.county.to_string(),
                tier: now.tier.number(),
                from_month: Some(from_month(now.from)),
            }),
            Difference::Changed { now, before: (tier, county) } => context.record(&v1::EntitlementChanged {
                child,
                county: now.county.to_string(),
                tier: now.tier.number(),
                from_month: Some(from_month(now.from)),
                previous_tier: tier.number(),
                previous_county: county.to_string(),
            }),
            Difference::Stopped(before) => context.record(&v1::EntitlementStopped {
                child,
                county: before.county.to_string(),
                tier: before.tier.number(),
                until_month: Some(from_month(before.from)),
            }),
        }
    }
}

/// More was paid than was due.
pub fn overpaid(task: &PaymentTask, context: &mut Context<'_>) {
    if let TaskKind::Overpaid(month) = task.kind {
        context.record(&v1::OverpaymentFound {
            child: task.child.to_string(),
            county: task.county.to_string(),
            task: task.id.to_string(),
            month: Some(from_month(month)),
            amount_fen: task.amount.as_fen(),
        });
    }
}

/// A run was approved, county by county.
pub fn approved(run: &Run, context: &mut Context<'_>) {
    let mut counties: Vec<Division> = run.totals.keys().map(|(county, _)| *county).collect();
    counties.dedup();
    for county in counties {
        let of_county = || run.totals.iter().filter(|((other, _), _)| *other == county).map(|(_, total)| total);
        context.record(&v1::BatchApproved {
            run: run.id.to_string(),
            county: county.to_string(),
            month: Some(from_month(run.month)),
            children: of_county().map(|total| i64::try_from(total.children).unwrap_or(i64::MAX)).sum(),
            current_fen: of_county().map(|total| total.current).sum(),
            arrears_fen: of_county().map(|total| total.arrears).sum(),
        });
    }
}

/// Funds do not last for the months to come.
pub fn budget_alert(run: &Run, (county, tier): (Division, Tier), budget: &Budget, context: &mut Context<'_>) {
    context.record(&v1::BudgetAlert {
        run: run.id.to_string(),
        county: county.to_string(),
        tier: tier.number(),
        year: run.month.year().into(),
        received_fen: budget.received.as_fen(),
        forecast_fen: budget.forecast.as_fen(),
        short_from_month: budget.short_from.map(from_month),
    });
}

/// A child was insured for a year.
pub fn enrolled(insured: &Insured, context: &mut Context<'_>) {
    let (child, county) = (insured.child.to_string(), insured.county.to_string());
    context.record(&v1::InsuranceEnrolled { child, county, year: insured.year });
}

/// What a run makes up for one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrears {
    /// The child.
    pub child: ChildId,
    /// The county of the newest of its months.
    pub county: Division,
    /// How much.
    pub amount: Fen,
    /// For how many months.
    pub months: i32,
}

/// A run makes up for earlier months.
pub fn arrears(run: PayrollRunId, arrears: &Arrears, context: &mut Context<'_>) {
    context.record(&v1::ArrearsCalculated {
        child: arrears.child.to_string(),
        county: arrears.county.to_string(),
        run: run.to_string(),
        amount_fen: arrears.amount.as_fen(),
        months: arrears.months,
    });
}

/// The bank paid a payment.
pub fn settled(payment: &Payment, county: Division, on: Date, context: &mut Context<'_>) {
    context.record(&v1::PaymentSettled {
        child: payment.child.to_string(),
        county: county.to_string(),
        payment: payment.id.to_string(),
        settled_on: Some(from_date(on)),
        amount_fen: payment.amount.as_fen(),
    });
}

/// The bank gave a payment back.
pub fn failed(payment: PaymentId, task: &PaymentTask, context: &mut Context<'_>) {
    context.record(&v1::PaymentFailed {
        child: task.child.to_string(),
        county: task.county.to_string(),
        payment: payment.to_string(),
        task: task.id.to_string(),
        amount_fen: task.amount.as_fen(),
    });
}

/// Calls of one caller are unusual together.
pub fn unusual(unusual: &Unusual, context: &mut Context<'_>) {
    context.record(&v1::AccessUnusual {
        finding: unusual.id.to_string(),
        division: unusual.division.clone(),
        caller: unusual.caller.clone(),
        pattern: unusual.pattern.into(),
        from: Some(timestamp(unusual.from)),
        until: Some(timestamp(unusual.until)),
        calls: unusual.calls,
        children: unusual.children,
    });
}
