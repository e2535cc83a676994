//! One version of the rules.

mod document;

mod names;

mod read;

use std::collections::BTreeMap;
use std::fmt;

use cel::Context;
use kernel::Date;
use serde::Deserialize;

use crate::error::{Problem, RuleSetError};
use crate::expression::{self, Expression, Failure};
use crate::facts::Facts;
use crate::vocabulary::Vocabulary;

/// A version of the rules, checked against the facts that there are. See the crate's text for the file.
pub struct RuleSet {
    version: String,
    valid_from: Date,
    vocabulary: Vocabulary,
    /// In the file's order, which is the order of evaluation: each refers to those above.
    definitions: Vec<Definition>,
    rules: Vec<Rule>,
}

/// Who decides what a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// The system proposes the outcome, a person confirms it.
    Proposal,
    /// The law leaves the case open: a person decides, and the system must not propose.
    Person,
}

/// A rule that applies, with its reasons. Its `Debug` prints nothing of it, since it says what a person's case is.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's stable code: `BOTH_PARENTS_DEAD`.
    pub code: String,
    /// What follows, in the service's own words.
    pub outcome: String,
    /// Who decides it.
    pub decided_by: DecidedBy,
    /// The law, or the notice, on which the rule stands.
    pub legal_basis: String,
    /// The rule in Chinese.
    pub zh: String,
    /// The rule in English.
    pub en: String,
    /// The definitions that hold and that the rule refers to, itself or through other definitions, in the file's order.
    pub because: Vec<Because>,
}

/// A definition that holds. Its `Debug` prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Because {
    /// Of whom it holds, as in `father`; `None` if it is of nobody.
    pub subject: Option<String>,
    /// The definition's name: `severely_disabled`.
    pub definition: String,
    /// The definition in Chinese.
    pub zh: String,
    /// The definition in English.
    pub en: String,
}

/// An evaluation that failed. It tells no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// The facts are those of another vocabulary.
    #[error("the facts are not of the vocabulary that the rule set {version} was checked against")]
    Vocabulary {
        /// The rule set's version.
        version: String,
    },
    /// A number grew beyond 64 bits.
    #[error("a number of `{entry}` in the rule set {version} is too large: look for a fact that cannot be right")]
    Overflow {
        /// The rule set's version.
        version: String,
        /// The rule's code or the definition's fact.
        entry: String,
    },
    /// CEL's library failed where the checks had found nothing.
    #[error("`{entry}` in the rule set {version} cannot be computed")]
    Library {
        /// The rule set's version.
        version: String,
        /// The rule's code or the definition's fact.
        entry: String,
    },
}

/// A definition, of one subject or of nobody.
struct Definition {
    /// The fact that it becomes: `father.severely_disabled`.
    fact: String,
    because: Because,
    when: std::sync::Arc<Expression>,
}

struct Rule {
    finding: Finding,
    when: Expression,
    /// The definitions that `when` refers to, itself or through others, by position and ascending.
    reaches: Vec<usize>,
}

impl RuleSet {
    /// Reads and checks a rule set.
    ///
    /// # Errors
    /// [`RuleSetError`] with the first thing that is wrong, its line, and what to do.
    pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Self, RuleSetError> {
        expression::with_deep_stack(|| read::read(text, vocabulary))
            .unwrap_or(Err(RuleSetError { line: 1, problem: Problem::Library }))
    }

    /// The version's name, which a decision keeps.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The first day on which it is valid.
    #[must_use]
    pub fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// Each rule's code and outcome, in the file's order: a service refuses a set with an outcome that it does not know.
    #[must_use]
    pub fn outcomes(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.rules.iter().map(|rule| (rule.finding.code.as_str(), rule.finding.outcome.as_str()))
    }

    /// The rules that apply to `facts`, in the file's order.
    ///
    /// # Errors
    /// [`EvaluationError`] if the facts are of another vocabulary or a number among them is absurd.
    pub fn evaluate(&self, facts: &Facts) -> Result<Vec<Finding>, EvaluationError> {
        if *facts.vocabulary() != self.vocabulary {
            return Err(EvaluationError::Vocabulary { version: self.version.clone() });
        }
        let mut context = expression::context();
        let mut values = BTreeMap::new();
        for (name, fact) in facts.iter() {
            let value = fact.to_cel();
            context.add_variable_from_value(name, value.clone());
            values.insert(name, value);
        }
        let mut held = Vec::with_capacity(self.definitions.len());
        for definition in &self.definitions {
            let mut scope = context.new_inner_scope();
            bind_subject(&mut scope, definition, &values);
            let holds = definition.when.holds(&scope).map_err(|why| self.failed(&definition.fact, why))?;
            context.add_variable_from_value(definition.fact.as_str(), holds);
            values.insert(&definition.fact, holds.into());
            held.push(holds);
        }
        let mut findings = Vec::new();
        for rule in &self.rules {
            if rule.when.holds(&context).map_err(|why| self.failed(&rule.finding.code, why))? {
                let reasons = rule.reaches.iter().filter(|position| held[**position]);
                let because = reasons.map(|position| self.definitions[*position].because.clone()).collect();
                findings.push(Finding { because, ..rule.finding.clone() });
            }
        }
        Ok(findings)
    }

    fn failed(&self, entry: &str, why: Failure) -> EvaluationError {
        let (version, entry) = (self.version.clone(), entry.to_owned());
        match why {
            Failure::Overflow => EvaluationError::Overflow { version, entry },
            Failure::Library => EvaluationError::Library { version, entry },
        }
    }
}

/// Lets a definition see its subject's facts as `it`.
fn bind_subject(scope: &mut Context<'_, '_>, definition: &Definition, values: &BTreeMap<&str, cel::Value>) {
    let Some(subject) = &definition.because.subject else {
        return;
    };
    for name in definition.when.names() {
        if let Some(fact) = name.strip_prefix("it.") {
            let value = values.get(format!("{subject}.{fact}").as_str()).expect("the checks found every name");
            scope.add_variable_from_value(name, value.clone());
        }
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleSet({} from {})", self.version, self.valid_from)
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding").finish_non_exhaustive()
    }
}

impl fmt::Debug for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Because").finish_non_exhaustive()
    }
}
