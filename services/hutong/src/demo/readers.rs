use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use contract::exchange::v1::GetMailboxRequest;
use contract::exchange::v1::mailbox_service_client::MailboxServiceClient;
use contract::mailboxes::Mailboxes;
use hdrhistogram::Histogram;
use kernel::{Clock, Instant, SystemClock};
use messaging::mailbox::{ID, MailboxReader, TIME};
use messaging::seal::Verifier;
use platform::client;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::DemoError;
use super::expectation::{Difference, DifferenceKind, Letter};
use super::report::MailboxCount;
use crate::certificates::{Issued, Subject};
use crate::city::City;
use crate::subscriber::{Subscriber, SubscriberError};

/// All departments, each reading its mailbox with its own certificate.
pub(super) struct Readers {
    all: Vec<(String, Arc<Mutex<Read>>, JoinHandle<()>)>,
    progress: watch::Receiver<u64>,
    measured_from: Arc<AtomicI64>,
}

/// What one department has read.
#[derive(Default)]
pub(super) struct Read {
    pub(super) letters: Vec<Letter>,
    pub(super) verified: u64,
    pub(super) gaps: u64,
    faults: Vec<String>,
    /// Microseconds from an event's time to our receipt.
    latencies: Vec<u64>,
    stopped: Option<SubscriberError>,
}

impl Readers {
    /// Opens every mailbox and begins to read.
    pub(super) async fn start(city: &City, mailboxes: &Mailboxes) -> Result<Self, DemoError> {
        let measured_from = Arc::new(AtomicI64::new(i64::MAX));
        let (advanced, progress) = watch::channel(0);
        let mut readers = Vec::new();
        for entry in mailboxes.iter() {
            let code = entry.code.clone();
            let certificate = Issued::at(city.tls_directory(), &Subject::department(&code));
            let reader = MailboxReader::new(&code, signing_key(city, &code, &certificate).await?);
            let subscriber = Subscriber::open(&city.endpoints().nats, &certificate, 1)
                .await
                .map_err(|source| DemoError::Mailbox { code: code.clone(), source })?;
            let read = Arc::new(Mutex::new(Read::default()));
            let work = Reading {
                reader,
                subscriber,
                read: Arc::clone(&read),
                advanced: advanced.clone(),
                measured_from: Arc::clone(&measured_from),
            };
            readers.push((code, read, tokio::spawn(work.run())));
        }
        Ok(Self { all: readers, progress, measured_from })
    }

    /// Measures events from now on.
    pub(super) fn measure_from(&self, now: Instant) {
        self.measured_from.store(now.as_micros(), Ordering::Relaxed);
    }

    /// Counts every message of every mailbox; changes when one arrives.
    pub(super) fn progress(&self) -> watch::Receiver<u64> {
        self.progress.clone()
    }

    /// How many messages each department has read.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        let count = |read: &Arc<Mutex<Read>>| lock(read).letters.len() as u64;
        self.all.iter().map(|(code, read, _)| (code.clone(), count(read))).collect()
    }

    /// Ends reading and gives what was read, by code, and the latencies of all.
    pub(super) async fn finish(self) -> Result<(BTreeMap<String, Read>, Histogram<u64>), DemoError> {
        let mut all = BTreeMap::new();
        let mut latencies =
            Histogram::new_with_bounds(1, 600_000_000, 3).expect("ten minutes and three digits are valid bounds");
        for (code, read, task) in self.all {
            task.abort();
            // Only an abort or a panic ends it otherwise; either way what it read is ours now.
            drop(task.await);
            let mut read = std::mem::take(&mut *lock(&read));
            if let Some(source) = read.stopped.take() {
                return Err(DemoError::Mailbox { code, source });
            }
            for latency in &read.latencies {
                latencies.saturating_record(*latency);
            }
            all.insert(code, read);
        }
        Ok((all, latencies))
    }
}

impl Read {
    pub(super) fn count(&self) -> MailboxCount {
        MailboxCount { messages: self.letters.len() as u64, verified: self.verified, gaps: self.gaps }
    }

    /// What is wrong with the messages themselves.
    pub(super) fn faults(&self, code: &str) -> impl Iterator<Item = Difference> {
        let unverified = self
            .faults
            .first()
            .map(|first| DifferenceKind::Unverified { messages: self.faults.len() as u64, first: first.clone() });
        let gaps = (self.gaps > 0).then_some(DifferenceKind::Gaps(self.gaps));
        let code = code.to_owned();
        unverified.into_iter().chain(gaps).map(move |kind| Difference { code: code.clone(), kind })
    }
}

struct Reading {
    reader: MailboxReader,
    subscriber: Subscriber,
    read: Arc<Mutex<Read>>,
    advanced: watch::Sender<u64>,
    measured_from: Arc<AtomicI64>,
}

impl Reading {
    async fn run(mut self) {
        loop {
            let message = match self.subscriber.next().await {
                Ok(Some(message)) => message,
                Ok(None) => return,
                Err(error) => {
                    lock(&self.read).stopped = Some(error);
                    return;
                }
            };
            let received = SystemClock.now();
            let headers = message.headers.clone().unwrap_or_default();
            let header = |name: &str| headers.get(name).map_or("", |value| value.as_str());
            let stored = message.info().map_or(0, |info| info.stream_sequence);
            let checked = self.reader.check(&headers, message.subject.as_str(), &message.payload, stored);
            let told = header(TIME).parse::<Instant>().ok();
            let letter = Letter {
                id: header(ID).to_owned(),
                subject: message.subject.to_string(),
                body: message.payload.clone(),
            };
            let mut read = lock(&self.read);
            read.letters.push(letter);
            match checked {
                Ok(verified) => {
                    read.verified += 1;
                    read.gaps += verified.missing;
                }
                Err(fault) => read.faults.push(fault.to_string()),
            }
            if let Some(told) = told
                && told.as_micros() >= self.measured_from.load(Ordering::Relaxed)
            {
                let latency = received.saturating_duration_since(told).as_micros();
                read.latencies.push(u64::try_from(latency).unwrap_or(u64::MAX));
            }
            drop(read);
            self.advanced.send_modify(|messages| *messages += 1);
        }
    }
}

/// The key that signs a mailbox, from the city itself over mutual TLS: not from the messages that it is to prove.
async fn signing_key(city: &City, code: &str, certificate: &Issued) -> Result<Verifier, DemoError> {
    let channel = client::connect(&city.endpoints().grpc.to_string(), &certificate.credentials()?).await?;
    let answer = MailboxServiceClient::new(channel).get_mailbox(GetMailboxRequest::default()).await;
    let answer = answer.map_err(|status| DemoError::Refused { call: "GetMailbox", source: Box::new(status) })?;
    let key = answer.into_inner().mailbox.unwrap_or_default().signing_key;
    Verifier::from_hex(&key).map_err(|source| DemoError::Key { code: code.to_owned(), source })
}

fn lock(read: &Mutex<Read>) -> std::sync::MutexGuard<'_, Read> {
    read.lock().unwrap_or_else(PoisonError::into_inner)
}
