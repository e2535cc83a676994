use serde::Serialize;

use super::wrong::Fault;

/// What a file proves, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The mailbox's code.
    pub mailbox: String,
    /// The city that the keys name.
    pub city: String,
    /// The number of the first message.
    pub first: u64,
    /// The number of the last message.
    pub last: u64,
    /// Messages that are shown and proved.
    pub messages: u64,
    /// Messages that are there and not shown.
    pub withheld: u64,
    /// Messages whose event was proved to stand in its service's log; the others are proved by the exchange's signature alone.
    pub in_log: u64,
    /// When the event of the first message shown was decided.
    pub from: Option<String>,
    /// When the event of the last message shown was decided.
    pub until: Option<String>,
    /// Checkpoints on the way.
    pub checkpoints: u64,
    /// When the last checkpoint was made: all that was proved in a log existed by then.
    pub sealed_by: Option<String>,
    /// Time-stamps of a third party.
    pub time_stamps: u64,
    /// Whether they were checked: somebody said whose word counts.
    pub time_stamps_checked: bool,
    /// Messages whose event a time-stamp covers which was checked. That they say what the event said is proved by the exchange's
    /// signature.
    pub stamped: u64,
    /// The last time of those: all events that are stamped existed by then.
    pub existed_by: Option<String>,
    /// Whose word that is, each only once.
    pub authorities: Vec<String>,
    /// The public keys by which the file was checked.
    pub keys: Vec<String>,
    /// Whether the reader knew these keys before, and not from the file itself.
    pub keys_known: bool,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// There are more faults than are listed.
    pub more_faults: bool,
}

impl Report {
    /// Whether nothing is wrong under the keys of the file.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether the file proves what it says to somebody who trusts the keys that were given.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.is_whole() && self.keys_known
    }
}
