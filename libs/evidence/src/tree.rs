//! The tree of a log (RFC 6962), whose root a checkpoint names.
//!
//! A leaf is an event's hash. Of the tree itself only the roots of whole blocks of 256 leaves need to be kept: what is above
//! them is small and in memory, what is below them is hashed again from the log's own hashes, of two blocks for a proof.

use std::collections::BTreeMap;

use tlog_tiles::tlog::{self, HashReader};

use crate::hash::Hash;

/// Leaves of a block.
pub const BLOCK: u64 = 256;
/// The level of a block's root above the leaves.
const BLOCK_LEVEL: u8 = 8;

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The place is not in a tree of that size, or a block that the proof needs was not given.
    #[error("the place is not in the tree, or the leaves around it are not at hand")]
    NotThere,
    /// The proof does not lead to the root.
    #[error("the proof does not lead to the checkpoint's root")]
    Wrong,
}

/// The roots of all whole blocks, and everything above them.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// `levels[0]` are the blocks' roots, `levels[n]` each of two of `levels[n - 1]`.
    levels: Vec<Vec<tlog::Hash>>,
}

/// The events' hashes of some blocks, by block. The last one of a log may be part of a block.
pub type Blocks = BTreeMap<u64, Vec<Hash>>;

impl Tree {
    /// How many whole blocks it has.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        self.levels.first().map_or(0, |roots| roots.len() as u64)
    }

    /// Takes the root of the next block.
    pub fn push(&mut self, root: Hash) {
        let mut root = tlog::Hash(root);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let nodes = &mut self.levels[level];
            nodes.push(root);
            if nodes.len() % 2 == 1 {
                return;
            }
            root = tlog::node_hash(nodes[nodes.len() - 2], root);
        }
    }

    /// The root of a whole block of events' hashes.
    #[must_use]
    pub fn block_root(events: &[Hash]) -> Hash {
        subtree(events).0
    }

    /// The blocks of which [`Tree::root`] needs the leaves.
    #[must_use]
    pub fn edge(size: u64) -> Option<u64> {
        (!size.is_multiple_of(BLOCK)).then_some(size / BLOCK)
    }

    /// The root of the first `size` leaves.
    ///
    /// # Errors
    /// If the tree is shorter, or the [`Tree::edge`] is not among the blocks.
    pub fn root(&self, size: u64, blocks: &Blocks) -> Result<Hash, TreeError> {
        let root = tlog::tree_hash(size, &View { tree: self, blocks });
        root.map(|hash| hash.0).map_err(|_| TreeError::NotThere)
    }

    /// Proves that the tree of `size` has the leaf at `index`, from 0. It needs the leaf's block and the [`Tree::edge`].
    ///
    /// # Errors
    /// As [`Tree::root`].
    pub fn inclusion(&self, index: u64, size: u64, blocks: &Blocks) -> Result<Vec<Hash>, TreeError> {
        proof(tlog::prove_record(size, index, &View { tree: self, blocks }))
    }

    /// Proves that the tree of `size` begins with the one of `before`, at least 1. It needs the edges of both.
    ///
    /// # Errors
    /// As [`Tree::root`].
    pub fn consistency(&self, before: u64, size: u64, blocks: &Blocks) -> Result<Vec<Hash>, TreeError> {
        proof(tlog::prove_tree(size, before, &View { tree: self, blocks }))
    }
}

/// Whether the tree with this size and root has the event's hash at `index`, from 0.
///
/// # Errors
/// If it has not, or the proof is wrong.
pub fn check_inclusion(proof: &[Hash], size: u64, root: &Hash, index: u64, event: &Hash) -> Result<(), TreeError> {
    tlog::check_record(&hashes(proof), size, tlog::Hash(*root), index, leaf(event)).map_err(|_| TreeError::Wrong)
}

/// Whether the tree with this size and root begins with the other one.
///
/// # Errors
/// If it does not, or the proof is wrong.
pub fn check_consistency(
    proof: &[Hash],
    size: u64,
    root: &Hash,
    before: u64,
    root_before: &Hash,
) -> Result<(), TreeError> {
    tlog::check_tree(&hashes(proof), size, tlog::Hash(*root), before, tlog::Hash(*root_before))
        .map_err(|_| TreeError::Wrong)
}

fn hashes(proof: &[Hash]) -> Vec<tlog::Hash> {
    proof.iter().copied().map(tlog::Hash).collect()
}

fn proof(proof: Result<Vec<tlog::Hash>, tlog::Error>) -> Result<Vec<Hash>, TreeError> {
    proof.map(|proof| proof.into_iter().map(|hash| hash.0).collect()).map_err(|_| TreeError::NotThere)
}

fn leaf(event: &Hash) -> tlog::Hash {
    tlog::record_hash(event)
}

/// The root of a whole subtree of two to the power of something leaves.
fn subtree(events: &[Hash]) -> tlog::Hash {
    let mut nodes: Vec<tlog::Hash> = events.iter().map(leaf).collect();
    while nodes.len() > 1 {
        nodes = nodes.chunks_exact(2).map(|pair| tlog::node_hash(pair[0], pair[1])).collect();
    }
    nodes.first().copied().unwrap_or(tlog::EMPTY_HASH)
}

struct View<'a> {
    tree: &'a Tree,
    blocks: &'a Blocks,
}

impl View<'_> {
    fn node(&self, level: u8, index: u64) -> Option<tlog::Hash> {
        if let Some(above) = level.checked_sub(BLOCK_LEVEL) {
            let nodes = self.tree.levels.get(usize::from(above))?;
            return nodes.get(usize::try_from(index).ok()?).copied();
        }
        let (width, first) = (1_u64 << level, index << level);
        let within = usize::try_from(first % BLOCK).ok()?;
        let events = self.blocks.get(&(first / BLOCK))?;
        Some(subtree(events.get(within..within + usize::try_from(width).ok()?)?))
    }
}

impl HashReader for View<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let node = |&index: &u64| {
            let (level, index) = tlog::split_stored_hash_index(index);
            self.node(level, index).ok_or(tlog::Error::IndexesNotInTree)
        };
        indexes.iter().map(node).collect()
    }
}

#[cfg(test)]
mod tests;
