use std::collections::HashSet;

use contract::audit::v1::UnusualPattern;
use contract::method::Kind;
use kernel::Instant;
use uuid::Uuid;

use super::finding::{Finding, Key};
use crate::audit::SealedCall;

/// The calls of one key.
#[derive(Debug)]
pub(super) struct Tally {
    /// The lowest entry in it: from here on the audit is read again if this process ends.
    pub(super) since: u64,
    first: Instant,
    last: Instant,
    calls: u64,
    /// Calls in parts, each of which has an entry.
    in_parts: HashSet<Uuid>,
    children: HashSet<Uuid>,
    /// The finding that was told of it.
    pub(super) told: Option<u64>,
    /// Actors that have a tally of their own beside this one.
    pub(super) actors: usize,
}

impl Tally {
    pub(super) fn new(call: &SealedCall, told: Option<u64>) -> Self {
        Self {
            since: call.sequence,
            first: call.at,
            last: call.at,
            calls: 0,
            in_parts: HashSet::new(),
            children: HashSet::new(),
            told,
            actors: 0,
        }
    }

    pub(super) fn count(&mut self, call: &SealedCall, kind: Option<Kind>) {
        self.since = self.since.min(call.sequence);
        self.first = self.first.min(call.at);
        self.last = self.last.max(call.at);
        if kind == Some(Kind::Read) || self.in_parts.insert(call.id) {
            self.calls += u64::try_from(call.calls).unwrap_or_default();
        }
        self.children.extend(&call.children);
    }

    /// What is compared with the pattern's threshold.
    pub(super) fn measure(&self, pattern: UnusualPattern) -> u64 {
        match pattern {
            UnusualPattern::BulkReading | UnusualPattern::BulkExport => self.children.len() as u64,
            UnusualPattern::Night | UnusualPattern::OutsideArea | UnusualPattern::Unspecified => self.calls,
        }
    }

    pub(super) fn finding(&self, key: Key, number: u64, is_over: bool) -> Finding {
        Finding {
            number,
            key,
            first: self.first,
            last: self.last,
            calls: self.calls,
            children: self.children.len() as u64,
            is_new: self.told.is_none(),
            is_over,
        }
    }
}
