/// What the broker says of a mailbox's stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamFacts {
    /// Messages in it.
    pub(crate) messages: u64,
    /// The number of the first.
    pub(crate) first: u64,
    /// The number of the last one ever stored.
    pub(crate) last: u64,
}

/// Why a mailbox must be built anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    /// Messages are missing at its start or in between: a purge, a deletion, a flipped bit on the disk.
    #[error("messages are missing")]
    Missing,
    /// Its last message is not one that the exchange wrote there.
    #[error("its last message is not the exchange's")]
    Forged,
}

impl StreamFacts {
    /// Whether every number from 1 to the last has its message. Numbers are never given twice, so counting suffices.
    pub(crate) fn check(self) -> Result<(), Damage> {
        let begins = self.last == 0 || self.first == 1;
        if begins && self.messages == self.last { Ok(()) } else { Err(Damage::Missing) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Damage, StreamFacts};

    fn check(messages: u64, first: u64, last: u64) -> Result<(), Damage> {
        StreamFacts { messages, first, last }.check()
    }

    #[test]
    fn an_empty_mailbox_and_one_without_gaps_are_whole() {
        assert_eq!(check(0, 0, 0), Ok(()));
        assert_eq!(check(3, 1, 3), Ok(()));
    }

    #[test]
    fn a_purged_a_cut_and_a_holed_mailbox_are_damaged() {
        for (messages, first, last) in [(0, 4, 3), (2, 2, 3), (2, 1, 3)] {
            assert_eq!(check(messages, first, last), Err(Damage::Missing));
        }
    }
}
