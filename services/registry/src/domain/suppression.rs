//! Counts that outsiders may see: none under 5 (domain rule for counts), and none that can be worked out from the others.

/// The smallest count that is told.
pub const LEAST: u32 = 5;

/// A count by itself.
#[must_use]
pub fn alone(count: u32) -> Option<u32> {
    (count >= LEAST).then_some(count)
}

/// The cells of a table whose total is told if it is not small. Cells under 5 are left out, and the next larger ones with
/// them, all of one size together, until those left out are at least two, together at least 5, and not all equal.
///
/// Which cells are left out follows from the sizes alone, so that those left out may change places: nobody, knowing the
/// total and this rule, can tell which of them is which. A table with a small total is left out as a whole.
#[must_use]
pub fn parts(cells: &[u32]) -> Vec<Option<u32>> {
    if cells.iter().sum::<u32>() < LEAST {
        return vec![None; cells.len()];
    }
    let mut sizes = cells.to_vec();
    sizes.sort_unstable();
    let mut hidden = sizes.iter().filter(|size| **size < LEAST).count();
    while hidden > 0 && hidden < sizes.len() {
        let left_out = &sizes[..hidden];
        if left_out.iter().sum::<u32>() >= LEAST && left_out.first() != left_out.last() {
            break;
        }
        let next = sizes[hidden];
        hidden = sizes.iter().filter(|size| **size <= next).count();
    }
    let largest = hidden.checked_sub(1).map(|last| sizes[last]);
    cells.iter().map(|size| (Some(*size) > largest).then_some(*size)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The total with what is told of the cells.
    type Published = (u32, Vec<Option<u32>>);

    #[test]
    fn a_cell_left_out_takes_another_with_it() {
        assert_eq!(parts(&[50, 4, 20]), [Some(50), None, None]);
        assert_eq!(parts(&[50, 3, 20, 4]), [Some(50), None, Some(20), None]);
        assert_eq!(parts(&[50, 0, 20, 4]), [Some(50), None, None, None], "4 would be what is missing");
        assert_eq!(parts(&[50, 4, 4]), [None, None, None], "8 of two under 5 can only be 4 and 4");
        assert_eq!(parts(&[50, 3, 20, 20]), [Some(50), None, None, None], "which of two 20s would tell the rest");
        assert_eq!(parts(&[50, 5]), [Some(50), Some(5)]);
        assert_eq!(parts(&[1, 3]), [None, None]);
        assert_eq!(parts(&[6]), [Some(6)]);
        assert_eq!(parts(&[6, 0]), [None, None]);
        assert_eq!(parts(&[]), []);
        assert_eq!((alone(4), alone(5)), (None, Some(5)));
    }

    /// Every table of up to four cells: whoever knows the total, what is told, and this rule, finds at least two values
    /// for each cell left out.
    #[test]
    fn no_cell_can_be_worked_out() {
        let mut published: BTreeMap<Published, Vec<Vec<u32>>> = BTreeMap::new();
        for size in 1..=4_u32 {
            for code in 0..10_u32.pow(size) {
                let cells: Vec<u32> = (0..size).map(|place| code / 10_u32.pow(place) % 10).collect();
                let total = cells.iter().sum::<u32>();
                if total >= LEAST {
                    published.entry((total, parts(&cells))).or_default().push(cells);
                }
            }
        }
        for ((total, told), tables) in published {
            let shown: u32 = told.iter().flatten().sum();
            assert!(told.iter().flatten().all(|count| *count >= LEAST));
            assert!(shown == total || total - shown >= LEAST, "what is missing is a small count itself: {told:?}");
            for (index, _) in told.iter().enumerate().filter(|(_, count)| count.is_none()) {
                let values: BTreeSet<u32> = tables.iter().map(|table| table[index]).collect();
                assert!(values.len() > 1, "{told:?} of {total} gives away cell {index}");
            }
        }
    }
}
