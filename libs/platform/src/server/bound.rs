use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::accept::Acceptor;
use super::deadline::DeadlineLayer;
use super::error::ServerError;
use super::open::OpenConnections;
use super::tls::DoorTls;
use crate::access::{AccessLayer, AreaLayer, EmergencyDesks, RedactionLayer, ReferenceLayer, WhereaboutsOf};
use crate::audit::AuditLayer;
use crate::config::ServerConfig;
use crate::limits::{LimitLayer, Limits};
use crate::pseudonym::Pseudonyms;
use crate::shutdown::Shutdown;
use crate::telemetry::TraceLayer;

/// A door whose port is taken: it can be told to others before the first call is served.
pub struct BoundServer {
    pub(super) config: ServerConfig,
    pub(super) tls: DoorTls,
    pub(super) trust_domain: Arc<str>,
    pub(super) pseudonyms: Arc<Pseudonyms>,
    pub(super) audit: AuditLayer,
    pub(super) routes: Routes,
    pub(super) services: Vec<&'static str>,
    pub(super) desks: EmergencyDesks,
    pub(super) whereabouts: WhereaboutsOf,
    pub(super) health: HealthReporter,
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
}

impl BoundServer {
    /// Where it listens; the real port where 0 was configured.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets a service's health by its full name.
    #[must_use]
    pub fn health(&self) -> HealthReporter {
        self.health.clone()
    }

    /// Serves until `shutdown`, then drains: health says `NOT_SERVING`, no connection is taken, calls under way may end within
    /// the configured time, what is left is cut.
    ///
    /// # Errors
    /// [`ServerError::Serve`].
    pub async fn serve(self, shutdown: &Shutdown) -> Result<(), ServerError> {
        set_health(&self.health, &self.services, ServingStatus::Serving).await;
        let open = OpenConnections::default();
        let draining = CancellationToken::new();
        let (accepted, incoming) = tokio::sync::mpsc::channel(64);
        let acceptor = Acceptor {
            tls: self.tls.shown(),
            trust_domain: Arc::clone(&self.trust_domain),
            handshake: self.config.handshake,
            open: open.clone(),
            places: Arc::new(tokio::sync::Semaphore::new(self.config.max_connections)),
        };
        let watching = CancellationToken::new();
        let _watched_until_the_end = watching.clone().drop_guard();
        let watch = self.tls.watch(open.clone());
        tokio::spawn(async move { watching.run_until_cancelled(watch).await });
        let (health, services) = (self.health.clone(), self.services.clone());
        let accepting = tokio::spawn(acceptor.run(self.listener, accepted, draining.clone()));
        let serving = tonic::transport::Server::builder()
            .layer(TraceLayer)
            .layer(self.audit)
            .layer(DeadlineLayer::new(self.config.max_call))
            .layer(LimitLayer::new(Limits::new(&self.config)))
            .layer(AccessLayer::new(self.desks))
            .layer(ReferenceLayer::new(self.pseudonyms, self.config.max_message_bytes))
            .layer(AreaLayer::new(self.whereabouts, self.config.max_message_bytes))
            .layer(RedactionLayer)
            .max_concurrent_streams(self.config.max_calls_per_connection)
            .http2_keepalive_interval(Some(self.config.keepalive))
            .http2_keepalive_timeout(Some(self.config.keepalive))
            .serve_with_incoming_shutdown(
                self.routes.prepare(),
                ReceiverStream::new(incoming),
                draining.clone().cancelled_owned(),
            );
        tokio::pin!(serving);

        let served = tokio::select! {
            served = &mut serving => served,
            () = shutdown.requested() => {
                set_health(&health, &services, ServingStatus::NotServing).await;
                draining.cancel();
                if let Ok(served) = tokio::time::timeout(self.config.drain, &mut serving).await {
                    served
                } else {
                    let cut = open.cut_all();
                    tracing::warn!(connections = cut, "calls outlived the drain time and were cut");
                    serving.await
                }
            }
        };
        draining.cancel();
        // It ends by itself now; waiting frees the port before this returns.
        drop(accepting.await);
        Ok(served?)
    }
}

async fn set_health(health: &HealthReporter, services: &[&str], status: ServingStatus) {
    for service in services.iter().copied().chain([""]) {
        health.set_service_status(service, status).await;
    }
}
