use platform::database::Rows;
use platform::error::ServiceError;

use super::StoredCheckpoint;
use crate::journal::{Context, Journal, RequestKey, UseCase, Workspace};
use crate::seal::Hash;

/// What is written with a checkpoint.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) checkpoint: StoredCheckpoint,
    pub(super) blocks: Vec<(u64, Hash)>,
}

/// Where checkpoints are written: the journal of a service, whatever its workspace.
#[async_trait::async_trait]
pub(super) trait Keep: Send + Sync {
    async fn keep(&self, kept: Kept) -> Result<(), ServiceError>;
}

#[async_trait::async_trait]
impl<W: Workspace> Keep for Journal<W> {
    async fn keep(&self, kept: Kept) -> Result<(), ServiceError> {
        self.submit(KeepCheckpoint(kept), RequestKey::none("KeepCheckpoint")).await
    }
}

/// Everything that writes goes through the journal, checkpoints too.
struct KeepCheckpoint(Kept);

impl<W: Workspace> UseCase<W> for KeepCheckpoint {
    type Reply = ();

    fn needs(&self, _: &mut W::Needs) {}

    fn decide(&self, _: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError> {
        let number = |number: u64| i64::try_from(number).expect("a log never has 2^63 events");
        let Kept { checkpoint, blocks } = &self.0;
        context.insert(
            Rows::new("log_checkpoint")
                .int("size", vec![number(checkpoint.size)])
                .blob("root", vec![checkpoint.root.to_vec()])
                .int("made_at", vec![checkpoint.made_at.as_micros()])
                .text("note", vec![checkpoint.note.clone()]),
        );
        // Another process may have stored the same roots.
        context.upsert(
            Rows::new("log_block")
                .int("block", blocks.iter().map(|(block, _)| number(*block)).collect())
                .blob("root", blocks.iter().map(|(_, root)| root.to_vec()).collect()),
            "block",
        );
        Ok(())
    }
}
