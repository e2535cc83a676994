use std::collections::BTreeMap;

/// Which messages wait for a time-stamp, and where one may stand: each has one place only.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    logs: BTreeMap<String, Log>,
    /// The log of the time-stamps on the lines before: its next checkpoint follows, or the end does.
    run: Vec<String>,
}

#[derive(Debug, Default)]
struct Log {
    /// The size of the last checkpoint that was stamped.
    stamped: u64,
    /// Messages proved since.
    waiting: u64,
}

impl Stamps {
    /// Takes note of a proved message; false if a time-stamp that covers it stands before it.
    pub(super) fn see(&mut self, log: &str, number: u64) -> bool {
        let log = self.logs.entry(log.to_owned()).or_default();
        log.waiting += 1;
        number > log.stamped
    }

    /// Takes a time-stamp of a log's checkpoint, and says how many messages it is the first to cover; nothing if it covers none.
    pub(super) fn take(&mut self, origin: &str, size: u64) -> Option<u64> {
        let log = self.logs.get_mut(origin).filter(|log| log.waiting > 0)?;
        log.stamped = size;
        self.run.push(origin.to_owned());
        Some(std::mem::take(&mut log.waiting))
    }

    /// Whether time-stamps stand on the lines before, so that no message may follow.
    pub(super) fn wait(&self) -> bool {
        !self.run.is_empty()
    }

    /// Whether a checkpoint of a log may follow: behind no time-stamp, or behind the log's own.
    pub(super) fn may_go_on_with(&mut self, origin: &str) -> bool {
        let run = std::mem::take(&mut self.run);
        run.is_empty() || run == [origin]
    }

    /// Whether the end may follow: behind time-stamps in the order of their logs.
    pub(super) fn may_end(&self) -> bool {
        self.run.is_sorted_by(|one, next| one < next)
    }
}
