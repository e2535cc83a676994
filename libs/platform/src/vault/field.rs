/// The fields that are sealed together in one column, in the order in which they lie there. Names never change their
/// meaning: the keys are derived from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields {
    column: &'static str,
    names: &'static [&'static str],
}

impl Fields {
    /// The fields of a column: `registry.child.sealed`.
    #[must_use]
    pub const fn new(column: &'static str, names: &'static [&'static str]) -> Self {
        Self { column, names }
    }

    /// `<service>.<table>.<column>`.
    #[must_use]
    pub const fn column(self) -> &'static str {
        self.column
    }

    /// The fields' names.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        self.names
    }

    /// The place of a row in this column.
    #[must_use]
    pub fn place(self, row: &[u8]) -> Vec<u8> {
        [self.column.as_bytes(), b":", row].concat()
    }
}

/// What names the field in a place: all before the first colon.
pub(super) fn name_of(place: &[u8]) -> &[u8] {
    place.split(|byte| *byte == b':').next().unwrap_or_default()
}
