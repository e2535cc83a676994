/// How a mailbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It holds all that it should.
    Following,
    /// It is behind, or is being rebuilt.
    CatchingUp,
    /// It, or an event stream, cannot be reached.
    Unreachable,
    /// An event is not what its service sealed. A person must look.
    Halted,
}

/// How far behind a mailbox that follows may fall before it counts as catching up, in events.
const SLACK: u64 = 1_000;

/// How far a mailbox has come with the events that it must look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Whether the event streams were read to their ends.
    pub(crate) streams_read: bool,
    /// Events read and not yet looked at.
    pub(crate) behind: u64,
    /// Messages written and not yet acknowledged.
    pub(crate) in_flight: usize,
}

impl Progress {
    /// The state that follows `before`. A mailbox that follows stays so under load; one that catches up has caught up
    /// when nothing is left.
    pub(crate) fn state(self, before: State) -> State {
        let done = self.streams_read && self.behind == 0 && self.in_flight == 0;
        if done || (before == State::Following && self.behind <= SLACK) { State::Following } else { State::CatchingUp }
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, SLACK, State};

    fn after(before: State, streams_read: bool, behind: u64, in_flight: usize) -> State {
        Progress { streams_read, behind, in_flight }.state(before)
    }

    #[test]
    fn it_follows_once_nothing_is_left() {
        assert_eq!(after(State::CatchingUp, true, 0, 0), State::Following);
        assert_eq!(after(State::CatchingUp, true, 0, 1), State::CatchingUp);
        assert_eq!(after(State::CatchingUp, false, 0, 0), State::CatchingUp);
        assert_eq!(after(State::Unreachable, true, 1, 0), State::CatchingUp);
    }

    #[test]
    fn it_goes_on_following_under_load_until_it_falls_behind() {
        assert_eq!(after(State::Following, true, SLACK, 256), State::Following);
        assert_eq!(after(State::Following, true, SLACK + 1, 256), State::CatchingUp);
    }
}
