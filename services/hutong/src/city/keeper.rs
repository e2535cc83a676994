use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use contract::mailboxes::Mailboxes;
use exchange::Mailroom;
use kernel::Clock;
use platform::config::Config;
use platform::error::with_causes;
use platform::identity::Revocations;
use platform::watched::{LOOK, WatchedFiles};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::prepare::{certificate_holders, lives, server_subject};
use super::{CityError, Part, metrics, read_mailboxes};
use crate::broker::BrokerControl;
use crate::certificates::{CertificateError, Certificates, Issued, Subject, admitted_keys, revocations_file};

/// How often certificates that ran out in between are looked for.
const LOOK_AT_KEYS: Duration = Duration::from_mins(1);
/// How often certificates are renewed that come near their end.
const LOOK_AT_CERTIFICATES: Duration = Duration::from_hours(1);

/// Carries what others change in the city's files into what runs: departments come, change and go, certificates are
/// issued, renewed and revoked, without a restart. What is wrong is refused in the log, and what was in force stays.
pub(super) struct Keeper {
    pub(super) config: Config,
    pub(super) tls: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) served: Vec<Part>,
    pub(super) mailboxes: Arc<Mailboxes>,
    pub(super) revocations: Revocations,
    /// Our own broker; nothing where it runs elsewhere.
    pub(super) broker: Option<BrokerControl>,
    /// Where the exchange runs here.
    pub(super) mailroom: Option<Mailroom>,
    /// The services' connections to the broker.
    pub(super) clients: Vec<(&'static str, async_nats::Client)>,
    /// What a broker that runs elsewhere was last said to need.
    pub(super) told: Option<(BTreeSet<String>, Arc<Mailboxes>)>,
}

/// What was found at the last look.
#[derive(Default, PartialEq, Eq)]
struct Found(BTreeMap<PathBuf, Vec<u8>>);

