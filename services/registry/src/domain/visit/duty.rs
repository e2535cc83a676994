//! In which months a child is on duty, and where.
//!
//! **A category that counts in a month makes a duty of that month**, and so does the ledger of migrant children for a special one, as far as was known by the month's end: what becomes
//! known later, a category confirmed for an earlier day as well as a death or a merge, changes the present month and the
//! ones after it, never a month that is over. A worker is measured by what they could know, two files of one child never
//! count twice, and a file has no duty before the month in which it was opened. So the past of a duty is a replay of what
//! was known at the end of each month, and the rest follows from the file as it stands.

use kernel::{ChildId, Division, Month};

use super::rule::DutyRule;
use crate::domain::category::Category;
use crate::domain::category_record::month_after;
use crate::domain::child::Child;
use crate::domain::migrant::MigrantId;
use crate::domain::migrant::special::Months;

/// The duty of one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The child.
    pub child: ChildId,
    /// 特殊流动儿童: a migrant child who is on the duty by a decision of its own.
    pub special_migrant: bool,
    /// In which months the ledger of migrant children says that it is one.
    pub ledger: Vec<LedgerMonths>,
    /// The number of the rule by which it was derived last, 0 for none.
    pub rule: i64,
    /// The months, in order. They do not overlap.
    pub spans: Vec<DutySpan>,
}

/// Months in which an entry of the ledger puts the child on the duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerMonths {
    /// The entry.
    pub migrant: MigrantId,
    /// The first month.
    pub from: Month,
    /// The first month after them.
    pub until: Month,
}

/// Months from one to before another, without end if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DutySpan {
    /// The first month.
    pub from: Month,
    /// The first month after it.
    pub until: Option<Month>,
    /// Where the child's household is: who is responsible follows from it.
    pub division: Division,
}

impl Duty {
    /// The duty of a child of whom nothing was derived yet.
    #[must_use]
    pub fn none(child: ChildId) -> Self {
        Self { child, special_migrant: false, ledger: Vec::new(), rule: 0, spans: Vec::new() }
    }

    /// Where the child is on duty in a month, `None` if it is not.
    #[must_use]
    pub fn in_month(&self, month: Month) -> Option<Division> {
        self.spans.iter().find(|span| span.covers(month)).map(|span| span.division)
    }

    /// The same, with what an entry of the ledger says now.
    #[must_use]
    pub fn with_ledger(&self, migrant: MigrantId, months: &[Months]) -> Self {
        let others = self.ledger.iter().filter(|known| known.migrant != migrant).copied();
        let said = months.iter().map(|(from, until)| LedgerMonths { migrant, from: *from, until: *until });
        Self { ledger: others.chain(said).collect(), ..self.clone() }
    }

    /// The duty as it follows from the file from the present month on. Earlier months stay as they are.
    #[must_use]
    pub fn revised(&self, child: &Child, rule: &DutyRule, present: Month) -> Self {
        let past = self.spans.iter().filter_map(|span| span.before(present));
        let mut spans: Vec<DutySpan> = past.collect();
        for span in self.derived(child, rule, present) {
            match spans.last_mut() {
                Some(last) if last.until == Some(span.from) && last.division == span.division => {
                    last.until = span.until;
                }
                _ => spans.push(span),
            }
        }
        Self { rule: rule.number(), spans, ..self.clone() }
    }

    /// What the file says of the present month and those after it.
    fn derived(&self, child: &Child, rule: &DutyRule, present: Month) -> Vec<DutySpan> {
        if child.active().is_err() {
            return Vec::new();
        }
        let division = child.household().division();
        let special = |category| self.special_migrant && category == Category::Migrant;
        let ledger = self.ledger.iter();
        let ledger = ledger.map(|said| DutySpan { from: said.from.max(present), until: Some(said.until), division });
        let mut spans: Vec<DutySpan> = child
            .categories
            .iter()
            .filter(|record| rule.covers(record.category) || special(record.category))
            .filter(|record| record.until.is_none_or(|until| record.from < until))
            .map(|record| {
                // A record that a merge moved here counts from the month after it; in the month of the merge, too,
                // somebody visits the child.
                let from = record.from.min(month_after(record.confirmed_on));
                DutySpan { from: from.max(present), until: record.until, division }
            })
            .chain(ledger)
            .filter(|span| span.until.is_none_or(|until| span.from < until))
            .collect();
        spans.sort_by_key(|span| span.from);
        let mut joined: Vec<DutySpan> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last) if last.until.is_none_or(|until| span.from <= until) => {
                    last.until = last.until.and_then(|one| span.until.map(|other| one.max(other)));
                }
                _ => joined.push(span),
            }
        }
        joined
    }
}

impl DutySpan {
    /// Whether a month lies in it.
    #[must_use]
    pub fn covers(&self, month: Month) -> bool {
        self.from <= month && self.until.is_none_or(|until| month < until)
    }

    /// The part before a month.
    fn before(self, month: Month) -> Option<Self> {
        let until = self.until.map_or(month, |until| until.min(month));
        (self.from < until).then_some(Self { until: Some(until), ..self })
    }
}
