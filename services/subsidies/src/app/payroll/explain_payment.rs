use std::collections::BTreeSet;

use contract::date::{from_month, timestamp};
use contract::subsidies::v1;
use kernel::{Fen, PaymentId};
use platform::error::ServiceError;

use super::runs::RunFrame;
use super::sentences;
use crate::app::{Application, answer, refusal};
use crate::domain::account::ClaimState;
use crate::domain::{Account, ChildFile, Line, TierRecord};
use crate::store::{file, payment};

/// The rules, by the names under which an explanation tells them.
const ONE_PAYMENT: &str = "one payment per month, at the highest tier";
const FROM_NEXT_MONTH: &str = "starts the month after confirmation, ends the month after the event";
const COUNTY_OF_FIRST_DAY: &str = "the county of registration on the first day of the month pays";
const TOP_UP: &str = "topped up to the standard: another grant is deducted";
const DIFFERENCE: &str = "what is due less what counts as paid";

impl Application {
    /// Explains a payment, computed anew from what was known to its run.
    ///
    /// # Errors
    /// `NOT_FOUND` (`PAYMENT_NOT_FOUND`).
    pub async fn explain_payment(&self, id: PaymentId) -> Result<v1::Explanation, ServiceError> {
        let reader = self.database.reader();
        let found = payment::load(reader, &BTreeSet::from([id])).await?.pop();
        let payment = found.ok_or_else(refusal::payment_not_found)?;
        let frame = self.frame(payment.run).await?;
        let children = BTreeSet::from([payment.child]);
        let file = file::load(reader, &children).await?.pop().ok_or_else(refusal::child_not_found)?;
        let account = self.accounts(&children, &frame).await?.remove(&payment.child).unwrap_or_default();
        let lines = frame.frame.accrue(&file, &account).map_err(refusal::standard_missing)?;
        let mut explanation = v1::Explanation {
            payment: Some(answer::payment(&payment, frame.run.month)),
            known_at: Some(timestamp(frame.run.known)),
            rules: frame.run.rules.to_string(),
            months: lines.iter().filter_map(|line| month(&frame, &file, &account, line)).collect(),
            zh: String::new(),
            en: String::new(),
            agrees: lines == payment.lines,
        };
        explanation.zh = sentences::zh(&explanation);
        explanation.en = sentences::en(&explanation);
        Ok(explanation)
    }
}

fn month(frame: &RunFrame, file: &ChildFile, account: &Account, line: &Line) -> Option<v1::MonthExplanation> {
    let due = frame.frame.due(file, line.month).ok()??;
    let known = frame.run.known;
    let counts = |paid: &&crate::domain::account::Paid| {
        paid.month == line.month && paid.approved <= known && paid.released.is_none_or(|released| known < released)
    };
    let paid = account.paid.iter().filter(counts).map(|paid| v1::EarlierPayment {
        payment: paid.payment.to_string(),
        run_month: Some(from_month(paid.run_month)),
        amount_fen: paid.amount.as_fen(),
    });
    let recovered = account.claims.iter().filter_map(|claim| match claim.state {
        ClaimState::Recovered(at) if at <= known && claim.month == line.month => {
            Some(v1::EarlierPayment { amount_fen: -claim.amount.as_fen(), ..v1::EarlierPayment::default() })
        }
        _ => None,
    });
    let mut rules = vec![FROM_NEXT_MONTH, COUNTY_OF_FIRST_DAY];
    if !due.basis.further.is_empty() {
        rules.push(ONE_PAYMENT);
    }
    let is_topped_up = due.other_grant > Fen::ZERO;
    if is_topped_up {
        rules.push(TOP_UP);
    }
    if line.before > Fen::ZERO {
        rules.push(DIFFERENCE);
    }
    let other_grant = file.other_grant(line.month, known).filter(|_| is_topped_up);
    let further: &[TierRecord] = &due.basis.further;
    Some(v1::MonthExplanation {
        line: Some(answer::line(line)),
        fact: Some(answer::tier_fact(&due.basis.record)),
        further_facts: further.iter().map(answer::tier_fact).collect(),
        standard: Some(answer::standard(due.standard)),
        other_grant: other_grant.map(|(grant, at)| answer::other_grant(grant, at)),
        earlier: paid.chain(recovered).collect(),
        rules: rules.into_iter().map(str::to_owned).collect(),
    })
}
