use kernel::Date;
use platform::config::RetentionConfig;

/// A class of data, which is kept as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Children's files, after they ended, with all around them.
    Files,
    /// What events say.
    EventContents,
    /// Calls in an emergency, after their review.
    Emergencies,
    /// Comparisons with other lists, after they ended.
    Comparisons,
    /// The audit: its chain would break, so that it is kept for good.
    Audit,
}

impl Class {
    /// Every class, in the order in which they are erased.
    pub const ALL: [Self; 5] = [Self::Files, Self::EventContents, Self::Emergencies, Self::Comparisons, Self::Audit];

    /// As settings and reports call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::EventContents => "event_contents",
            Self::Emergencies => "emergencies",
            Self::Comparisons => "comparisons",
            Self::Audit => "audit",
        }
    }

    /// What it is, in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Files => "儿童档案",
            Self::EventContents => "事件内容",
            Self::Emergencies => "紧急调阅",
            Self::Comparisons => "名单比对",
            Self::Audit => "调阅日志",
        }
    }

    /// After how many years it is erased; nothing means never.
    #[must_use]
    pub const fn years(self, config: &RetentionConfig) -> Option<u16> {
        match self {
            Self::Files => config.files,
            Self::EventContents => config.event_contents,
            Self::Emergencies => config.emergencies,
            Self::Comparisons => config.comparisons,
            Self::Audit => None,
        }
    }
}

/// How much there is of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassReport {
    /// The class.
    pub class: Class,
    /// After how many years it is erased; nothing means never.
    pub years: Option<u16>,
    /// How much is kept.
    pub held: u64,
    /// The day by which the oldest is measured.
    pub oldest: Option<Date>,
    /// How much of it is past its time.
    pub due: u64,
}
