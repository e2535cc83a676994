use std::fmt;

/// Why a rule set is refused, and where: the first thing that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct RuleSetError {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a rule set. Each text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is not TOML, a key is missing or unknown, or a value is of the wrong type.
    #[error("{message}")]
    Document {
        /// What the TOML reader says.
        message: String,
    },
    /// A text that must be filled is empty.
    #[error("`{key}` is empty: write it")]
    Empty {
        /// The key.
        key: &'static str,
    },
    /// The first day is no day, or has a time.
    #[error("`valid_from` is not a day: write one such as 2024-01-01, without quotation marks")]
    ValidFrom,
    /// A rule's code is spelled in another way.
    #[error("`{code}` is not a code: take capitals, digits and underscores, as in BOTH_PARENTS_DEAD")]
    Code {
        /// As it stands there.
        code: String,
    },
    /// A definition's name is spelled in another way.
    #[error("`{name}` cannot name a definition: take small letters, digits and underscores, as in severely_disabled")]
    Name {
        /// As it stands there.
        name: String,
    },
    /// A code, a name or a subject of a definition is there already.
    #[error("`{name}` stands above already: rename or remove one of the two")]
    Repeated {
        /// Which.
        name: String,
    },
    /// A definition would hide a fact or a subject.
    #[error("`{name}` is there without the definition: give it another name")]
    Taken {
        /// The fact.
        name: String,
    },
    /// A definition is of a subject that has no facts.
    #[error("`of` names `{subject}`, which has no facts: take {known}")]
    Subject {
        /// As it stands there.
        subject: String,
        /// The subjects of the vocabulary.
        known: String,
    },
    /// An expression is too long.
    #[error(
        "the expression has {chars} characters, at most {} are allowed: move parts of it into definitions",
        crate::MAX_EXPRESSION_CHARS
    )]
    TooLong {
        /// How many it has.
        chars: usize,
    },
    /// An expression is nested too deeply.
    #[error("the expression is nested too deeply: move parts of it into definitions")]
    TooDeep,
    /// An expression is not CEL.
    #[error("the expression is not CEL, at its column {column}: {message}")]
    Syntax {
        /// The column within the expression's line, from 1.
        column: usize,
        /// What CEL's parser says.
        message: String,
    },
    /// A name is neither a fact nor a definition.
    #[error("there is no fact `{name}`{}", Hint(meant.as_deref()))]
    UnknownFact {
        /// As it stands there.
        name: String,
        /// The nearest name, if one is near.
        meant: Option<String>,
    },
    /// A definition is used before it is made.
    #[error("the definition `{name}` stands below: move it above its use")]
    DefinedLater {
        /// Which.
        name: String,
    },
    /// `it` is used where there is no subject.
    #[error("`it` is the subject of a definition with `of`: name the subject here, as in father.dead")]
    NoSubject,
    /// A function or operator is none of those that rules may use.
    #[error(
        "`{name}` cannot be used here: there are size, startsWith, endsWith, contains, exists, exists_one, all, \
         the logical, comparing and arithmetic operators, `in` and `?:`"
    )]
    Function {
        /// As it stands there.
        name: String,
    },
    /// A function or operator does not take what it is given.
    #[error("`{name}` takes {expected}, not {found}")]
    Operands {
        /// The function or operator.
        name: String,
        /// What it takes.
        expected: &'static str,
        /// What it is given.
        found: String,
    },
    /// A value that rules cannot have: a number with decimals or without sign, bytes, null, a map, an empty list.
    #[error("this kind of value cannot be used here: there are true, false, whole numbers, texts, and lists of these")]
    Literal,
    /// The divisor is not a number that stands there.
    #[error("divide only by a number that stands in the expression and is not 0")]
    Divisor,
    /// `exists`, `exists_one` or `all` inside another.
    #[error("`{name}` cannot stand inside another such: move it into a definition")]
    Nested {
        /// The inner one.
        name: String,
    },
    /// The variable of `exists`, `exists_one` or `all` is not a simple new name.
    #[error("the variable of `{name}` must be a name of its own, as in {name}(x, x == 'a')")]
    Variable {
        /// Of which.
        name: String,
    },
    /// The expression is no condition.
    #[error("the expression is {found}, not a bool: compare it with something")]
    NotBool {
        /// What it is.
        found: String,
    },
    /// The expression fails with harmless facts.
    #[error("the expression cannot be computed with small numbers: look for one that is too large")]
    Fails,
    /// CEL's library breaks on it.
    #[error("the CEL library fails on this expression: write it in another way")]
    Library,
}

struct Hint<'a>(Option<&'a str>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(meant) => write!(f, ": do you mean `{meant}`?"),
            None => f.write_str(": take one of the vocabulary, or define it above"),
        }
    }
}