impl Keeper {
    /// Looks, until the shutdown.
    pub(super) async fn run(mut self, shutdown: CancellationToken) {
        let mut files = WatchedFiles::new(self.watched());
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut keys_due, mut certificates_due) = (Instant::now(), Instant::now());
        let mut server = Found::of(self.server_files());
        let mut shown = self.shown();
        // What changed while the city started is found by the first look.
        let mut first = true;
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            let changed = files.have_changed() || std::mem::take(&mut first);
            if !changed && Instant::now() < keys_due {
                continue;
            }
            keys_due = Instant::now() + LOOK_AT_KEYS;
            if changed {
                self.read_entries();
            }
            if changed || Instant::now() >= certificates_due {
                certificates_due = Instant::now() + LOOK_AT_CERTIFICATES;
                self.renew();
            }
            let now = Found::of(self.server_files());
            self.serve(now != server, changed).await;
            server = now;
            let now = self.shown();
            self.reconnect(&shown, &now).await;
            shown = now;
        }
    }

    /// Directories tell of files that come and go, files of those that are written over.
    fn watched(&self) -> Vec<PathBuf> {
        let below = ["", "issued", "service", "department", "revoked.crl", "authority.pem", "authority.key"];
        let mut watched: Vec<_> = below.iter().map(|name| self.tls.join(name)).collect();
        watched.extend(self.server_files());
        watched.extend(self.clients.iter().map(|(service, _)| self.certificate(service)));
        watched.extend(self.config.departments.file.clone());
        watched
    }

    fn server_files(&self) -> Vec<PathBuf> {
        ["server.pem", "server.key", "authority.pem"].map(|name| self.tls.join(name)).to_vec()
    }

    fn certificate(&self, service: &str) -> PathBuf {
        Issued::at(&self.tls, &Subject::service(service)).certificate
    }

    fn shown(&self) -> Found {
        Found::of(self.clients.iter().map(|(service, _)| self.certificate(service)).collect())
    }

    fn read_entries(&mut self) {
        match read_mailboxes(&self.config) {
            Ok(mailboxes) => self.mailboxes = Arc::new(mailboxes),
            Err(error) => refused("DEPARTMENTS_REFUSED", &error.into()),
        }
    }

    /// Renews what comes near its end, and tells what cannot be renewed here.
    fn renew(&self) {
        let opened = Certificates::open_or_create(&self.tls, &self.config.city.trust_domain, Arc::clone(&self.clock));
        let certificates = match opened {
            Ok(certificates) => certificates.with_lives(lives(&self.config)),
            Err(error) => return refused("CERTIFICATE_FILES_REFUSED", &error.into()),
        };
        let holders = certificate_holders(&self.config, &self.served, &self.mailboxes);
        for subject in holders.into_iter().chain([server_subject(&self.config)]) {
            match certificates.keep(&subject, None) {
                Ok(kept) => {
                    let left = kept.not_after.saturating_duration_since(self.clock.now());
                    let days = left.as_secs() / (24 * 60 * 60);
                    metrics::certificate_days_left(&subject.to_string(), days);
                    if kept.renewed {
                        tracing::info!(holder = %subject, days, "the certificate was renewed");
                    } else if kept.due {
                        tracing::warn!(
                            alarm = "CERTIFICATE_ENDS",
                            holder = %subject,
                            days_left = days,
                            "the certificate ends soon and the authority's key is not here: bring a new one"
                        );
                    }
                }
                Err(CertificateError::KeyAway { .. }) if subject.is_department() => {}
                Err(error) => {
                    metrics::certificate_days_left(&subject.to_string(), 0);
                    refused("CERTIFICATE_ENDS", &error.into());
                }
            }
        }
    }

    /// Lets in who may come, cuts who may not, and writes the mailboxes that there are.
    async fn serve(&mut self, certificates_changed: bool, changed: bool) {
        let authority = std::fs::read(self.tls.join("authority.pem")).unwrap_or_default();
        if changed && let Err(error) = self.revocations.refresh(&authority) {
            refused("CERTIFICATE_FILES_REFUSED", &CertificateError::from(error).into());
        }
        let revoked = self.revocations.in_force();
        let keys = match admitted_keys(&self.tls, &self.config.city.trust_domain, revoked, self.clock.now()) {
            Ok(keys) => Some(keys),
            Err(error) => {
                refused("CERTIFICATE_FILES_REFUSED", &error.into());
                None
            }
        };
        if changed && let Some(mailroom) = &self.mailroom {
            mailroom.withdraw(&self.mailboxes).await;
        }
        match (&self.broker, keys) {
            (Some(broker), Some(keys)) => {
                let count = keys.len();
                match broker.reconfigure(&self.mailboxes, keys, certificates_changed).await {
                    Ok(true) => tracing::info!(keys = count, "nats-server has read its new configuration"),
                    Ok(false) => {}
                    Err(error) => refused("BROKER_CONFIGURATION_REFUSED", &error.into()),
                }
            }
            (None, Some(keys)) => self.tell(keys),
            (_, None) => {}
        }
        if changed && let Some(mailroom) = &self.mailroom {
            mailroom.apply(&self.mailboxes).await;
        }
    }

    /// A broker that runs elsewhere is not ours to signal.
    fn tell(&mut self, keys: BTreeSet<String>) {
        let now = (keys, Arc::clone(&self.mailboxes));
        if self.told.as_ref().is_some_and(|told| *told != now) {
            tracing::warn!(
                alarm = "BROKER_CONFIGURATION_DUE",
                "keys or mailboxes have changed: give nats-server `hutong contract nats-config` and have it reload"
            );
        }
        self.told = Some(now);
    }

    /// A service whose certificate is another one shows it at once: what is under way comes again over the new connection.
    async fn reconnect(&self, before: &Found, now: &Found) {
        for (service, client) in &self.clients {
            let file = self.certificate(service);
            if before.0.get(&file) != now.0.get(&file) {
                tracing::info!(service, "connecting to the broker with the new certificate");
                // It fails only if the client has ended.
                drop(client.force_reconnect().await);
            }
        }
    }
}

impl Found {
    fn of(files: Vec<PathBuf>) -> Self {
        let read = |file: PathBuf| std::fs::read(&file).ok().map(|content| (file, content));
        Self(files.into_iter().filter_map(read).collect())
    }
}

fn refused(alarm: &'static str, error: &CityError) {
    tracing::error!(alarm, error = with_causes(error), "what was in force stays in force");
}

/// The list of revoked certificates in a certificates' directory.
pub(super) fn open_revocations(tls: &Path) -> Result<Revocations, CityError> {
    let authority = std::fs::read(tls.join("authority.pem")).unwrap_or_default();
    let file = revocations_file(tls);
    Ok(Revocations::open(&file, &authority).map_err(CertificateError::from)?)
}
