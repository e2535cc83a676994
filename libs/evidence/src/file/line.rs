//! The lines of a file, in the order and spelling in which they stand there.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::checkpoint::names_audit;
use crate::hash::Hash;

/// The version of the format of a file without time-stamps that this library writes. It reads the first one too, whose events'
/// hashes cover the entity as the message names it.
pub const VERSION: u32 = 2;
/// The version of the format of a file with time-stamps.
pub const VERSION_WITH_TIME_STAMPS: u32 = 3;
/// The version of the format of a file in which a checkpoint says where the audit ended, with time-stamps or without.
pub const VERSION_WITH_AUDIT: u32 = 4;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    Evidence(Head),
    /// Before the first message that needs it.
    Checkpoint(SignedCheckpoint),
    /// A message.
    Message(Box<SentMessage>),
    /// In the place of messages that are not shown.
    Withheld(Withheld),
    /// Behind the messages of a log that it is the first to cover: before the log's next checkpoint, or before the end, where
    /// they stand by the names of their logs.
    TimeStamp(StampedCheckpoint),
    /// The last line.
    End(End),
}

impl Line {
    /// Whether it has a checkpoint that says where the audit ended.
    #[must_use]
    pub fn names_audit(&self) -> bool {
        match self {
            Self::Checkpoint(SignedCheckpoint { note, .. }) | Self::TimeStamp(StampedCheckpoint { note, .. }) => {
                names_audit(note)
            }
            Self::Evidence(_) | Self::Message(_) | Self::Withheld(_) | Self::End(_) => false,
        }
    }
}

/// Whose file it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// 1, [`VERSION`], [`VERSION_WITH_TIME_STAMPS`], or [`VERSION_WITH_AUDIT`].
    pub version: u32,
    /// The mailbox's code.
    pub mailbox: String,
    /// The number of the first message.
    pub first: u64,
    /// The number of the last message.
    pub last: u64,
    /// The public keys by which it is checked, sorted; each is needed.
    pub keys: Vec<String>,
    /// How many time-stamps it has: else one could be left out without a trace.
    #[serde(skip_serializing_if = "is_none", default)]
    pub time_stamps: u64,
}

impl Head {
    /// The version of the format in which a file with so many time-stamps is written, if one of its checkpoints says where the
    /// audit ended, or none does.
    #[must_use]
    pub fn version_with(time_stamps: u64, audit: bool) -> u32 {
        match time_stamps {
            _ if audit => VERSION_WITH_AUDIT,
            0 => VERSION,
            _ => VERSION_WITH_TIME_STAMPS,
        }
    }

    /// Only a file of a version that is for them has time-stamps.
    pub(super) fn fits_its_version(&self) -> bool {
        self.may_name_the_audit() || (self.time_stamps > 0) == (self.version == VERSION_WITH_TIME_STAMPS)
    }

    /// Whether a checkpoint in it says where the audit ended: one must, or none may.
    pub(super) fn may_name_the_audit(&self) -> bool {
        self.version == VERSION_WITH_AUDIT
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde shows fields so")]
fn is_none(time_stamps: &u64) -> bool {
    *time_stamps == 0
}

/// A checkpoint of the log of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedCheckpoint {
    /// The signed note.
    pub note: String,
    /// Proves that the log only grew since the checkpoint before it of the same log; empty for the first.
    pub consistency: Vec<Bytes>,
}

/// A checkpoint that a time-stamp authority has stamped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampedCheckpoint {
    /// The signed note.
    pub note: String,
    /// Proves that the log only grew since the checkpoint before it of the same log; empty if it is that checkpoint itself.
    pub consistency: Vec<Bytes>,
    /// The authority's token (RFC 3161) over the note.
    pub token: Bytes,
    /// The log's own signature over [`crate::hash::time_stamp`].
    pub signature: Bytes,
}

/// A message as the department received it, without what its hash does not cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentMessage {
    /// Its number in the mailbox.
    pub number: u64,
    /// The hash of the message before it.
    pub previous: Digest,
    /// The NATS subject.
    pub subject: String,
    /// The event's id (`ce-id`).
    pub id: String,
    /// The event's type (`ce-type`).
    #[serde(rename = "type")]
    pub event_type: String,
    /// Who told it (`ce-source`).
    pub source: String,
    /// When it was decided (`ce-time`).
    pub time: String,
    /// What it is about (`ce-subject`).
    pub about: String,
    /// How far the mailbox has come with each service (`hutong-cursor`).
    pub cursor: String,
    /// The body's encoding (`content-type`).
    pub content_type: String,
    /// The body.
    pub body: Bytes,
    /// Which key signed (`hutong-key`).
    pub key: String,
    /// The signature over the message's hash (`hutong-signature`).
    pub signature: Bytes,
    /// Where its event stands in its service's log; nothing for an event whose seal is of an earlier kind.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event: Option<Place>,
}

/// Where an event stands in its log. Number, id, type, county and time are the message's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The hash of the event before it in the log.
    pub previous: Digest,
    /// The commitment to its entity and content, of which the department may have got another name and a part only.
    pub commitment: Digest,
    /// The size of the checkpoint above: the first that has it.
    pub checkpoint: u64,
    /// Proves that it is in there.
    pub proof: Vec<Bytes>,
}

/// Messages that are there and not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// The number of the first.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
}

/// The end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// How many lines stand before this one.
    pub lines: u64,
    /// SHA-256 over them, with their line feeds.
    pub sha256: Digest,
}

/// A hash, as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub Hash);

/// Bytes, as Base64 with padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// The hashes of a proof; `None` if one has another length.
    pub(super) fn hashes(proof: &[Self]) -> Option<Vec<Hash>> {
        proof.iter().map(|hash| hash.0.as_slice().try_into().ok()).collect()
    }
}

impl From<Hash> for Bytes {
    fn from(hash: Hash) -> Self {
        Self(hash.to_vec())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut hash = [0; 32];
        hex::decode_to_slice(&text, &mut hash).map_err(|_| de::Error::custom("expected 64 hex digits"))?;
        Ok(Self(hash))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(|_| de::Error::custom("expected Base64"))
    }
}
