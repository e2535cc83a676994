use serde::{Serialize, Serializer};

use crate::time_stamp::TimeStampError;

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line in the file, from 1.
    pub line: u64,
    /// The message's number, if it is one's.
    pub message: Option<u64>,
    /// What is wrong.
    #[serde(flatten)]
    pub wrong: Wrong,
}

/// What may be wrong. `Display` is English; the Chinese sentence is [`Wrong::in_chinese`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not an evidence file at all.
    #[error("this is not an evidence file")]
    NoEvidence,
    /// Of a later format.
    #[error("the file has format {0}; this version reads formats 1 to 4: use a newer hutong")]
    Version(u32),
    /// A line that no writer writes.
    #[error("the line is not as it was written: it was changed")]
    Spelling,
    /// A line where another one belongs.
    #[error("the line does not belong here: lines were moved, added or removed")]
    Order,
    /// The file ends before its end.
    #[error("the file is not whole: its end is missing, get it again")]
    CutShort,
    /// Something follows the end.
    #[error("something stands behind the end of the file")]
    AfterEnd,
    /// The end does not count or hash what stands before it.
    #[error("the file is not as it was written: its end does not fit the lines before it, get it again")]
    Digest,
    /// The keys are none, of several cities, or not in order.
    #[error("the keys that the file names are not public keys of one city")]
    Keys,
    /// A key that the reader does not know.
    #[error("the key {0} is not among the keys given: it is another city's, or a forger's")]
    ForeignKey(String),
    /// A key for which nothing in the file was signed.
    #[error("nothing in the file was signed with the key {0}")]
    UnusedKey(String),
    /// A checkpoint that its log did not sign.
    #[error("the checkpoint was not signed by its service: it was changed, or forged")]
    Checkpoint,
    /// A log that does not continue as it was.
    #[error("the service's log is not a continuation of what it was at the checkpoint before: its past was changed")]
    Rewritten,
    /// A time-stamp that its log did not keep.
    #[error("the time-stamp was not kept by its service: it was changed, or put in")]
    TimeStampKept,
    /// A time-stamp that is not the authority's.
    #[error("the time-stamp does not count: {0}")]
    TimeStamp(TimeStampError),
    /// A time-stamp that covers no message which another does not.
    #[error("the time-stamp covers no message that needs it: lines were moved, added or removed")]
    UnneededTimeStamp,
    /// Messages are missing.
    #[error("message(s) {first} to {last} are missing")]
    Missing {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// A message of which a text cannot have come through a mailbox.
    #[error("a part of the message cannot be a header of a message")]
    Header,
    /// A message that was not signed so.
    #[error("the message is not what was signed: it was changed after it was sent, or not sent by the exchange")]
    Signature,
    /// A message that does not follow the one before it.
    #[error("the message does not follow the one before it: one of them is from another history")]
    Chain,
    /// A message whose event is not in the log where it says.
    #[error("the message's event does not stand in its service's log at its number")]
    NotInLog,
}

impl Wrong {
    /// A stable word for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoEvidence => "NO_EVIDENCE",
            Self::Version(_) => "VERSION",
            Self::Spelling => "CHANGED_LINE",
            Self::Order => "MOVED_LINE",
            Self::CutShort => "CUT_SHORT",
            Self::AfterEnd => "AFTER_END",
            Self::Digest => "DIGEST",
            Self::Keys => "KEYS",
            Self::ForeignKey(_) => "FOREIGN_KEY",
            Self::UnusedKey(_) => "UNUSED_KEY",
            Self::Checkpoint => "CHECKPOINT",
            Self::Rewritten => "REWRITTEN_LOG",
            Self::TimeStampKept => "TIME_STAMP_NOT_KEPT",
            Self::TimeStamp(_) => "TIME_STAMP",
            Self::UnneededTimeStamp => "UNNEEDED_TIME_STAMP",
            Self::Missing { .. } => "MISSING",
            Self::Header => "HEADER",
            Self::Signature => "SIGNATURE",
            Self::Chain => "CHAIN",
            Self::NotInLog => "NOT_IN_LOG",
        }
    }

    /// The sentence for Chinese offices.
    #[must_use]
    pub fn in_chinese(&self) -> String {
        match self {
            Self::NoEvidence => "不是证据文件".to_owned(),
            Self::Version(version) => format!("文件格式为第{version}版，本程序只读第1至4版，请使用新版本"),
            Self::Spelling => "该行与写出时不同，已被改动".to_owned(),
            Self::Order => "该行不应在此处，行被移动、增加或删除".to_owned(),
            Self::CutShort => "文件不完整，缺少结尾，请重新获取".to_owned(),
            Self::AfterEnd => "文件结尾之后还有内容".to_owned(),
            Self::Digest => "文件与写出时不同，结尾与前文不符，请重新获取".to_owned(),
            Self::Keys => "文件所列公钥不是同一城市的公钥".to_owned(),
            Self::ForeignKey(key) => format!("公钥 {key} 不在给定的公钥之中，可能属于其他城市或系伪造"),
            Self::UnusedKey(key) => format!("文件中没有用公钥 {key} 签名的内容"),
            Self::Checkpoint => "检查点不是由该服务签名，已被改动或系伪造".to_owned(),
            Self::Rewritten => "服务日志与前一检查点不连续，历史已被改动".to_owned(),
            Self::TimeStampKept => "时间戳不是由该服务留存，已被改动或系后加".to_owned(),
            Self::TimeStamp(_) => "时间戳不是由给定的时间戳机构对该检查点签发".to_owned(),
            Self::UnneededTimeStamp => "时间戳没有需要其证明的消息，行被移动、增加或删除".to_owned(),
            Self::Missing { first, last } => format!("缺少第{first}至{last}条消息"),
            Self::Header => "消息中有不可能出现的字符".to_owned(),
            Self::Signature => "消息与签名不符：发送后被改动，或不是由交换平台发送".to_owned(),
            Self::Chain => "消息与前一条不连续，其中一条来自另一历史".to_owned(),
            Self::NotInLog => "消息所述事件不在服务日志的相应位置".to_owned(),
        }
    }
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut wrong = serializer.serialize_struct("Wrong", 3)?;
        wrong.serialize_field("reason", self.reason())?;
        wrong.serialize_field("en", &self.to_string())?;
        wrong.serialize_field("zh", &self.in_chinese())?;
        wrong.end()
    }
}
