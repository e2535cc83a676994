use std::fmt;

/// Who a worker is and how they are reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The whole name.
    pub full_name: String,
    /// The phone, or empty.
    pub phone: String,
}

/// Says only that it is one.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(****)")
    }
}
