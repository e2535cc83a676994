//! How documents behind a fact are sealed.

use kernel::Date;
use kernel::time::parse_iso;
use prost::Message;

use crate::domain::evidence::Evidence;
use crate::domain::secret::secret;

/// A document behind a fact.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedEvidence {
    /// What it is.
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Its number.
    #[prost(string, tag = "2")]
    pub number: String,
    /// Who issued it.
    #[prost(string, tag = "3")]
    pub issuer: String,
    /// When, or empty.
    #[prost(string, tag = "4")]
    pub issued_on: String,
}

secret!(SealedEvidence);

/// A day, or an empty text.
pub(super) fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// A day of such a text; the outer `None` if it is none.
#[expect(clippy::option_option, reason = "no day, and no text of a day, are two things")]
pub(super) fn day_of(text: &str) -> Option<Option<Date>> {
    match text {
        "" => Some(None),
        text => parse_iso(text).ok().map(Some),
    }
}

pub(super) fn sealed(evidence: &[Evidence]) -> Vec<SealedEvidence> {
    let seal = |one: &Evidence| SealedEvidence {
        kind: one.kind.clone(),
        number: one.number.clone(),
        issuer: one.issuer.clone(),
        issued_on: day(one.issued_on),
    };
    evidence.iter().map(seal).collect()
}

pub(super) fn opened(sealed: Vec<SealedEvidence>) -> Option<Vec<Evidence>> {
    let open = |one: SealedEvidence| {
        let issued_on = day_of(&one.issued_on)?;
        Some(Evidence { kind: one.kind, number: one.number, issuer: one.issuer, issued_on })
    };
    sealed.into_iter().map(open).collect()
}
