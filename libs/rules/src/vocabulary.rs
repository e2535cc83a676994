use std::fmt;
use std::sync::Arc;

/// The facts that a service offers to its rules, each with a kind, under names such as `child.age` or `district`.
///
/// What stands before the dot is the fact's subject. Clones share one vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary(Arc<[(String, Kind)]>);

/// What a fact can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
}

/// A name that no vocabulary can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// The name is not one or two words of small letters, digits and underscores with a dot between, or has a word that
    /// CEL reserves.
    #[error(
        "`{name}` cannot be a fact's name: take `word` or `subject.word`, in small letters, digits and underscores"
    )]
    Name {
        /// Which.
        name: String,
    },
    /// The name stands there twice, or is also a subject.
    #[error("the fact `{name}` is named twice, or is also the subject of another fact")]
    Repeated {
        /// Which.
        name: String,
    },
}

/// Words that mean something else: CEL's reserved ones, and the name under which a definition sees its subject.
const RESERVED: [&str; 22] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "it",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

impl Vocabulary {
    /// The vocabulary of the facts with these names and kinds.
    ///
    /// # Errors
    /// [`VocabularyError`] with the first name that cannot be one.
    pub fn new<'n>(facts: impl IntoIterator<Item = (&'n str, Kind)>) -> Result<Self, VocabularyError> {
        let mut sorted = Vec::new();
        for (name, kind) in facts {
            let words: Vec<&str> = name.split('.').collect();
            if words.len() > 2 || !words.into_iter().all(is_word) {
                return Err(VocabularyError::Name { name: name.to_owned() });
            }
            sorted.push((name.to_owned(), kind));
        }
        sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
        let vocabulary = Self(sorted.into());
        let names = || vocabulary.iter().map(|(name, _)| name);
        let repeated = names().zip(names().skip(1)).find(|(one, other)| one == other).map(|(one, _)| one);
        match repeated.or_else(|| names().find(|name| vocabulary.subjects().any(|subject| subject == *name))) {
            Some(name) => Err(VocabularyError::Repeated { name: name.to_owned() }),
            None => Ok(vocabulary),
        }
    }

    /// The kind of a fact, `None` if there is no such fact.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.position(name).map(|position| self.0[position].1)
    }

    /// Every fact with its kind, by name.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Kind)> {
        self.0.iter().map(|(name, kind)| (name.as_str(), *kind))
    }

    /// What stands before the dots, by name.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &str> {
        let mut last = "";
        let subjects = self.iter().filter_map(|(name, _)| name.split_once('.')).map(|(subject, _)| subject);
        // The dot sorts before all that a word can have, so that a subject's facts stand together.
        subjects.filter(move |subject| std::mem::replace(&mut last, subject) != *subject)
    }

    /// Where a fact stands among all, by name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(name)).ok()
    }
}

/// Whether `word` can name a fact, a subject or a definition.
pub(crate) fn is_word(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !RESERVED.contains(&word)
}

/// As in the sentence "it is a whole number".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "a bool",
            Self::Int => "a whole number",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vocabulary_knows_its_facts_and_subjects() {
        let vocabulary = Vocabulary::new([
            ("father.dead", Kind::Bool),
            ("child.age", Kind::Int),
            ("child.needs", Kind::Texts),
            ("district", Kind::Text),
        ])
        .unwrap();
        assert_eq!(vocabulary.kind("child.age"), Some(Kind::Int));
        assert_eq!(vocabulary.kind("child"), None);
        assert_eq!(vocabulary.subjects().collect::<Vec<_>>(), ["child", "father"]);
        let positions: Vec<_> = vocabulary.iter().map(|(name, _)| vocabulary.position(name).unwrap()).collect();
        assert_eq!(positions, [0, 1, 2, 3]);
    }

    #[test]
    fn a_name_that_an_expression_could_not_say_is_refused() {
        for name in ["", "Age", "child.", ".age", "child.age.years", "child age", "年龄", "child.in", "it.age", "1st"]
        {
            let refused = Vocabulary::new([(name, Kind::Int)]).unwrap_err();
            assert_eq!(refused, VocabularyError::Name { name: name.to_owned() });
        }
        for facts in [["age", "age"], ["child", "child.age"]] {
            let refused = Vocabulary::new(facts.map(|name| (name, Kind::Int))).unwrap_err();
            assert_eq!(refused, VocabularyError::Repeated { name: facts[0].to_owned() });
        }
    }
}
