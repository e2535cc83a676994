use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::mailboxes::Mailboxes;
use contract::nats::{NatsSettings, server_config};

use super::BrokerError;
use super::child::Handle;

/// It reads its configuration in milliseconds; a busy machine may take longer.
const READS_WITHIN: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// How it says in its log that it has read it, and that it has not.
const TAKEN: &str = "Reloaded server configuration";
const REFUSED: &str = "Failed to reload server configuration: ";

/// Gives our own nats-server another configuration while it runs. It cuts who is admitted no more, and nobody else.
#[derive(Clone)]
pub struct BrokerControl(Arc<Controlled>);

struct Controlled {
    child: Handle,
    settings: NatsSettings,
    configuration: PathBuf,
    log: PathBuf,
}

impl BrokerControl {
    pub(super) fn new(child: Handle, settings: NatsSettings, configuration: PathBuf, log: PathBuf) -> Self {
        Self(Arc::new(Controlled { child, settings, configuration, log }))
    }

    pub(super) fn log(&self) -> &Path {
        &self.0.log
    }

    /// Has it serve these accounts and admit these keys. Does nothing if it does already, unless `certificates_changed`:
    /// it reads those anew too. Whether it read anything.
    ///
    /// # Errors
    /// [`BrokerError::Refused`] and [`BrokerError::File`]: then the configuration of before is in its place again.
    pub async fn reconfigure(
        &self,
        mailboxes: &Mailboxes,
        admitted_keys: BTreeSet<String>,
        certificates_changed: bool,
    ) -> Result<bool, BrokerError> {
        let Controlled { child, settings, configuration, log } = &*self.0;
        let file = |source| BrokerError::File { path: configuration.clone(), source };
        let text = server_config(&NatsSettings { admitted_keys: Some(admitted_keys), ..settings.clone() }, mailboxes);
        let before = fs::read_to_string(configuration).map_err(file)?;
        if text == before && !certificates_changed {
            return Ok(false);
        }
        replace(configuration, &text).map_err(file)?;
        let from = fs::metadata(log).map_or(0, |log| log.len());
        let life = child.life();
        child.hang_up();
        let begun = Instant::now();
        while begun.elapsed() < READS_WITHIN {
            // One that has just started has read the new file, or reads it now.
            if child.life() != life || life.0.is_none() {
                return Ok(true);
            }
            match answer(log, from) {
                Some(Ok(())) => return Ok(true),
                Some(Err(reason)) => {
                    replace(configuration, &before).map_err(file)?;
                    return Err(BrokerError::Refused { reason, log: log.clone() });
                }
                None => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
        Err(BrokerError::Refused { reason: format!("no answer within {} s", READS_WITHIN.as_secs()), log: log.clone() })
    }
}

/// What it has said since, if anything.
fn answer(log: &Path, from: u64) -> Option<Result<(), String>> {
    let mut text = String::new();
    let mut read = || -> io::Result<()> {
        let mut file = File::open(log)?;
        // A log that was begun anew is shorter.
        let from = if file.metadata()?.len() < from { 0 } else { from };
        file.seek(SeekFrom::Start(from))?;
        file.take(1024 * 1024).read_to_string(&mut text).map(drop)
    };
    read().ok()?;
    let refused = text.lines().find_map(|line| line.split_once(REFUSED)).map(|(_, reason)| reason.to_owned());
    match refused {
        Some(reason) => Some(Err(reason)),
        None => text.contains(TAKEN).then_some(Ok(())),
    }
}

/// Whole or not at all: a server that starts at this moment reads it.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let beside = file.with_extension("conf.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, file)
}
