//! The names of divisions, read from a table.

use std::collections::HashMap;

use crate::division::{Division, DivisionLevel};

/// The divisions of one prefecture (地级市) with their names, in memory.
///
/// ```
/// # use kernel::DivisionDirectory;
/// let directory = DivisionDirectory::from_csv(
///     "code,name,level,parent
/// 371600,滨州市,city,370000
/// 371602,滨城区,county,371600
/// 371602001,市中街道,township,371602
/// 371602001001,明珠社区居民委员会,village,371602001
/// ")?;
/// let village = directory.find("滨城区", "市中街道", "明珠社区居民委员会")?;
/// assert_eq!(village.as_str(), "371602001001");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct DivisionDirectory {
    names: HashMap<Division, String>,
    /// By the parent's code, sorted.
    children: HashMap<Division, Vec<Division>>,
    counties: HashMap<String, Division>,
    /// The townships of a county and the villages of a township, by name.
    inside: HashMap<Division, HashMap<String, Division>>,
}

/// A name that the directory does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {which}")]
pub struct UnknownDivision {
    /// The level whose name is unknown: county, township or village.
    pub which: DivisionLevel,
}

/// What is wrong with a table of divisions. Lines count from 1, the header is the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// The first line is not `code,name,level,parent`.
    #[error("the first line of the divisions is not code,name,level,parent")]
    Header,
    /// A line has not four fields, or an empty name, or a quotation mark, which this table does not need.
    #[error("line {line} of the divisions does not have four plain fields")]
    Fields {
        /// Where.
        line: usize,
    },
    /// A code or parent is no division's code.
    #[error("line {line} of the divisions has a wrong code")]
    Code {
        /// Where.
        line: usize,
        /// Why.
        source: crate::division::DivisionError,
    },
    /// The level's name is not the level of the code.
    #[error("line {line} of the divisions has a level that is not its code's")]
    Level {
        /// Where.
        line: usize,
    },
    /// The parent is not the code's next larger division, or a township's or village's parent is not listed.
    #[error("line {line} of the divisions has a parent that is not its code's or is not listed")]
    Parent {
        /// Where.
        line: usize,
    },
    /// The code, or the name of a county or township among its siblings, stands there twice; the line is that of
    /// the larger code.
    #[error("line {line} of the divisions repeats a code or a name")]
    Repeated {
        /// Where.
        line: usize,
    },
}

struct Row<'a> {
    line: usize,
    division: Division,
    name: &'a str,
}

impl DivisionDirectory {
    /// Reads the table `code,name,level,parent`, in any order of lines. Fields are trimmed.
    ///
    /// Names of villages may repeat in a township; [`find`](Self::find) then answers the first by code. Those of
    /// counties and of a county's townships may not.
    ///
    /// # Errors
    /// [`DirectoryError`] with a line that is wrong.
    pub fn from_csv(text: &str) -> Result<Self, DirectoryError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.lines().zip(1..);
        let header = lines.next().map(|(header, _)| header.split(',').map(str::trim));
        if !header.is_some_and(|columns| columns.eq(["code", "name", "level", "parent"])) {
            return Err(DirectoryError::Header);
        }
        let filled = lines.filter(|(text, _)| !text.trim().is_empty());
        let mut rows = filled.map(|(text, line)| Row::parse(text, line)).collect::<Result<Vec<_>, _>>()?;
        // A larger division comes before what it contains, the first by code before its namesakes.
        rows.sort_by_key(|row| row.division);

        let mut directory = Self::default();
        for row in rows {
            directory.add(&row)?;
        }
        Ok(directory)
    }

    fn add(&mut self, row: &Row<'_>) -> Result<(), DirectoryError> {
        let Row { line, division, name } = *row;
        let repeated = DirectoryError::Repeated { line };
        if self.names.insert(division, name.to_owned()).is_some() {
            return Err(repeated);
        }
        let Some(parent) = division.parent() else {
            return Ok(());
        };
        self.children.entry(parent).or_default().push(division);
        match division.level() {
            DivisionLevel::Province | DivisionLevel::City => {}
            DivisionLevel::County => {
                if self.counties.insert(name.to_owned(), division).is_some() {
                    return Err(repeated);
                }
            }
            level @ (DivisionLevel::Township | DivisionLevel::Village) => {
                if !self.names.contains_key(&parent) {
                    return Err(DirectoryError::Parent { line });
                }
                let siblings = self.inside.entry(parent).or_default();
                if level == DivisionLevel::Township && siblings.contains_key(name) {
                    return Err(repeated);
                }
                siblings.entry(name.to_owned()).or_insert(division);
            }
        }
        Ok(())
    }

    /// The name of a division, `None` if it is not listed.
    #[must_use]
    pub fn name_of(&self, division: Division) -> Option<&str> {
        self.names.get(&division).map(String::as_str)
    }

    /// The village of three names as they stand in an office's table: exact after trimming.
    ///
    /// # Errors
    /// [`UnknownDivision`] with the largest division whose name is unknown.
    pub fn find(&self, county: &str, township: &str, village: &str) -> Result<Division, UnknownDivision> {
        let township = self.find_township(county, township)?;
        self.find_inside(township, village, DivisionLevel::Village)
    }

    /// The township of two names, as [`find`](Self::find).
    ///
    /// # Errors
    /// [`UnknownDivision`] with the largest division whose name is unknown.
    pub fn find_township(&self, county: &str, township: &str) -> Result<Division, UnknownDivision> {
        let county = self.find_county(county)?;
        self.find_inside(county, township, DivisionLevel::Township)
    }

    /// The county of a name, as [`find`](Self::find).
    ///
    /// # Errors
    /// [`UnknownDivision`] if there is no such county.
    pub fn find_county(&self, county: &str) -> Result<Division, UnknownDivision> {
        let found = self.counties.get(county.trim()).copied();
        found.ok_or(UnknownDivision { which: DivisionLevel::County })
    }

    fn find_inside(&self, parent: Division, name: &str, which: DivisionLevel) -> Result<Division, UnknownDivision> {
        let found = self.inside.get(&parent).and_then(|names| names.get(name.trim())).copied();
        found.ok_or(UnknownDivision { which })
    }

    /// The listed divisions directly inside `division`, by code.
    #[must_use]
    pub fn children_of(&self, division: Division) -> &[Division] {
        self.children.get(&division).map_or(&[], Vec::as_slice)
    }

    /// Whether the division is listed.
    #[must_use]
    pub fn contains(&self, division: Division) -> bool {
        self.names.contains_key(&division)
    }

    /// Every listed division with its name, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (Division, &str)> {
        self.names.iter().map(|(division, name)| (*division, name.as_str()))
    }

    /// How many divisions are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether none is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl<'a> Row<'a> {
    fn parse(text: &'a str, line: usize) -> Result<Self, DirectoryError> {
        let fields: Vec<&str> = text.split(',').map(str::trim).collect();
        let [code, name, level, parent] = fields[..] else {
            return Err(DirectoryError::Fields { line });
        };
        if name.is_empty() || text.contains('"') {
            return Err(DirectoryError::Fields { line });
        }
        let division = |code: &str| code.parse().map_err(|source| DirectoryError::Code { line, source });
        let (division, parent): (Division, Option<Division>) =
            (division(code)?, if parent.is_empty() { None } else { Some(division(parent)?) });
        if level != division.level().name() {
            return Err(DirectoryError::Level { line });
        }
        if parent != division.parent() {
            return Err(DirectoryError::Parent { line });
        }
        Ok(Self { line, division, name })
    }
}

#[cfg(test)]
mod tests;
