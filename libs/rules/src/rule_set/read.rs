//! From the file's text to a rule set, or to the first thing that is wrong with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::{Date, time};
use toml::Spanned;
use toml::value::Datetime;

use super::document::{DefinitionEntry, Document, RuleEntry, line_at, line_within};
use super::names::{Known, Seen};
use super::{Because, Definition, EvaluationError, Finding, Rule, RuleSet};
use crate::error::{Problem, RuleSetError};
use crate::expression::Expression;
use crate::facts::Facts;
use crate::vocabulary::{Vocabulary, is_word};

/// What has been read so far.
struct Reader<'a> {
    text: &'a str,
    vocabulary: &'a Vocabulary,
    known: Known<'a>,
    definitions: Vec<Definition>,
    /// For each definition the ones that it refers to, itself or through others.
    reached: Vec<BTreeSet<usize>>,
    rules: Vec<Rule>,
}

pub(super) fn read(text: &str, vocabulary: &Vocabulary) -> Result<RuleSet, RuleSetError> {
    let document = Document::parse(text)?;
    let to_come = document.definitions.iter().flat_map(facts_of).collect();
    let mut reader = Reader {
        text,
        vocabulary,
        known: Known::new(vocabulary, to_come),
        definitions: Vec::new(),
        reached: Vec::new(),
        rules: Vec::new(),
    };
    let version = reader.filled("version", &document.version)?;
    let valid_from = reader.day(&document.valid_from)?;
    for entry in &document.definitions {
        reader.definition(entry)?;
    }
    for entry in &document.rules {
        reader.rule(entry)?;
    }
    let Reader { vocabulary, definitions, rules, .. } = reader;
    let set = RuleSet { version, valid_from, vocabulary: vocabulary.clone(), definitions, rules };
    try_out(text, &set, &document)?;
    Ok(set)
}

