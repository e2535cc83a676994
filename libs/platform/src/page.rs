//! The pages of lists.

/// Rows on a page where the caller names no number.
const USUAL: u64 = 50;
/// Rows on a page at most.
const LARGEST: u64 = 500;

/// How many rows a caller wants on a page; nobody gets more than the largest has.
#[must_use]
pub fn size(asked: i32) -> u64 {
    size_or(asked, USUAL).min(LARGEST)
}

/// How many entries a page has, where 0 asks for the usual.
#[must_use]
pub fn size_or(asked: i32, usual: u64) -> u64 {
    u64::try_from(asked).ok().filter(|size| *size > 0).unwrap_or(usual)
}

/// A page of so many out of what was found, of which one more was read than it has; and whether there are more.
#[must_use]
pub fn of<T>(mut found: Vec<T>, size: u64) -> (Vec<T>, bool) {
    let is_more = found.len() as u64 > size;
    found.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    (found, is_more)
}
