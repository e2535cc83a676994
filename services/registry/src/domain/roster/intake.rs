//! The rows of one roster, one after another.

use std::collections::HashSet;

use kernel::CitizenId;

use super::remark::{Reason, Remark};
use super::row::{Column, Row};
use super::rules::{Entry, Fault, Rules};

/// Judges the rows of one roster. It remembers whose citizen ID came before: twice the same is one child.
#[derive(Debug)]
pub struct Intake {
    rules: Rules,
    seen: HashSet<CitizenId>,
}

impl Intake {
    /// A roster's beginning.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules, seen: HashSet::new() }
    }

    /// Judges the next row. The first row that may be registered keeps its citizen ID, whether or not the registry has
    /// a file of it already; a faulty row keeps nothing, so that a later one without the fault is taken.
    ///
    /// # Errors
    /// [`Fault`] with everything that is wrong.
    pub fn take(&mut self, row: &Row<'_>) -> Result<Entry, Fault> {
        match self.rules.check(row) {
            Ok(entry) => match entry.profile.citizen_id {
                Some(id) if !self.seen.insert(id) => {
                    Err(Fault { number: entry.number, citizen_id: Some(id), remarks: vec![DUPLICATE] })
                }
                _ => Ok(entry),
            },
            Err(mut fault) => {
                if fault.citizen_id.is_some_and(|id| self.seen.contains(&id)) {
                    fault.remarks.push(DUPLICATE);
                }
                Err(fault)
            }
        }
    }
}

const DUPLICATE: Remark = Remark::new(Column::CitizenId, Reason::DuplicateInFile);
