//! What an import says of a roster.

use std::collections::BTreeMap;

use super::remark::{Reason, Remark};
use super::row::Column;
use super::rules::Entry;
use crate::domain::category::Category;

/// The count of a roster's rows, row by row. A faulty row never stops the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows judged.
    pub rows: u32,
    /// Rows whose child stands in the registry through this roster.
    pub accepted: u32,
    /// Children whose file was opened; fewer than accepted where rows without a citizen ID came before.
    pub registered: u32,
    /// Why rows were rejected, by row number.
    pub rejections: Vec<(i32, Remark)>,
    /// What was odd with accepted rows, by row number.
    pub warnings: Vec<(i32, Remark)>,
    /// Accepted rows by category, person-times: a row with two counts in both.
    pub by_category: BTreeMap<Category, u32>,
}

impl Report {
    /// Counts a row that was rejected.
    pub fn reject(&mut self, number: i32, remarks: &[Remark]) {
        self.rows += 1;
        let remarks = remarks.iter().map(|remark| (number, *remark));
        self.rejections.extend(remarks);
    }

    /// Counts a row that has no fault but a file already.
    pub fn already_registered(&mut self, number: i32) {
        let remark = Remark::new(Column::CitizenId, Reason::AlreadyRegistered);
        self.reject(number, &[remark]);
    }

    /// Counts a row whose child stands in the registry now; `opened` where its file is new.
    pub fn accept(&mut self, entry: &Entry, opened: Opened) {
        self.rows += 1;
        self.accepted += 1;
        self.registered += u32::from(opened == Opened::Now);
        let warnings = entry.warnings.iter().map(|remark| (entry.number, *remark));
        self.warnings.extend(warnings);
        for category in &entry.categories {
            *self.by_category.entry(*category).or_default() += 1;
        }
    }
}

/// When an accepted row's file was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// By this roster.
    Now,
    /// When the same row came before, or not at all where a roster is only checked.
    Otherwise,
}
