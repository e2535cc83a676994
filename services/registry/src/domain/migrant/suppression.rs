//! Counts that outsiders may see: none under 5 (domain rule for counts), and none that can be worked out from the others.

/// The smallest count that is told.
pub const LEAST: u32 = 5;

/// A count by itself.
#[must_use]
pub fn alone(count: u32) -> Option<u32> {
    (count >= LEAST).then_some(count)
}

/// The cells of a table whose total is told if it is not small. Cells under 5 are left out. So are as many of the next
/// larger ones as it takes that those left out are at least two and together at least 5: what is missing from the
/// total then says nothing of any one of them. A table with a small total is left out as a whole.
#[must_use]
pub fn parts(cells: &[u32]) -> Vec<Option<u32>> {
    if cells.iter().sum::<u32>() < LEAST {
        return vec![None; cells.len()];
    }
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|index| cells[*index]);
    let small = cells.iter().filter(|count| **count < LEAST).count();
    let mut hidden = small;
    while hidden > 0 && hidden < cells.len() {
        let together: u32 = order[..hidden].iter().map(|index| cells[*index]).sum();
        if hidden > 1 && together >= LEAST {
            break;
        }
        hidden += 1;
    }
    let mut told: Vec<Option<u32>> = cells.iter().copied().map(Some).collect();
    for index in &order[..hidden] {
        told[*index] = None;
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_left_out_takes_another_with_it() {
        assert_eq!(parts(&[50, 4, 20]), [Some(50), None, None]);
        assert_eq!(parts(&[50, 3, 20, 4]), [Some(50), None, Some(20), None]);
        assert_eq!(parts(&[50, 0, 20, 4]), [Some(50), None, None, None], "4 would be what is missing");
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
        let mut published: std::collections::BTreeMap<(u32, Vec<Option<u32>>), Vec<Vec<u32>>> = Default::default();
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
                let values: std::collections::BTreeSet<u32> = tables.iter().map(|table| table[index]).collect();
                assert!(values.len() > 1, "{told:?} of {total} gives away cell {index}");
            }
        }
    }
}
