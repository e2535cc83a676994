//! A rule set as it stands in its file, with the places of its values.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::DecidedBy;
use crate::error::{Problem, RuleSetError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) version: Spanned<String>,
    pub(super) valid_from: Spanned<Datetime>,
    #[serde(default, rename = "definition")]
    pub(super) definitions: Vec<DefinitionEntry>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DefinitionEntry {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) of: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) when: Spanned<String>,
    pub(super) zh: Spanned<String>,
    pub(super) en: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    pub(super) code: Spanned<String>,
    pub(super) outcome: Spanned<String>,
    pub(super) decided_by: DecidedBy,
    pub(super) when: Spanned<String>,
    pub(super) legal_basis: Spanned<String>,
    pub(super) zh: Spanned<String>,
    pub(super) en: Spanned<String>,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, RuleSetError> {
        toml::from_str(text).map_err(|error| RuleSetError {
            line: error.span().map_or(1, |span| line_at(text, span.start)),
            problem: Problem::Document { message: error.message().to_owned() },
        })
    }
}

/// The line of a place in the file, from 1.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}

/// The line on which line `line` of a text value stands, which may be written over several lines.
pub(super) fn line_within(text: &str, value: &Spanned<String>, line: usize) -> usize {
    let span = value.span();
    let written = text.get(span.clone()).unwrap_or_default();
    // A line break right after the three quotation marks is not part of the value.
    let opened = ["'''", "\"\"\""].iter().find_map(|marks| written.strip_prefix(marks));
    let skipped = opened.is_some_and(|rest| rest.starts_with('\n') || rest.starts_with("\r\n"));
    let last = line_at(text, span.end.saturating_sub(1));
    (line_at(text, span.start) + usize::from(skipped) + line).min(last)
}