impl Reader<'_> {
    fn definition(&mut self, entry: &DefinitionEntry) -> Result<(), RuleSetError> {
        let name = self.filled("name", &entry.name)?;
        if !is_word(&name) {
            return Err(self.wrong(&entry.name, Problem::Name { name }));
        }
        let subjects = self.subjects(entry)?;
        let zh = self.filled("zh", &entry.zh)?;
        let en = self.filled("en", &entry.en)?;
        for fact in facts_of(entry) {
            if self.known.definition(&fact).is_some() {
                return Err(self.wrong(&entry.name, Problem::Repeated { name: fact }));
            }
            if self.vocabulary.kind(&fact).is_some() || self.vocabulary.subjects().any(|subject| subject == fact) {
                return Err(self.wrong(&entry.name, Problem::Taken { name: fact }));
            }
        }
        let when = Arc::new(self.expression(&entry.when, &subjects)?);
        // Of several subjects none sees what the definition says of the others.
        let first = self.definitions.len();
        let subjects = subjects.into_iter().map(Some).chain(entry.of.is_none().then_some(None));
        for (fact, subject) in facts_of(entry).zip(subjects) {
            self.reached.push(self.reach(&when, subject.as_deref()));
            let because = Because { subject, definition: name.clone(), zh: zh.clone(), en: en.clone() };
            self.definitions.push(Definition { fact, because, when: when.clone() });
        }
        for position in first..self.definitions.len() {
            self.known.define(self.definitions[position].fact.clone(), position);
        }
        Ok(())
    }

    fn rule(&mut self, entry: &RuleEntry) -> Result<(), RuleSetError> {
        let code = self.filled("code", &entry.code)?;
        if !is_code(&code) {
            return Err(self.wrong(&entry.code, Problem::Code { code }));
        }
        if self.rules.iter().any(|rule| rule.finding.code == code) {
            return Err(self.wrong(&entry.code, Problem::Repeated { name: code }));
        }
        let finding = Finding {
            code,
            outcome: self.filled("outcome", &entry.outcome)?,
            decided_by: entry.decided_by,
            legal_basis: self.filled("legal_basis", &entry.legal_basis)?,
            zh: self.filled("zh", &entry.zh)?,
            en: self.filled("en", &entry.en)?,
            because: Vec::new(),
        };
        let when = self.expression(&entry.when, &[])?;
        let reaches = self.reach(&when, None).into_iter().collect();
        self.rules.push(Rule { finding, when, reaches });
        Ok(())
    }

    fn subjects(&self, entry: &DefinitionEntry) -> Result<Vec<String>, RuleSetError> {
        let Some(of) = &entry.of else {
            return Ok(Vec::new());
        };
        if of.get_ref().is_empty() {
            return Err(RuleSetError {
                line: line_at(self.text, of.span().start),
                problem: Problem::Empty { key: "of" },
            });
        }
        let mut subjects: Vec<String> = Vec::new();
        for subject in of.get_ref() {
            let name = subject.get_ref().clone();
            if !self.vocabulary.subjects().any(|known| known == name) {
                let known = self.vocabulary.subjects().collect::<Vec<_>>().join(", ");
                return Err(self.wrong(subject, Problem::Subject { subject: name, known }));
            }
            if subjects.contains(&name) {
                return Err(self.wrong(subject, Problem::Repeated { name }));
            }
            subjects.push(name);
        }
        Ok(subjects)
    }

    fn expression(&self, value: &Spanned<String>, of: &[String]) -> Result<Expression, RuleSetError> {
        self.filled("when", value)?;
        let refused = match Expression::parse(value.get_ref(), &Seen { known: &self.known, of }) {
            Ok(expression) => return Ok(expression),
            Err(refused) => refused,
        };
        Err(RuleSetError { line: line_within(self.text, value, refused.line), problem: refused.problem })
    }

    /// The definitions that an expression refers to, itself or through others.
    fn reach(&self, when: &Expression, subject: Option<&str>) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        for name in when.names() {
            let position = match (name.strip_prefix("it."), subject) {
                (Some(fact), Some(subject)) => self.known.definition(&format!("{subject}.{fact}")),
                _ => self.known.definition(name),
            };
            if let Some(position) = position {
                reached.insert(position);
                reached.extend(&self.reached[position]);
            }
        }
        reached
    }

    fn filled(&self, key: &'static str, value: &Spanned<String>) -> Result<String, RuleSetError> {
        match value.get_ref().trim() {
            "" => Err(self.wrong(value, Problem::Empty { key })),
            text => Ok(text.to_owned()),
        }
    }

    fn day(&self, value: &Spanned<Datetime>) -> Result<Date, RuleSetError> {
        let date = match value.get_ref() {
            Datetime { date: Some(date), time: None, offset: None } => {
                time::date(date.year.into(), date.month.into(), date.day.into()).ok()
            }
            _ => None,
        };
        let wrong = || RuleSetError { line: line_at(self.text, value.span().start), problem: Problem::ValidFrom };
        date.ok_or_else(wrong)
    }

    fn wrong(&self, value: &Spanned<String>, problem: Problem) -> RuleSetError {
        RuleSetError { line: line_at(self.text, value.span().start), problem }
    }
}

/// The facts that a definition becomes, one for each subject.
fn facts_of(entry: &DefinitionEntry) -> impl Iterator<Item = String> {
    let name = entry.name.get_ref().trim();
    let subjects = entry.of.as_ref().map(|of| of.get_ref().iter().map(move |of| format!("{}.{name}", of.get_ref())));
    let alone = subjects.is_none().then(|| name.to_owned());
    subjects.into_iter().flatten().chain(alone)
}

fn is_code(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Computes everything once with small facts and once with larger ones, lest CEL disagree with the checks.
fn try_out(text: &str, set: &RuleSet, document: &Document) -> Result<(), RuleSetError> {
    for larger in [false, true] {
        let (entry, problem) = match set.evaluate(&Facts::sample(&set.vocabulary, larger)) {
            Ok(_) => continue,
            Err(EvaluationError::Overflow { entry, .. }) => (entry, Problem::Fails),
            Err(EvaluationError::Library { entry, .. }) => (entry, Problem::Library),
            Err(EvaluationError::Vocabulary { .. }) => (String::new(), Problem::Library),
        };
        let rules = document.rules.iter().map(|rule| (rule.code.get_ref().trim().to_owned(), &rule.when));
        let definitions = document.definitions.iter().flat_map(|one| facts_of(one).map(move |fact| (fact, &one.when)));
        let place = definitions.chain(rules).find(|(name, _)| *name == entry);
        return Err(RuleSetError { line: place.map_or(1, |(_, when)| line_at(text, when.span().start)), problem });
    }
    Ok(())
}
