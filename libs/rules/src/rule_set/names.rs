//! The facts and definitions that an expression may name.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Problem;
use crate::expression::{Names, Type};
use crate::vocabulary::Vocabulary;

/// What is known at one place of the file.
pub(super) struct Known<'a> {
    vocabulary: &'a Vocabulary,
    /// The definitions above, by the facts that they became, with their positions.
    definitions: BTreeMap<String, usize>,
    /// The facts of all definitions, those below as well.
    to_come: BTreeSet<String>,
}

/// What an expression of the subjects `of` sees, by `it` as well.
pub(super) struct Seen<'a> {
    pub(super) known: &'a Known<'a>,
    pub(super) of: &'a [String],
}

impl<'a> Known<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary, to_come: BTreeSet<String>) -> Self {
        Self { vocabulary, definitions: BTreeMap::new(), to_come }
    }

    pub(super) fn define(&mut self, fact: String, position: usize) {
        self.definitions.insert(fact, position);
    }

    /// Where the definition stands that became this fact, `None` if the fact is the vocabulary's.
    pub(super) fn definition(&self, fact: &str) -> Option<usize> {
        self.definitions.get(fact).copied()
    }

    fn is_subject(&self, word: &str) -> bool {
        self.vocabulary.subjects().any(|subject| subject == word)
    }

    fn type_of(&self, name: &str) -> Result<Type, Problem> {
        if let Some(kind) = self.vocabulary.kind(name) {
            return Ok(kind.into());
        }
        if self.definitions.contains_key(name) {
            return Ok(Type::BOOL);
        }
        if self.to_come.contains(name) {
            return Err(Problem::DefinedLater { name: name.to_owned() });
        }
        let facts = self.vocabulary.iter().map(|(fact, _)| fact);
        let all = facts.chain(self.definitions.keys().map(String::as_str));
        let nearest = all.map(|other| (distance(name, other), other)).min();
        let meant = nearest.filter(|(distance, _)| *distance <= 3).map(|(_, other)| other.to_owned());
        Err(Problem::UnknownFact { name: name.to_owned(), meant })
    }
}

impl Names for Seen<'_> {
    fn type_of(&self, name: &str) -> Result<Type, Problem> {
        let (it, fact) = name.split_once('.').unwrap_or((name, ""));
        if it != "it" {
            return self.known.type_of(name);
        }
        let mut types = self.of.iter().map(|subject| self.known.type_of(&format!("{subject}.{fact}")));
        let first = types.next().ok_or(Problem::NoSubject)??;
        for found in types {
            let found = found?;
            if found != first {
                let name = name.to_owned();
                return Err(Problem::Operands { name, expected: "one kind for all of `of`", found: found.to_string() });
            }
        }
        Ok(first)
    }

    fn is_taken(&self, word: &str) -> bool {
        word == "it"
            || self.known.is_subject(word)
            || self.known.to_come.contains(word)
            || self.known.type_of(word).is_ok()
    }
}

/// How many letters must be put in, taken out or changed to make one name of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.bytes().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn the_distance_is_the_number_of_letters_to_change() {
        assert_eq!(distance("father.daed", "father.dead"), 2);
        assert_eq!(distance("", "age"), 3);
        assert_eq!(distance("child.age", "child.age"), 0);
        assert_eq!(distance("chld.aged", "child.age"), 2);
    }
}
