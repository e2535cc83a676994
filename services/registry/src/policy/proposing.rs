use rules::{Because, DecidedBy, EvaluationError, Finding, RuleBook, RuleSet, Vocabulary};

use super::file::category;
use super::vocabulary::{facts, parent_of, vocabulary};
use super::{Date, PolicyError};
use crate::domain::application::Proposal;
use crate::domain::facts::RuleFacts;

/// The rules by which categories follow from facts, in all their versions.
#[derive(Debug)]
pub struct CategoryRules {
    vocabulary: Vocabulary,
    book: RuleBook,
}

impl CategoryRules {
    /// Reads the versions of a rule set, each with the name of its file.
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, PolicyError> {
        let vocabulary = vocabulary();
        let mut sets = Vec::new();
        for (file, text) in texts {
            let set = RuleSet::parse(text, &vocabulary)
                .map_err(|source| PolicyError::RuleSet { file: file.to_owned(), source })?;
            for (_, outcome) in set.outcomes() {
                category(outcome)?;
            }
            sets.push(set);
        }
        Ok(Self { book: RuleBook::new(sets)?, vocabulary })
    }

    /// What follows from facts by the rules of a day, in the rules' order; nothing before the first version.
    ///
    /// # Errors
    /// [`EvaluationError`] if a number among the facts is absurd.
    pub fn propose(&self, case: &RuleFacts, day: Date) -> Result<Vec<Proposal>, EvaluationError> {
        let Some(set) = self.book.on(day) else {
            return Ok(Vec::new());
        };
        let findings = set.evaluate(&facts(&self.vocabulary, case))?;
        Ok(findings.into_iter().map(|finding| proposal(set.version(), finding)).collect())
    }
}

fn proposal(version: &str, finding: Finding) -> Proposal {
    let zh = finding.because.iter().map(|because| sentence(because, &because.zh, "", |names| names.0));
    let zh = joined(finding.zh, zh.collect(), ":", ";");
    let en = finding.because.iter().map(|because| sentence(because, &because.en, " ", |names| names.1));
    let en = joined(finding.en, en.collect(), ": ", "; ");
    Proposal {
        version: version.to_owned(),
        rule: finding.code,
        category: category(&finding.outcome).expect("outcomes were checked when the rules were read"),
        for_a_person: finding.decided_by == DecidedBy::Person,
        legal_basis: finding.legal_basis,
        zh,
        en,
    }
}

fn sentence(
    because: &Because,
    text: &str,
    space: &str,
    of: impl Fn((&'static str, &'static str)) -> &'static str,
) -> String {
    match because.subject.as_deref().and_then(parent_of) {
        None => text.to_owned(),
        Some(names) => format!("{}{space}{text}", of(names)),
    }
}

fn joined(rule: String, reasons: Vec<String>, colon: &str, between: &str) -> String {
    if reasons.is_empty() { rule } else { format!("{rule}{colon}{}", reasons.join(between)) }
}
