//! Reads files that are asked for at the same time with one statement.

use std::collections::HashMap;

use kernel::ChildId;
use platform::database::Database;
use platform::error::ServiceError;
use tokio::sync::{mpsc, oneshot};

use crate::store::StoredChild;
use crate::store::reading;

/// Files in one statement at most.
const BATCH: usize = 256;

/// Statements under way at once: while one waits for the database the next one gathers.
const WORKERS: usize = 2;

/// Asks that wait at most; further ones wait to be taken.
const QUEUE: usize = 4_096;

struct Ask {
    id: ChildId,
    answer: oneshot::Sender<Result<Option<StoredChild>, ServiceError>>,
}

/// Gathers what is asked for while a statement runs, and reads it with the next one. It ends with its last clone.
#[derive(Clone, Debug)]
pub struct ChildLoader {
    asks: mpsc::Sender<Ask>,
}

impl ChildLoader {
    pub fn start(database: &Database) -> Self {
        let (asks, receiver) = mpsc::channel(QUEUE);
        let receiver = std::sync::Arc::new(tokio::sync::Mutex::new(receiver));
        for _ in 0..WORKERS {
            let receiver = std::sync::Arc::clone(&receiver);
            let database = database.clone();
            tokio::spawn(async move {
                let mut batch = Vec::with_capacity(BATCH);
                while receiver.lock().await.recv_many(&mut batch, BATCH).await > 0 {
                    batch.retain(|ask: &Ask| !ask.answer.is_closed());
                    answer(&database, std::mem::take(&mut batch)).await;
                }
            });
        }
        Self { asks }
    }

    /// The rows of a file, `None` if there is none.
    pub async fn load(&self, id: ChildId) -> Result<Option<StoredChild>, ServiceError> {
        let (answer, loaded) = oneshot::channel();
        let stopped = || ServiceError::unavailable("STOPPING", "the service is stopping, try again");
        self.asks.send(Ask { id, answer }).await.map_err(|_| stopped())?;
        loaded.await.map_err(|_| stopped())?
    }
}

async fn answer(database: &Database, asks: Vec<Ask>) {
    let ids: std::collections::BTreeSet<ChildId> = asks.iter().map(|ask| ask.id).collect();
    // Who has gone meanwhile needs no answer.
    match reading::children(database.reader(), ids).await {
        Ok(children) => {
            let children: HashMap<_, _> = children.into_iter().map(|stored| (stored.child.id, stored)).collect();
            for ask in asks {
                let found = children.get(&ask.id.as_uuid()).cloned();
                let _ = ask.answer.send(Ok(found));
            }
        }
        Err(error) => {
            let error = ServiceError::from(error);
            for ask in asks {
                let _ = ask.answer.send(Err(error.clone()));
            }
        }
    }
}
