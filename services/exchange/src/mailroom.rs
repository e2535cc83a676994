use std::collections::BTreeMap;
use std::sync::Arc;

use async_nats::Client;
use contract::mailboxes::{MailboxEntry, Mailboxes};
use messaging::seal::Signer;
use platform::config::ExchangeConfig;
use platform::pseudonym::Pseudonyms;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::{Board, Slot};
use crate::broker::{Account, delete};
use crate::delivery::{View, Writer, WriterSettings};
use crate::feed::Feed;
use crate::reconnects::Reconnects;

/// The mailboxes that are written, and who writes each: they change with the city's entries, while all goes on.
#[derive(Debug, Clone)]
pub struct Mailroom(Arc<Room>);

/// What its writers need.
#[derive(Debug)]
pub(crate) struct MailroomSettings {
    pub(crate) client: Client,
    pub(crate) reconnects: Reconnects,
    pub(crate) feeds: Vec<Feed>,
    pub(crate) signer: Signer,
    pub(crate) pseudonyms: Arc<Pseudonyms>,
    pub(crate) config: ExchangeConfig,
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}

#[derive(Debug)]
struct Room {
    settings: MailroomSettings,
    board: Arc<Board>,
    /// Held through a change: two at once would start two writers of one mailbox.
    desks: Mutex<BTreeMap<String, Desk>>,
}

/// A mailbox's writer at work.
#[derive(Debug)]
struct Desk {
    entry: MailboxEntry,
    stop: CancellationToken,
    writer: JoinHandle<()>,
}

impl Desk {
    /// Ends the writer, in bounded time: what it has under way is acknowledged or not, the mailbox knows.
    async fn clear(self) {
        self.stop.cancel();
        // It has panicked otherwise, which is in the log.
        drop(self.writer.await);
    }
}

impl Mailroom {
    pub(crate) fn new(settings: MailroomSettings) -> Self {
        Self(Arc::new(Room { settings, board: Arc::default(), desks: Mutex::default() }))
    }

    pub(crate) fn board(&self) -> &Arc<Board> {
        &self.0.board
    }

    /// Throws away the mailboxes that are among these no more, while their accounts are still there.
    pub async fn withdraw(&self, mailboxes: &Mailboxes) {
        let mut desks = self.0.desks.lock().await;
        let gone: Vec<String> = desks.keys().filter(|code| mailboxes.get(code).is_none()).cloned().collect();
        for code in gone {
            let Some(desk) = desks.remove(&code) else { continue };
            desk.clear().await;
            self.0.board.remove(&code);
            match delete(&Account::new(self.0.settings.client.clone(), &code)).await {
                Ok(()) => tracing::info!(mailbox = code, "the mailbox is gone: it has no entry any more"),
                // Its account goes, and with it everybody who could read what is left.
                Err(error) => tracing::warn!(mailbox = code, %error, "the mailbox without an entry was not deleted"),
            }
        }
    }

    /// Writes these mailboxes, from the events that come next on by their entries of today. What lies in a mailbox stays
    /// as it is until it is rebuilt.
    pub async fn apply(&self, mailboxes: &Mailboxes) {
        self.withdraw(mailboxes).await;
        let mut desks = self.0.desks.lock().await;
        for entry in mailboxes.iter() {
            match desks.remove(&entry.code) {
                Some(desk) if desk.entry == *entry => {
                    desks.insert(entry.code.clone(), desk);
                    continue;
                }
                Some(desk) => {
                    tracing::info!(mailbox = entry.code, "the mailbox's entry has changed");
                    desk.clear().await;
                }
                None => {}
            }
            desks.insert(entry.code.clone(), self.open(entry));
        }
    }

    fn open(&self, entry: &MailboxEntry) -> Desk {
        let MailroomSettings { client, reconnects, feeds, signer, pseudonyms, config, tasks, shutdown } =
            &self.0.settings;
        let account = Account::new(client.clone(), &entry.code);
        let view = View::of(entry, pseudonyms);
        let slot = Arc::new(Slot::new(account.clone(), view.clone(), signer.public_key_hex()));
        self.0.board.add(Arc::clone(&slot));
        let stop = shutdown.child_token();
        let writer = Writer::new(WriterSettings {
            account,
            reconnects: reconnects.clone(),
            view,
            feeds: feeds.clone(),
            signer: signer.clone(),
            slot,
            in_flight: config.in_flight,
            repair_interval: config.repair_interval,
            shutdown: stop.clone(),
        });
        Desk { entry: entry.clone(), stop, writer: tasks.spawn(writer.run()) }
    }
}
