//! The comparison of the ledger with another office's list (数据比对).
//!
//! The result is a function of the list's rows and of what the ledger knew when the comparison was started.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::time::{days, shanghai_date};
use kernel::{Date, Division, Id, IdKind, Instant};

use super::entry::{MigrantEntry, MigrantId};
use super::terms::{Difference, Source};

/// Marks the identifiers of comparisons.
pub enum ReconciliationKind {}

impl IdKind for ReconciliationKind {
    const NAME: &'static str = "reconciliation";
}

/// Identifies a comparison.
pub type ReconciliationId = Id<ReconciliationKind>;

/// A keyed hash.
pub type Key = [u8; 32];

/// A comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Its identifier.
    pub id: ReconciliationId,
    /// Grows by one with every call that brings rows, from 1.
    pub version: u32,
    /// Whose list it is.
    pub source: Source,
    /// Whose entries are looked for in the list: the city or a county.
    pub division: Division,
    /// The day for which both are compared.
    pub day: Date,
    /// When it was started: what the ledger learned later plays no part.
    pub started_at: Instant,
    /// Whether rows may come, or what came of it.
    pub state: State,
}

/// Where a comparison stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Rows may come.
    Open,
    /// It was compared.
    Finished(Finished),
    /// Nobody finished it in time.
    Abandoned {
        /// When it was closed.
        at: Instant,
    },
}

impl Reconciliation {
    /// What came of it, if it is finished.
    #[must_use]
    pub fn finished(&self) -> Option<Finished> {
        match self.state {
            State::Finished(finished) => Some(finished),
            State::Open | State::Abandoned { .. } => None,
        }
    }

    /// The day on which it is given up if nobody finishes it before: `limit` days after the day of its start [P]. What it
    /// compares with is what the ledger knew at the start, and grows old however many rows still come.
    #[must_use]
    pub fn abandoned_on(&self, limit: u16) -> Date {
        shanghai_date(self.started_at).saturating_add(days(limit.into()))
    }

    /// The same given up; `None` if its day has not come or it is closed.
    #[must_use]
    pub fn abandoned(&self, limit: u16, now: Instant) -> Option<Self> {
        let due = self.state == State::Open && self.abandoned_on(limit) <= shanghai_date(now);
        due.then(|| Self { version: self.version + 1, state: State::Abandoned { at: now }, ..self.clone() })
    }
}

/// What came of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// When.
    pub at: Instant,
    /// How many of each.
    pub counts: Counts,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the list.
    pub rows: u32,
    /// In both, and they agree.
    pub matched: u32,
    /// In both, and they disagree.
    pub differing: u32,
    /// Entries that the list lacks.
    pub only_in_ledger: u32,
    /// Rows that the ledger lacks.
    pub only_in_list: u32,
}

/// A row of the list. What identifies the child is hashed, as is the school; what is `None` is not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The row's own number.
    pub number: u32,
    /// The citizen ID's hash.
    pub citizen_id: Option<Key>,
    /// The hash of name and day of birth.
    pub name: Option<Key>,
    /// The day of arrival.
    pub arrived_on: Option<Date>,
    /// The residence.
    pub residence: Option<Division>,
    /// The school's hash.
    pub school: Option<Key>,
}

/// An entry with the hashes by which the list may know it.
#[derive(Clone, Debug)]
pub struct LedgerRow<'a> {
    /// The entry.
    pub entry: &'a MigrantEntry,
    /// The citizen ID's hash.
    pub citizen_id: Option<Key>,
    /// The hash of name and day of birth.
    pub name: Key,
    /// The school's hash on the day; `None` if there is none.
    pub school: Option<Key>,
}

/// Where a child was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// In both, and they agree.
    Matched = 1,
    /// In both, and they disagree.
    Differing = 2,
    /// In the ledger only.
    OnlyInLedger = 3,
    /// In the list only.
    OnlyInList = 4,
}

impl Found {
    /// Every value, by number.
    pub const ALL: [Self; 4] = [Self::Matched, Self::Differing, Self::OnlyInLedger, Self::OnlyInList];

    /// The number in the contract and in the database.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }
}

/// What became of a row, or of an entry that the list lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The row's number; `None` for an entry that the list lacks.
    pub row: Option<u32>,
    /// The entry; `None` for a row that the ledger lacks.
    pub migrant: Option<MigrantId>,
    /// Where the child was found.
    pub found: Found,
    /// What they disagree on, or what is odd.
    pub differences: BTreeSet<Difference>,
}

