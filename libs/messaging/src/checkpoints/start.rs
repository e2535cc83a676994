use std::sync::Arc;
use std::time::Duration;

use evidence::key::{Algorithm, PublicKey};
use kernel::Clock;
use platform::config::EvidenceConfig;
use platform::database::Database;
use platform::error::ServiceError;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::LogEvidence;
use super::make::Inner;
use crate::audit::AuditLog;
use crate::journal::{Journal, Workspace};
use crate::log::EventLog;
use crate::seal::Signer;
use crate::time_stamps::TimeStamper;

/// What a checkpointer works with.
#[derive(Debug)]
pub struct CheckpointSettings<W: Workspace> {
    /// The city, as certificates name it: the first part of the log's origin.
    pub city: String,
    /// The service that keeps the log: the second part.
    pub service: String,
    /// Its database.
    pub database: Database,
    /// Where checkpoints are written.
    pub journal: Journal<W>,
    /// Signs events and checkpoints.
    pub signer: Signer,
    /// Whose time it is.
    pub clock: Arc<dyn Clock>,
    /// How often one is made, and whose word is added.
    pub evidence: EvidenceConfig,
    /// Ends it.
    pub shutdown: CancellationToken,
}

/// Makes checkpoints of one log.
#[derive(Debug)]
pub struct Checkpointer {
    evidence: LogEvidence,
    task: JoinHandle<()>,
    time_stamps: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts it.
    ///
    /// # Errors
    /// If city and service are not the name of a key; `TIME_STAMP_SETTINGS` if the time-stamp authority cannot be asked.
    pub fn start<W: Workspace>(settings: CheckpointSettings<W>) -> Result<Self, ServiceError> {
        let CheckpointSettings { city, service, database, journal, signer, clock, evidence: config, shutdown } =
            settings;
        let key = PublicKey::new(&city, &service, Algorithm::Ed25519, &signer.public_key())
            .map_err(ServiceError::internal)?;
        let evidence = LogEvidence {
            inner: Arc::new(Inner {
                log: EventLog::new(database.clone()),
                audit: AuditLog::new(database.clone()),
                database,
                journal: Box::new(journal),
                signer,
                key,
                clock: Arc::clone(&clock),
                tree: Mutex::default(),
            }),
        };
        let time_stamps = TimeStamper::new(evidence.clone(), clock, &config.time_stamp)?;
        let time_stamps = time_stamps.map(|stamper| until(shutdown.clone(), stamper.run()));
        let task = until(shutdown, run(evidence.clone(), config.checkpoint));
        Ok(Self { evidence, task, time_stamps })
    }

    /// The evidence of its log.
    #[must_use]
    pub fn evidence(&self) -> &LogEvidence {
        &self.evidence
    }

    /// Waits until it has ended after the shutdown.
    pub async fn closed(self) {
        let _ = self.task.await;
        if let Some(task) = self.time_stamps {
            let _ = task.await;
        }
    }
}

/// What is cut off was kept or not; either way the next start goes on from there.
fn until(shutdown: CancellationToken, work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = work => {}
        }
    })
}

async fn run(evidence: LogEvidence, interval: Duration) {
    let mut failing = None;
    loop {
        tokio::time::sleep(interval).await;
        match evidence.make().await {
            Ok(_) => {
                if failing.take().is_some() {
                    tracing::info!(log = evidence.service(), "checkpoints are made again");
                }
            }
            Err(error) => {
                if failing.replace(error.reason) != Some(error.reason) {
                    alarm(evidence.service(), &error);
                }
            }
        }
    }
}

fn alarm(log: &str, error: &ServiceError) {
    if ["LOG_REWRITTEN", "AUDIT_REWRITTEN"].contains(&error.reason) {
        tracing::error!(alarm = error.reason, log, "{error}");
    } else {
        tracing::warn!(log, reason = error.reason, %error, "a checkpoint could not be made, it is tried again");
    }
}
