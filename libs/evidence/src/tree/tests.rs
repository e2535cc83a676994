use proptest::prelude::*;

use super::*;
use crate::hash::sha256;

fn event(number: u64) -> Hash {
    sha256(&number.to_be_bytes())
}

fn events(size: u64) -> Vec<Hash> {
    (0..size).map(event).collect()
}

/// RFC 6962, section 2.1, word for word: what every tree is compared with.
fn oracle(events: &[Hash]) -> Hash {
    let concat = |tag: u8, parts: &[&[u8]]| sha256(&[&[tag], parts.concat().as_slice()].concat());
    match events {
        [] => sha256(b""),
        [event] => concat(0, &[event]),
        _ => {
            let split = events.len().next_power_of_two() / 2;
            let (left, right) = events.split_at(split);
            concat(1, &[&oracle(left), &oracle(right)])
        }
    }
}

/// A tree with all blocks of so many events.
fn grown(size: u64) -> (Tree, Blocks) {
    let (mut tree, mut blocks) = (Tree::default(), Blocks::new());
    for (number, block) in (0..).zip(events(size).chunks(256)) {
        if block.len() == 256 {
            tree.push(Tree::block_root(block));
        }
        blocks.insert(number, block.to_vec());
    }
    (tree, blocks)
}

/// Only the blocks that a caller is told to fetch.
fn only(blocks: &Blocks, wanted: impl IntoIterator<Item = u64>) -> Blocks {
    wanted.into_iter().filter_map(|block| Some((block, blocks.get(&block)?.clone()))).collect()
}

#[test]
fn roots_are_those_of_the_standard() {
    for size in [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 1_000, 2_304] {
        let (tree, blocks) = grown(size);
        let needed = only(&blocks, Tree::edge(size));
        assert_eq!(tree.root(size, &needed), Ok(oracle(&events(size))), "{size} leaves");
    }
}

#[test]
fn what_is_not_there_has_no_proof() {
    let (tree, blocks) = grown(300);
    assert_eq!(tree.inclusion(300, 300, &blocks), Err(TreeError::NotThere));
    assert_eq!(tree.root(301, &blocks), Err(TreeError::NotThere));
    assert_eq!(tree.inclusion(0, 300, &Blocks::new()), Err(TreeError::NotThere));
    assert_eq!(tree.consistency(0, 300, &blocks), Err(TreeError::NotThere));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_leaf_is_proved_and_no_other(size in 1_u64..1_200, place in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (tree, blocks) = grown(size);
        let index = place.index(usize::try_from(size).unwrap()) as u64;
        let needed = only(&blocks, Tree::edge(size).into_iter().chain([index / BLOCK]));
        let root = oracle(&events(size));
        let proof = tree.inclusion(index, size, &needed).unwrap();
        prop_assert!(check_inclusion(&proof, size, &root, index, &event(index)).is_ok());
        prop_assert!(check_inclusion(&proof, size, &root, index, &event(size)).is_err());
        prop_assert!(check_inclusion(&proof, size, &event(0), index, &event(index)).is_err());
        prop_assert!(size == 1 || check_inclusion(&proof, size, &root, (index + 1) % size, &event(index)).is_err());
        if !proof.is_empty() {
            let mut changed = proof.clone();
            changed[at.index(proof.len())][at.index(32)] ^= 1 << bit;
            prop_assert!(check_inclusion(&changed, size, &root, index, &event(index)).is_err());
            prop_assert!(check_inclusion(&proof[1..], size, &root, index, &event(index)).is_err());
        }
        let longer = [proof, vec![root]].concat();
        prop_assert!(check_inclusion(&longer, size, &root, index, &event(index)).is_err());
    }

    #[test]
    fn a_log_that_only_grew_is_proved_and_another_is_not(size in 2_u64..1_200, earlier in any::<prop::sample::Index>(), changed in any::<prop::sample::Index>()) {
        let (tree, blocks) = grown(size);
        let before = earlier.index(usize::try_from(size - 1).unwrap()) as u64 + 1;
        let needed = only(&blocks, Tree::edge(size).into_iter().chain(Tree::edge(before)));
        let all = events(size);
        let kept = &all[..usize::try_from(before).unwrap()];
        let proof = tree.consistency(before, size, &needed).unwrap();
        let root = oracle(&all);
        prop_assert!(check_consistency(&proof, size, &root, before, &oracle(kept)).is_ok());
        let mut rewritten = kept.to_vec();
        rewritten[changed.index(kept.len())] = event(size);
        prop_assert!(check_consistency(&proof, size, &root, before, &oracle(&rewritten)).is_err());
    }
}
