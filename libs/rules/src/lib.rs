//! Versioned rule sets in data: which outcomes follow from which facts, each with its legal basis and a sentence in
//! Chinese and English.
//!
//! A rule set is a TOML file. Its conditions are expressions of [CEL](https://cel.dev), the Common Expression
//! Language, over the [`Vocabulary`] of facts that a service offers:
//!
//! ```toml
//! version = "2024-01"
//! valid_from = 2024-01-01
//!
//! [[definition]]                     # a word that rules may use: it becomes father.severely_disabled, a bool
//! name = "severely_disabled"
//! of = ["father", "mother"]          # `it` is each of them; without `of` the word stands alone
//! when = "it.disability_grade in [1, 2]"
//! zh = "重残"
//! en = "severely disabled"
//!
//! [[rule]]
//! code = "BOTH_PARENTS_DISABLED"     # stable: what a decision refers to
//! outcome = "DE_FACTO_UNATTENDED"    # what the service makes of it
//! decided_by = "proposal"            # or "person": an undefined case, which is never proposed
//! when = "child.age < 18 && father.severely_disabled && mother.severely_disabled"
//! legal_basis = "民发〔2019〕62号"
//! zh = "父母双方均重残"
//! en = "both parents are severely disabled"
//! ```
//!
//! A file is checked whole before it is used. Every name must be a fact or a definition above, every operator must fit
//! the kinds of its operands, and a condition must be a bool, on every path through it, taken or not. What remains to
//! fail at evaluation is a number that grows beyond 64 bits.
//!
//! The language is the part of CEL that rules need: `&& || ! == != < <= > >= + - * / % ?: in`, `size`, `startsWith`,
//! `endsWith`, `contains`, and `exists`, `exists_one` and `all` over a list, not inside one another. So an evaluation
//! takes time in proportion to the expression and the lists, and a list or text never grows.
//!
//! **Architecture Invariant:** no I/O; a caller reads the files. No error, `Debug` or `Display` of this crate contains
//! the value of a fact, and none tells which rule has matched whom.

mod vocabulary;

mod facts;

mod rule_set;

mod rule_book;

mod expression;

mod error;

pub use error::{Problem, RuleSetError};
pub use facts::{Fact, Facts, FactsError};
pub use rule_book::{RuleBook, RuleBookError};
pub use rule_set::{Because, DecidedBy, EvaluationError, Finding, RuleSet};
pub use vocabulary::{Kind, Vocabulary, VocabularyError};

/// How long an expression may be, in characters.
pub const MAX_EXPRESSION_CHARS: usize = 4_000;