/// Compares: the rows in the order of their numbers, then the entries that the list lacks in the order of theirs.
#[must_use]
pub fn compare(
    reconciliation: &Reconciliation,
    rows: &BTreeMap<u32, ListRow>,
    ledger: &[LedgerRow<'_>],
) -> Vec<Finding> {
    let day = reconciliation.day;
    let known: Vec<&LedgerRow<'_>> =
        ledger.iter().filter(|row| row.entry.known_at(reconciliation.started_at).is_some()).collect();
    let mut by_id: HashMap<Key, &LedgerRow<'_>> = HashMap::new();
    let mut by_name: HashMap<Key, Vec<&LedgerRow<'_>>> = HashMap::new();
    for row in &known {
        if let Some(id) = row.citizen_id {
            by_id.insert(id, row);
        }
        by_name.entry(row.name).or_default().push(row);
    }
    let mut seen = BTreeSet::new();
    let mut findings = Vec::with_capacity(rows.len());
    for row in rows.values() {
        let finding = match find(row, &by_id, &by_name) {
            Match::One(entry) => {
                let mut differences = differences(reconciliation, row, entry);
                if !seen.insert(entry.entry.id) {
                    differences.insert(Difference::Repeated);
                }
                let found = if differences.is_empty() { Found::Matched } else { Found::Differing };
                Finding { row: Some(row.number), migrant: Some(entry.entry.id), found, differences }
            }
            Match::None => only_in_list(row, BTreeSet::new()),
            Match::Several => only_in_list(row, BTreeSet::from([Difference::Ambiguous])),
        };
        findings.push(finding);
    }
    let mut missing: Vec<MigrantId> = known
        .iter()
        .filter(|row| !seen.contains(&row.entry.id))
        .filter(|row| {
            let view = row.entry.known_at(reconciliation.started_at);
            let stay = view.as_ref().and_then(|view| view.stay(day));
            stay.is_some_and(|stay| reconciliation.division.contains(&stay.residence))
        })
        .map(|row| row.entry.id)
        .collect();
    missing.sort();
    findings.extend(missing.into_iter().map(|migrant| Finding {
        row: None,
        migrant: Some(migrant),
        found: Found::OnlyInLedger,
        differences: BTreeSet::new(),
    }));
    findings
}

/// Counts findings.
#[must_use]
pub fn counts(findings: &[Finding]) -> Counts {
    let of = |found: Found| number(findings.iter().filter(|finding| finding.found == found).count());
    Counts {
        rows: number(findings.iter().filter(|finding| finding.row.is_some()).count()),
        matched: of(Found::Matched),
        differing: of(Found::Differing),
        only_in_ledger: of(Found::OnlyInLedger),
        only_in_list: of(Found::OnlyInList),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

enum Match<'a, 'b> {
    None,
    One(&'a LedgerRow<'b>),
    Several,
}

/// A citizen ID decides. Without one on either side, name and day of birth do, where only one entry bears them: twins bear
/// two names.
fn find<'a, 'b>(
    row: &ListRow,
    by_id: &HashMap<Key, &'a LedgerRow<'b>>,
    by_name: &HashMap<Key, Vec<&'a LedgerRow<'b>>>,
) -> Match<'a, 'b> {
    if let Some(entry) = row.citizen_id.and_then(|id| by_id.get(&id)) {
        return Match::One(entry);
    }
    let namesakes = row.name.and_then(|name| by_name.get(&name)).map_or(&[][..], Vec::as_slice);
    let mut possible = namesakes.iter().filter(|entry| row.citizen_id.is_none() || entry.citizen_id.is_none()).copied();
    match (possible.next(), possible.next()) {
        (None, _) => Match::None,
        (Some(entry), None) => Match::One(entry),
        (Some(_), Some(_)) => Match::Several,
    }
}

fn differences(reconciliation: &Reconciliation, row: &ListRow, ledger: &LedgerRow<'_>) -> BTreeSet<Difference> {
    let mut differences = BTreeSet::new();
    let mut differ = |difference: Difference, differs: bool| {
        if differs {
            differences.insert(difference);
        }
    };
    differ(Difference::CitizenId, row.citizen_id.is_some() != ledger.citizen_id.is_some());
    let Some(view) = ledger.entry.known_at(reconciliation.started_at) else {
        return differences;
    };
    let (Some(stay), Some(run)) = (view.stay(reconciliation.day), view.run(reconciliation.day)) else {
        differ(Difference::NotStaying, true);
        return differences;
    };
    differ(Difference::Arrival, row.arrived_on.is_some_and(|arrived| arrived != run.from));
    let apart = |one: Division| !one.contains(&stay.residence) && !stay.residence.contains(&one);
    differ(Difference::Residence, row.residence.is_some_and(apart));
    differ(Difference::School, row.school.is_some() && row.school != ledger.school);
    differences
}

fn only_in_list(row: &ListRow, differences: BTreeSet<Difference>) -> Finding {
    Finding { row: Some(row.number), migrant: None, found: Found::OnlyInList, differences }
}
