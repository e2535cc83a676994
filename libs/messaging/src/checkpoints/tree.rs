use evidence::tree::{BLOCK, Blocks, Tree};
use platform::database::Database;
use platform::error::ServiceError;

use super::store;
use crate::seal::Hash;

/// Blocks whose events are hashed with one query.
const PART: u64 = 64;
/// Events of a block.
const EVENTS: usize = BLOCK as usize;

/// The tree of a log, grown as far as it was needed.
#[derive(Debug, Default)]
pub(super) struct LogTree {
    pub(super) tree: Tree,
    /// The roots of whole blocks that are not stored yet.
    unsaved: Vec<(u64, Hash)>,
}

impl LogTree {
    /// Takes in all whole blocks of a log of `size`.
    pub(super) async fn grow(&mut self, database: &Database, size: u64) -> Result<(), ServiceError> {
        let reader = database.reader();
        let whole = size / BLOCK;
        if self.tree.blocks() < whole {
            for root in store::block_roots(reader, self.tree.blocks()).await? {
                self.tree.push(root);
            }
        }
        while self.tree.blocks() < whole {
            let first = self.tree.blocks();
            let until = whole.min(first + PART);
            let hashes = store::hashes(reader, first * BLOCK, until * BLOCK).await?;
            for (block, events) in (first..).zip(hashes.chunks_exact(EVENTS)) {
                let root = Tree::block_root(events);
                self.tree.push(root);
                self.unsaved.push((block, root));
            }
        }
        Ok(())
    }

    /// The roots that are to be stored with the next checkpoint.
    pub(super) fn unsaved(&self) -> Vec<(u64, Hash)> {
        self.unsaved.clone()
    }

    /// They were stored.
    pub(super) fn saved(&mut self) {
        self.unsaved.clear();
    }
}

/// Blocks of a log, each read once.
pub(super) struct Fetched<'a> {
    database: &'a Database,
    /// How many events the log has at least.
    size: u64,
    pub(super) blocks: Blocks,
}

impl<'a> Fetched<'a> {
    pub(super) fn new(database: &'a Database, size: u64) -> Self {
        Self { database, size, blocks: Blocks::new() }
    }

    /// Sees to it that the blocks are there.
    pub(super) async fn fetch(&mut self, blocks: impl IntoIterator<Item = u64>) -> Result<(), ServiceError> {
        for block in blocks {
            if !self.blocks.contains_key(&block) {
                let events = store::block(self.database.reader(), block, self.size).await?;
                self.blocks.insert(block, events);
            }
        }
        Ok(())
    }

    /// Forgets the blocks before one.
    pub(super) fn forget_before(&mut self, block: u64) {
        self.blocks = self.blocks.split_off(&block);
    }
}
