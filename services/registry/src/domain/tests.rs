//! Days, instants and periods for the property tests of facts with two times.

use kernel::time::date;
use kernel::{Date, Instant, Period};
use proptest::prelude::*;

use super::as_of::AsOf;
use super::samples::noon;

/// Days that a naive replay looks at; the last stands for all after it.
pub const DAYS: i32 = 10;

pub fn day(number: i32) -> Date {
    date(2024, 1, 1 + number).unwrap()
}

pub fn days() -> impl Iterator<Item = i32> {
    0..DAYS
}

/// The instant of the `step`th command, when all days have passed.
pub fn at(step: usize) -> Instant {
    noon("2024-02-01").saturating_add(std::time::Duration::from_secs(step as u64))
}

/// A day as it was known after `step` commands.
pub fn after(step: usize, number: i32) -> AsOf {
    let known = if step == 0 { Instant::EPOCH } else { at(step - 1) };
    AsOf { day: day(number), known }
}

pub fn any_day() -> impl Strategy<Value = Date> {
    (0..DAYS - 1).prop_map(day)
}

pub fn any_period() -> impl Strategy<Value = Period> {
    (0..DAYS - 1, prop::option::of(1..DAYS)).prop_map(|(from, length)| {
        let until = length.map(|length| day((from + length).min(DAYS - 1).max(from + 1)));
        Period::new(day(from), until).unwrap()
    })
}

/// A naive table: what holds on each day, by key.
pub type Table<K, V> = std::collections::BTreeMap<K, [Option<V>; DAYS as usize]>;

/// Writes a value, or nothing, on all days of a period.
pub fn write<K: Ord, V: Copy>(table: &mut Table<K, V>, key: K, period: Period, value: Option<V>) {
    let row = table.entry(key).or_insert([None; DAYS as usize]);
    for (number, cell) in (0..).zip(row) {
        if period.contains(day(number)) {
            *cell = value;
        }
    }
}

/// Whether something of another key holds on a day of the period.
pub fn overlaps<K: Ord, V>(table: &Table<K, V>, period: Period, except: &K, meant: impl Fn(&V) -> bool) -> bool {
    table.iter().filter(|(key, _)| *key != except).any(|(_, row)| {
        (0..).zip(row).any(|(number, cell)| period.contains(day(number)) && cell.as_ref().is_some_and(&meant))
    })
}

/// Whether anything of a key holds from a day on.
pub fn lasts<K: Ord, V>(table: &Table<K, V>, key: &K, from: Date) -> bool {
    let row = table.get(key).into_iter().flatten();
    (0..).zip(row).any(|(number, cell)| day(number) >= from && cell.is_some())
}
