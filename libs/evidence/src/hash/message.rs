use super::{Hash, finish, hasher_of};

/// A message of a mailbox as its hash covers it: all that a department gets but the trace, as text where headers are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The hash of the message before it, hex.
    pub previous: &'a str,
    /// The mailbox's code.
    pub mailbox: &'a str,
    /// Its number in the mailbox, from 1.
    pub sequence: u64,
    /// The NATS subject.
    pub subject: &'a str,
    /// The event's id.
    pub id: &'a str,
    /// The event's type.
    pub event_type: &'a str,
    /// Who told it.
    pub source: &'a str,
    /// When it was decided.
    pub time: &'a str,
    /// What it is about.
    pub about: &'a str,
    /// How far the mailbox has come with each service.
    pub cursor: &'a str,
    /// The body's encoding.
    pub content_type: &'a str,
    /// The very bytes that the department receives.
    pub body: &'a [u8],
}

impl Message<'_> {
    /// SHA-256 over `hutong.mailbox.v1` and the parts, one a line, an empty line, then the body.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut context = hasher_of(b"hutong.mailbox.v1\n");
        let sequence = self.sequence.to_string();
        for part in [
            self.previous,
            self.mailbox,
            &sequence,
            self.subject,
            self.id,
            self.event_type,
            self.source,
            self.time,
            self.about,
            self.cursor,
            self.content_type,
        ] {
            context.update(part.as_bytes());
            context.update(b"\n");
        }
        context.update(b"\n");
        context.update(self.body);
        finish(context)
    }
}
