//! The pages of lists that every service answers.

/// How many entries a page has, where 0 asks for the usual.
pub(crate) fn size(asked: i32, usual: u64) -> u64 {
    u64::try_from(asked).ok().filter(|size| *size > 0).unwrap_or(usual)
}

/// A page of so many out of what was found, of which one more was read than it has; and whether there are more.
pub(crate) fn of<T>(mut found: Vec<T>, size: u64) -> (Vec<T>, bool) {
    let is_more = found.len() as u64 > size;
    found.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    (found, is_more)
}
