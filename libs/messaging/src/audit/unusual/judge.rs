use std::collections::{BTreeMap, btree_map};

use contract::audit::v1::{Decision, UnusualPattern};
use contract::department;
use contract::method::{self, Kind};
use kernel::Instant;
use platform::access::OUTSIDE_AREA;
use platform::config::UnusualConfig;

use super::finding::{Finding, Key};
use super::tally::Tally;
use super::window::Window;
use crate::audit::SealedCall;

/// Actors of one caller that are counted one by one within an hour. A caller makes its actors up; who is beyond is counted with the
/// caller's calls alone.
const ACTORS: usize = 1_000;

/// How far an audit is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// All entries up to this one are in windows that are over.
    pub(super) done: u64,
    /// All entries up to this one were looked at.
    pub(super) read: u64,
    /// Windows that ended by then are over.
    pub(super) closed: Instant,
    /// Findings so far.
    pub(super) findings: u64,
    /// How often it was written.
    pub(super) revision: i64,
}

/// Judges the entries of one audit.
#[derive(Debug)]
pub(super) struct Judge {
    rules: UnusualConfig,
    /// As it is stored.
    mark: Mark,
    /// The last entry that was taken in.
    position: u64,
    closed: Instant,
    findings: u64,
    tallies: BTreeMap<Key, Tally>,
    /// Findings of windows that were not over, of before this process.
    told: BTreeMap<Key, u64>,
}

impl Judge {
    /// Goes on from a mark, with the findings that were told of windows which were not over by then.
    pub(super) fn new(rules: UnusualConfig, mark: Mark, told: BTreeMap<Key, u64>) -> Self {
        let Mark { done, closed, findings, .. } = mark;
        Self { rules, mark, position: done, closed, findings, tallies: BTreeMap::new(), told }
    }

    /// The mark as it is stored.
    pub(super) fn stored(&self) -> Mark {
        self.mark
    }

    /// The mark behind everything that was taken in.
    pub(super) fn mark(&self) -> Mark {
        let open = self.tallies.values().map(|tally| tally.since).min();
        Mark {
            done: open.map_or(self.position, |open| open - 1),
            read: self.mark.read.max(self.position),
            closed: self.closed,
            findings: self.findings,
            revision: self.mark.revision + 1,
        }
    }

    /// The mark was stored.
    pub(super) fn marked(&mut self, mark: Mark) {
        self.mark = mark;
    }

    /// The entry behind which those begin that are to be taken in.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// When the next window ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.tallies.keys().next().map(|key| key.window.until)
    }

    /// Takes the next entry in, and says what is to be told at once.
    pub(super) fn take(&mut self, call: &SealedCall) -> Vec<Finding> {
        self.position = call.sequence;
        let mut found = Vec::new();
        if !is_department(&call.caller) {
            return found;
        }
        let kind = method::kind(&call.method);
        if call.reason == OUTSIDE_AREA && self.rules.outside_area_calls > 0 {
            self.count(UnusualPattern::OutsideArea, "", Some(Window::hour(call.at)), call, kind);
        }
        if call.children.is_empty() || !was_answered(call.decision) {
            return found;
        }
        let pattern = match kind {
            Some(Kind::Read) => UnusualPattern::BulkReading,
            Some(Kind::Export) => UnusualPattern::BulkExport,
            // What a change names its caller knew.
            Some(Kind::Change) | None => return found,
        };
        if self.rules.night_calls > 0 {
            let night = self.rules.night.and_then(|night| Window::night(call.at, night));
            self.count(UnusualPattern::Night, "", night, call, kind);
        }
        let hour = Some(Window::hour(call.at));
        found.extend(self.count(pattern, "", hour, call, kind));
        if pattern == UnusualPattern::BulkReading && !call.actor.is_empty() && self.rules.bulk_children_of_actor > 0 {
            found.extend(self.count(pattern, &call.actor, hour, call, kind));
        }
        found
    }

    /// What is to be told of the windows that are over by then.
    pub(super) fn close(&mut self, by: Instant) -> Vec<Finding> {
        self.closed = self.closed.max(by);
        let mut found = Vec::new();
        while let Some(first) = self.tallies.first_entry().filter(|first| first.key().window.until <= self.closed) {
            let (key, tally) = first.remove_entry();
            self.told.remove(&key);
            if tally.told.is_some() || self.reaches(&key, &tally) {
                let number = self.number(&tally);
                found.push(tally.finding(key, number, true));
            }
        }
        found
    }

    /// Counts a call, and says what is to be told of it at once.
    fn count(
        &mut self,
        pattern: UnusualPattern,
        actor: &str,
        window: Option<Window>,
        call: &SealedCall,
        kind: Option<Kind>,
    ) -> Option<Finding> {
        let window = self.open(window?, pattern, call)?;
        let key = Key { window, pattern, caller: call.caller.clone(), actor: actor.to_owned() };
        if !actor.is_empty() && !self.tallies.contains_key(&key) {
            let callers = self.tallies.get_mut(&Key { actor: String::new(), ..key.clone() })?;
            if callers.actors == ACTORS {
                return None;
            }
            callers.actors += 1;
        }
        let told = self.told.get(&key).copied();
        let tally = match self.tallies.entry(key.clone()) {
            btree_map::Entry::Occupied(tally) => tally.into_mut(),
            btree_map::Entry::Vacant(place) => place.insert(Tally::new(call, told)),
        };
        tally.count(call, kind);
        let is_at_once = matches!(pattern, UnusualPattern::BulkReading | UnusualPattern::BulkExport);
        let tally = &self.tallies[&key];
        if !is_at_once || tally.told.is_some() || !self.reaches(&key, tally) {
            return None;
        }
        let number = self.findings + 1;
        self.findings = number;
        let finding = tally.finding(key.clone(), number, false);
        self.tallies.get_mut(&key)?.told = Some(number);
        Some(finding)
    }

    /// The window in which a call counts: its own, if that is not over. A call that was read before, by whoever was killed, is judged
    /// with its window; one that comes late counts in the next.
    fn open(&self, window: Window, pattern: UnusualPattern, call: &SealedCall) -> Option<Window> {
        if window.until <= self.closed && call.sequence <= self.mark.read {
            return None;
        }
        Some(window.not_over_by(self.closed, pattern == UnusualPattern::Night))
    }

    fn reaches(&self, key: &Key, tally: &Tally) -> bool {
        let threshold = match key.pattern {
            UnusualPattern::BulkReading if key.actor.is_empty() => self.rules.bulk_children,
            UnusualPattern::BulkReading => self.rules.bulk_children_of_actor,
            UnusualPattern::BulkExport => self.rules.exported_children,
            UnusualPattern::Night => self.rules.night_calls,
            UnusualPattern::OutsideArea => self.rules.outside_area_calls,
            UnusualPattern::Unspecified => 0,
        };
        threshold > 0 && tally.measure(key.pattern) >= threshold
    }

    /// The number of what was told of a tally, or the next one.
    fn number(&mut self, tally: &Tally) -> u64 {
        tally.told.unwrap_or_else(|| {
            self.findings += 1;
            self.findings
        })
    }
}

/// Whether it is a department's certificate, or its office's. Services read by their nature.
fn is_department(caller: &str) -> bool {
    let code = caller.split_once('-').map_or(caller, |(code, _)| code);
    department::from_code(code).is_some()
}

fn was_answered(decision: i64) -> bool {
    [Decision::Allowed, Decision::Redacted].into_iter().any(|answered| decision == i64::from(i32::from(answered)))
}
