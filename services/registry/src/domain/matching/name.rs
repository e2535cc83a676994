//! A person's name as it is compared.

use kernel::spelling::plain;

/// A name without white space and dots, split after its first character. That is the family name of nearly everybody;
/// a double one (欧阳) leaves its second character to the rest, for both sides of a comparison alike.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    text: String,
    /// Where the rest begins.
    rest: usize,
}

impl Name {
    /// The name of a text, `None` if it has fewer than two characters: nothing is known by 无.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let dot = |char: char| matches!(char, '·' | '•' | '・' | '‧' | '.');
        let text: String = plain(text).chars().filter(|char| !dot(*char)).flat_map(char::to_lowercase).collect();
        let rest = text.chars().next()?.len_utf8();
        (rest < text.len()).then_some(Self { text, rest })
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> &str {
        &self.text
    }

    /// The family name.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.text[..self.rest]
    }

    /// The given name.
    #[must_use]
    pub fn given(&self) -> &str {
        &self.text[self.rest..]
    }

    /// Whether the given names differ by one character that was changed, added or left out, and have another in common.
    #[must_use]
    pub fn given_is_near(&self, other: &Self) -> bool {
        let (one, other): (Vec<char>, Vec<char>) = (self.given().chars().collect(), other.given().chars().collect());
        let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
        if long.len() < 2 || short == long || long.len() - short.len() > 1 {
            return false;
        }
        let ahead = short.iter().zip(&long).take_while(|(one, other)| one == other).count();
        let behind = short[ahead..].iter().rev().zip(long.iter().rev()).take_while(|(one, other)| one == other).count();
        ahead + behind + 1 >= long.len()
    }
}

/// Says only that it is one.
impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Name(****)")
    }
}
