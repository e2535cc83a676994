//! What was learnt of a child, in the order in which it was learnt. Nothing is ever taken back: a later fact counts.

use kernel::{CategoryRecordId, ChildId, Date, Division, Fen, Instant, Month, Tier};

/// What was learnt of one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildFile {
    /// The child.
    pub child: ChildId,
    /// The facts, in order.
    pub learnt: Vec<Learnt>,
    /// When something was last learnt of it, or decided about its money.
    pub changed: Instant,
}

/// A fact, and when it was learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// When.
    pub at: Instant,
    /// What.
    pub fact: Fact,
}

/// What may be learnt of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Its file was opened.
    Registered {
        /// Where its household is registered.
        county: Division,
    },
    /// Its household registration moved.
    Moved {
        /// From where.
        from: Division,
        /// To where.
        to: Division,
        /// The day of the move.
        on: Date,
    },
    /// A category of a tier was confirmed.
    Confirmed {
        /// The registry's record.
        record: CategoryRecordId,
        /// The tier.
        tier: Tier,
        /// The first month in which it counts: the one after the confirmation [L].
        from: Month,
    },
    /// A category ended.
    Ended {
        /// The registry's record.
        record: CategoryRecordId,
        /// The first month in which it no longer counts: the one after the event [L].
        until: Month,
    },
    /// The child died, or its file ended otherwise.
    Closed {
        /// The day of the event. Its month is still due.
        on: Date,
    },
    /// It receives another grant for minimum living.
    OtherGrant(OtherGrant),
}

/// Another grant for minimum living (其他基本生活救助).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherGrant {
    /// A month; nothing ends an earlier one.
    pub monthly: Fen,
    /// The first month.
    pub from: Month,
    /// The first month without it, `None` while it goes on.
    pub until: Option<Month>,
    /// What it is and who pays it.
    pub source: String,
}

/// One category of a child as it was known: the tier alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierRecord {
    /// The registry's record.
    pub record: CategoryRecordId,
    /// The tier.
    pub tier: Tier,
    /// The first month in which it counts.
    pub from: Month,
    /// The first month in which it no longer counts.
    pub until: Option<Month>,
    /// When it was learnt.
    pub learnt: Instant,
    /// When its end was learnt.
    pub end_learnt: Option<Instant>,
}

impl TierRecord {
    /// Whether it counts in a month.
    #[must_use]
    pub fn counts_in(&self, month: Month) -> bool {
        self.from <= month && self.until.is_none_or(|until| month < until)
    }
}

impl ChildFile {
    /// The file of a child of whom nothing is known yet.
    #[must_use]
    pub fn new(child: ChildId) -> Self {
        Self { child, learnt: Vec::new(), changed: Instant::MIN }
    }

    /// The file with one more fact. `at` is later than all that was learnt before.
    pub fn learn(&mut self, at: Instant, fact: Fact) {
        debug_assert!(self.learnt.last().is_none_or(|last| last.at <= at), "what is known has an order");
        self.learnt.push(Learnt { at, fact });
        self.changed = at;
    }

    fn known(&self, known: Instant) -> impl DoubleEndedIterator<Item = &Learnt> {
        self.learnt[..self.learnt.partition_point(|learnt| learnt.at <= known)].iter()
    }

    /// The categories as known at an instant, in the order in which they were learnt. What was said last of a record counts.
    #[must_use]
    pub fn records(&self, known: Instant) -> Vec<TierRecord> {
        let mut records: Vec<TierRecord> = Vec::new();
        for Learnt { at, fact } in self.known(known) {
            match fact {
                Fact::Confirmed { record, tier, from } => {
                    records.retain(|known| known.record != *record);
                    records.push(TierRecord {
                        record: *record,
                        tier: *tier,
                        from: *from,
                        until: None,
                        learnt: *at,
                        end_learnt: None,
                    });
                }
                Fact::Ended { record, until } => {
                    if let Some(known) = records.iter_mut().find(|known| known.record == *record) {
                        known.until = Some(*until);
                        known.end_learnt = Some(*at);
                    }
                }
                Fact::Registered { .. } | Fact::Moved { .. } | Fact::Closed { .. } | Fact::OtherGrant(_) => {}
            }
        }
        records
    }

    /// The county that pays for a month: that of household registration when the month begins, so that a move within a
    /// month counts from the next one on.
    #[must_use]
    pub fn county(&self, month: Month, known: Instant) -> Option<Division> {
        let first_day = month.first_day();
        let (mut registered, mut before, mut county) = (None, None, None);
        for Learnt { fact, .. } in self.known(known) {
            match fact {
                Fact::Registered { county } => registered = Some(*county),
                Fact::Moved { to, on, .. } if *on <= first_day => {
                    if county.is_none_or(|(since, _)| since <= *on) {
                        county = Some((*on, *to));
                    }
                }
                Fact::Moved { from, on, .. } => {
                    if before.is_none_or(|(first, _)| *on < first) {
                        before = Some((*on, *from));
                    }
                }
                Fact::Confirmed { .. } | Fact::Ended { .. } | Fact::Closed { .. } | Fact::OtherGrant(_) => {}
            }
        }
        county.or(before).map(|(_, county)| county).or(registered)
    }

    /// The day on which the file ended, as known at an instant.
    #[must_use]
    pub fn closed_on(&self, known: Instant) -> Option<Date> {
        self.known(known).rev().find_map(|learnt| match learnt.fact {
            Fact::Closed { on } => Some(on),
            _ => None,
        })
    }

    /// The other grant of a month: of several, the one recorded last. Nothing where it is of nothing.
    #[must_use]
    pub fn other_grant(&self, month: Month, known: Instant) -> Option<(&OtherGrant, Instant)> {
        let in_month = |grant: &OtherGrant| grant.from <= month && grant.until.is_none_or(|until| month < until);
        let last = self.known(known).rev().find_map(|learnt| match &learnt.fact {
            Fact::OtherGrant(grant) if in_month(grant) => Some((grant, learnt.at)),
            _ => None,
        });
        last.filter(|(grant, _)| grant.monthly > Fen::ZERO)
    }
}
