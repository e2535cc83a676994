//! How offices spell what they mean.

use std::borrow::Cow;

use crate::time::{Date, date as day_of};

/// A text without white space and invisible marks around it. Ideographic spaces are white space.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|char: char| char.is_whitespace() || invisible(char))
}

/// A text with full-width characters (`２０１５`, `，`) as ASCII and without white space and invisible marks anywhere:
/// what is equal after this is meant to be equal.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    let changes = |char: char| char.is_whitespace() || invisible(char) || matches!(char, '\u{ff01}'..='\u{ff5e}');
    if !text.contains(changes) {
        return Cow::Borrowed(text);
    }
    let plain = text.chars().filter(|char| !char.is_whitespace() && !invisible(*char)).map(|char| match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0).unwrap_or(char),
        _ => char,
    });
    Cow::Owned(plain.collect())
}

/// The day of a text in one of the offices' spellings: `2015-07-05`, `2015/7/5`, `2015.7.5`, `2015年7月5日`,
/// `20150705`. `None` if it is none of these, or no day of the calendar.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let text = plain(text);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return day(&text[..4], &text[4..6], &text[6..]);
    }
    if let Some(text) = text.strip_suffix('日') {
        let (year, rest) = text.split_once('年')?;
        let (month, last) = rest.split_once('月')?;
        return day(year, month, last);
    }
    let separator = text.chars().find(|char| matches!(char, '-' | '/' | '.'))?;
    let mut parts = text.split(separator);
    let (year, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then(|| day(year, month, last))?
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        let well_formed = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        well_formed.then(|| text.parse().ok()).flatten()
    };
    day_of(number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?).ok()
}

fn invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
