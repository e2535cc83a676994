//! What a run pays a child: the month itself, and what earlier months lack.

use kernel::{Division, Fen, Instant, Month, StandardId, Tier};

use super::account::Account;
use super::entitlement::Basis;
use super::file::ChildFile;
use super::rules::Rules;
use super::standard::{Standard, Standards};

/// By what a run computes.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The run's month.
    pub month: Month,
    /// The month of the first run of all: what was due before was not ours to pay.
    pub first_month: Month,
    /// What was known at this instant counts.
    pub known: Instant,
    /// The standards.
    pub standards: Standards,
    /// The rules.
    pub rules: Rules,
}

/// What one month adds to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The month.
    pub month: Month,
    /// What it is for.
    pub kind: LineKind,
    /// The county that pays for the month.
    pub county: Division,
    /// The tier.
    pub tier: Tier,
    /// The version of the standard.
    pub standard: StandardId,
    /// By the standard.
    pub by_standard: Fen,
    /// What another grant covers.
    pub other_grant: Fen,
    /// What is due for the month.
    pub due: Fen,
    /// What counts as paid for it before.
    pub before: Fen,
    /// What this line pays.
    pub amount: Fen,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// The run's own month.
    Current = 1,
    /// An earlier one.
    Arrears = 2,
}

impl LineKind {
    /// The number in the contract.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The kind of a number.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        [Self::Current, Self::Arrears].into_iter().find(|kind| kind.number() == number)
    }
}

/// A child is due a tier that has no standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no standard for tier {tier} in {month} in {county}")]
pub struct StandardMissing {
    /// The tier.
    pub tier: Tier,
    /// The month.
    pub month: Month,
    /// The county.
    pub county: Division,
}

/// An amount beyond 64 bits.
const FITS: &str = "standards are bounded, and so are the months of a childhood";

/// What is due for one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due<'a> {
    /// What it is paid by.
    pub basis: Basis,
    /// The version of the standard.
    pub standard: &'a Standard,
    /// What another grant covers.
    pub other_grant: Fen,
    /// What is left to pay.
    pub amount: Fen,
}

impl Frame {
    /// What is due for a month; `None` if nothing is.
    ///
    /// # Errors
    /// [`StandardMissing`].
    pub fn due(&self, file: &ChildFile, month: Month) -> Result<Option<Due<'_>>, StandardMissing> {
        let Some(basis) = file.basis(month, self.known) else { return Ok(None) };
        let (tier, county) = (basis.record.tier, basis.county);
        let missing = StandardMissing { tier, month, county };
        let standard = self.standards.at(tier, county, month, self.known).ok_or(missing)?;
        let other_grant = match file.other_grant(month, self.known) {
            Some((grant, _)) if self.rules.at(month).top_up => grant.monthly.min(standard.monthly),
            _ => Fen::ZERO,
        };
        let amount = standard.monthly.checked_sub(other_grant).expect(FITS);
        Ok(Some(Due { basis, standard, other_grant, amount }))
    }

    /// What a child of whom nothing has changed since the run before is paid: the month alone.
    ///
    /// # Errors
    /// [`StandardMissing`].
    pub fn accrue_month(&self, file: &ChildFile) -> Result<Option<Line>, StandardMissing> {
        self.line(file, self.month, Fen::ZERO)
    }

    /// What a child is paid: for each month since the first run the difference of what is due by what is now known, and of
    /// what counts as paid. What was paid too much is no line: it is never debited.
    ///
    /// # Errors
    /// [`StandardMissing`].
    pub fn accrue(&self, file: &ChildFile, account: &Account) -> Result<Vec<Line>, StandardMissing> {
        let committed = account.committed(self.known);
        let mut lines = Vec::new();
        for month in Month::range(self.first_month.min(self.month), self.month) {
            // Below nothing is what a family gave back and the bank returned as well: that is a person's to pay out.
            let before = committed.get(&month).copied().unwrap_or(Fen::ZERO).max(Fen::ZERO);
            lines.extend(self.line(file, month, before)?);
        }
        Ok(lines)
    }

    fn line(&self, file: &ChildFile, month: Month, before: Fen) -> Result<Option<Line>, StandardMissing> {
        let Some(due) = self.due(file, month)? else { return Ok(None) };
        let amount = due.amount.checked_sub(before).expect(FITS);
        Ok((amount > Fen::ZERO).then(|| Line {
            month,
            kind: if month == self.month { LineKind::Current } else { LineKind::Arrears },
            county: due.basis.county,
            tier: due.basis.record.tier,
            standard: due.standard.id,
            by_standard: due.standard.monthly,
            other_grant: due.other_grant,
            due: due.amount,
            before,
            amount,
        }))
    }
}

/// The sum of lines.
#[must_use]
pub fn total<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Fen {
    Fen::checked_sum(lines.into_iter().map(|line| line.amount)).expect(FITS)
}
